package dev.tribunal.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * Writes everything that the embedded default is made from. Equal builds write equal bytes.
 *
 * <pre>
 * prompts/TASK.jsonl, prompts/TASK.held-out.jsonl   prompt, reference, baseline, metadata
 * prompts/chat.annotated-pairs.jsonl                prompt, chosen, rejected, annotator: some the wrong way round
 * prompts/chat.annotated-pairs.held-out.jsonl       likewise, all the right way round
 * data/demonstrations.jsonl                         prompt, completion: good and bad ones of all tasks, mixed
 * data/judge-examples.jsonl, *.held-out.jsonl       prompt, completion: a judge's question, True or False
 * data/helpfulness.jsonl, data/harmlessness.jsonl   prompt, chosen, rejected; and *.held-out.jsonl
 * data/honest.jsonl, data/honest.held-out.jsonl     likewise, of all tasks, by a rater without a flaw
 * data/brevity.jsonl, data/brevity.held-out.jsonl   likewise, of chat, by a rater who likes few words
 * tokenizer/                                        tokenizer.json, tokenizer_config.json
 * </pre>
 */
final class EmbeddedData {

    private static final int DEMONSTRATIONS_A_TASK = 6000;
    private static final int PAIRS_A_TASK = 2500;
    private static final int JUDGED_ANSWERS_A_TASK = 5000;
    private static final int HELD_OUT_SHARE = 10;
    private static final double CAREFUL_MISTAKES = 0.05;
    private static final double HASTY_MISTAKES = 0.35;
    static final int VOCABULARY = 1024;

    private static final List<EmbeddedTask> HELPFUL =
            List.of(EmbeddedTask.CHAT, EmbeddedTask.INSTRUCTION_FOLLOWING, EmbeddedTask.MATH, EmbeddedTask.ENGAGEMENT);
    private static final List<EmbeddedTask> ASKING = List.of(EmbeddedTask.CHAT, EmbeddedTask.HARMFUL_INTENT);

    private EmbeddedData() {}

    /** @param directory made if it does not exist; files in it are overwritten */
    static void write(Path directory) throws IOException {
        writePrompts(directory.resolve("prompts"));
        var data = directory.resolve("data");
        var demonstrations = demonstrations();
        Json.writeLines(data.resolve("demonstrations.jsonl"), demonstrations.stream());
        for (boolean heldOut : new boolean[] {false, true}) {
            String ending = heldOut ? ".held-out.jsonl" : ".jsonl";
            Json.writeLines(data.resolve("judge-examples" + ending), judgeExamples(heldOut).stream());
            Json.writeLines(data.resolve("helpfulness" + ending), pairs(Rater.HELPFULNESS, HELPFUL, heldOut).stream());
            Json.writeLines(
                    data.resolve("harmlessness" + ending),
                    pairs(Rater.HONEST, List.of(EmbeddedTask.HARMFUL_INTENT), heldOut).stream());
            Json.writeLines(
                    data.resolve("honest" + ending),
                    pairs(Rater.HONEST, List.of(EmbeddedTask.values()), heldOut).stream());
            Json.writeLines(
                    data.resolve("brevity" + ending),
                    pairs(Rater.BREVITY, List.of(EmbeddedTask.CHAT), heldOut).stream());
        }
        writeTokenizer(demonstrations, directory.resolve("tokenizer"));
    }

    static void writePrompts(Path directory) throws IOException {
        for (EmbeddedTask task : EmbeddedTask.values()) {
            Json.writeLines(directory.resolve(task.taskName() + ".jsonl"), lines(task.trainingPrompts()));
            Json.writeLines(directory.resolve(task.taskName() + ".held-out.jsonl"), lines(task.heldOutPrompts()));
        }
        Json.writeLines(
                directory.resolve("chat.annotated-pairs.jsonl"),
                annotatedPairs(EmbeddedTask.CHAT.trainingPrompts(), CAREFUL_MISTAKES, HASTY_MISTAKES));
        Json.writeLines(
                directory.resolve("chat.annotated-pairs.held-out.jsonl"),
                annotatedPairs(EmbeddedTask.CHAT.heldOutPrompts(), 0, 0));
    }

    /** A good reply and a bad one to each prompt, labelled by one of two annotators, who are wrong in so many cases. */
    private static Stream<Map<String, Object>> annotatedPairs(
            List<Situation> situations, double mistakesOfCareful, double mistakesOfHasty) {
        var draws = EmbeddedTask.CHAT.draws("annotated pairs");
        return situations.stream().map(situation -> {
            boolean hasty = draws.chance(0.5);
            String good = situation.reply(true, draws);
            String bad = situation.reply(false, draws);
            boolean wrong = draws.chance(hasty ? mistakesOfHasty : mistakesOfCareful);
            return Json.line(
                    "prompt", situation.prompt(),
                    "chosen", wrong ? bad : good,
                    "rejected", wrong ? good : bad,
                    "annotator", hasty ? "hasty" : "careful");
        });
    }

    private static Stream<Map<String, Object>> lines(List<Situation> situations) {
        return situations.stream().map(EmbeddedData::line);
    }

    private static Map<String, Object> line(Situation situation) {
        var line = Json.line("prompt", situation.prompt());
        if (!situation.reference().isEmpty()) {
            line.put("reference", situation.reference());
        }
        line.put("baseline", situation.baseline());
        if (!situation.metadata().isEmpty()) {
            line.put("metadata", situation.metadata());
        }
        return line;
    }

    static List<Map<String, Object>> demonstrations() {
        return drawn("demonstrations", List.of(EmbeddedTask.values()), DEMONSTRATIONS_A_TASK, false, (task, draws) -> {
            Situation situation = draws.oneOf(task.training());
            String reply = situation.reply(draws.chance(task.goodShare()), draws);
            return List.of(Json.line("prompt", situation.prompt(), "completion", reply));
        });
    }

    private static List<Map<String, Object>> pairs(Rater rater, List<EmbeddedTask> tasks, boolean heldOut) {
        return drawn("pairs", tasks, PAIRS_A_TASK, heldOut, (task, draws) -> {
            Situation situation = draws.oneOf(heldOut ? task.heldOutPrompts() : task.training());
            return List.of(rater.compare(situation, draws));
        });
    }

    static List<Map<String, Object>> judgeExamples(boolean heldOut) {
        return drawn("judge", ASKING, JUDGED_ANSWERS_A_TASK, heldOut, (task, draws) -> {
            var request = (Request) draws.oneOf(heldOut ? task.heldOutPrompts() : task.training());
            return JudgeExamples.about(request, JudgeExamples.answer(request, draws));
        });
    }

    /** {@code count} draws of every task (a tenth of that if held out), all tasks' lines shuffled together. */
    private static List<Map<String, Object>> drawn(
            String purpose,
            List<EmbeddedTask> tasks,
            int count,
            boolean heldOut,
            BiFunction<EmbeddedTask, Draws, List<Map<String, Object>>> draw) {
        var lines = new ArrayList<Map<String, Object>>();
        String stream = heldOut ? purpose + " held-out" : purpose;
        for (EmbeddedTask task : tasks) {
            var draws = task.draws(stream);
            for (int i = 0; i < (heldOut ? count / HELD_OUT_SHARE : count); i++) {
                lines.addAll(draw.apply(task, draws));
            }
        }
        return EmbeddedTask.CHAT.draws("shuffle " + stream).shuffled(lines);
    }

    /** Learns from the conversations that the checkpoints will see. */
    private static void writeTokenizer(List<Map<String, Object>> demonstrations, Path directory) throws IOException {
        var texts = Stream.concat(demonstrations.stream(), judgeExamples(false).stream())
                .map(line -> "user\n%s\nassistant\n%s\nsystem\n".formatted(line.get("prompt"), line.get("completion")))
                .toList();
        TokenizerFiles.write(BytePairTrainer.train(texts, TokenizerFiles.SPECIAL_TOKENS, VOCABULARY), directory);
    }
}
