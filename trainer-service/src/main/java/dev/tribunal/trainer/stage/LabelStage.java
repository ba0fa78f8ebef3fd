package dev.tribunal.trainer.stage;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.runs.v1.Artifact;
import dev.tribunal.contracts.runs.v1.Stage;
import dev.tribunal.contracts.runs.v1.Stage.Labels;
import dev.tribunal.contracts.runs.v1.VersionedName;
import dev.tribunal.methods.reward.RewardChain;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.trainer.checkpoint.ArtifactFiles;
import dev.tribunal.trainer.inputs.PinnedFile;
import dev.tribunal.trainer.journal.RunJournal.StepAbandonedException;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.judgement.TaskJudges;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.reward.RewardScorer;
import dev.tribunal.trainer.reward.Scores;
import dev.tribunal.trainer.training.AskedGroup;
import dev.tribunal.trainer.training.Assessor;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Completions of a prompt are scored and judged, and become pairs or demonstrations, with the scores and verdicts that
 * decided beside them.
 *
 * @param step committed steps of the run, for judges
 */
record LabelStage(TrainingRun run, Stage.Label stage, int step) {

    /** Rows that are asked about between two looks at whether the run is to pause. */
    private static final int AT_ONCE = 128;

    private static final JsonMapper JSON = JsonMapper.shared();

    /** A completion with what was said of it. */
    private record Labelled(Prompt row, Scores scores, List<JudgeVerdict> verdicts) {

        boolean isUndecided() {
            return verdicts.stream().anyMatch(verdict -> verdict.verdict() == Verdict.UNDECIDED);
        }

        boolean isFeasible() {
            return verdicts.stream().allMatch(verdict -> verdict.verdict() == Verdict.SATISFIED);
        }

        @Nullable
        Double value() {
            return scores.ofOnly();
        }

        String text() {
            return Objects.requireNonNull(row.completion());
        }

        ObjectNode told() {
            ObjectNode told = JSON.createObjectNode();
            Double value = value();
            if (value != null) {
                told.put("score", value);
            }
            verdicts.forEach(verdict -> told.withArray("verdicts")
                    .addObject()
                    .put("judge", verdict.judge() + "@" + verdict.version())
                    .put("verdict", Words.of(verdict.verdict())));
            told.set("generated", row.line().path("provenance"));
            return told;
        }
    }

    Artifact leave() {
        run.journal().awaitPermission();
        run.journal().phase("reading rows");
        List<Prompt> rows = run.inputs()
                .read(new PinnedFile(stage.source(), stage.sourceDigest()))
                .prompts();
        rows.forEach(this::requireUsable);
        List<Labelled> labelled = labelled(rows);
        warn(labelled);
        List<ObjectNode> made = groups(labelled).stream().flatMap(this::made).toList();
        if (made.isEmpty() && stage.also().isEmpty()) {
            throw new TrainingFailedException("stage '" + stage.name() + "' made no row of " + rows.size()
                    + " completions: none of their prompts has what " + Words.of(stage.write())
                    + " takes. Raise the generations of the stage that they come from or policy.temperature, or look at"
                    + " the scores and verdicts");
        }
        Path file = run.write(stage, ".jsonl", target -> write(target, made));
        return TrainingRun.left(stage, "file:" + file, Objects.requireNonNull(ArtifactFiles.digest(file)));
    }

    private void requireUsable(Prompt row) {
        if (row.completion() == null) {
            throw new TrainingFailedException("row " + row.index() + " of " + stage.source()
                    + " has no \"completion\" to label; name rows that a generate stage left");
        }
        if (stage.write() == Labels.DEMONSTRATION_OVER_GENERATION
                && !row.line().path("demonstration").isString()) {
            throw new TrainingFailedException("row " + row.index() + " of " + stage.source()
                    + " has no \"demonstration\": let the generate stage read prompts with a \"completion\"");
        }
    }

    private List<Labelled> labelled(List<Prompt> rows) {
        Map<String, RewardScorer> scorers = new LinkedHashMap<>();
        if (stage.rewardModel() != null) {
            String model = run.inputs().rewardModel(stage.rewardModel());
            scorers.put(model, run.rewardService().scorer(VersionedName.parse(model)));
        }
        Assessor assessor = new Assessor(
                run.runId(),
                stage.name(),
                scorers,
                new RewardChain(List.of()),
                new TaskJudges(run.judges(), stage.judges(), false),
                run.journal());
        List<Labelled> all = new ArrayList<>();
        while (all.size() < rows.size()) {
            run.journal().awaitPermission();
            run.journal().phase("labelling: " + all.size() + " of " + rows.size() + " completions");
            List<Prompt> next = rows.subList(all.size(), Math.min(all.size() + AT_ONCE, rows.size()));
            try {
                all.addAll(asked(next, assessor));
            } catch (StepAbandonedException pausing) {
                // The run is to pause: what is at hand is asked again afterwards.
            }
        }
        return all;
    }

    private List<Labelled> asked(List<Prompt> rows, Assessor assessor) {
        List<CompletableFuture<List<Scores>>> scores = new ArrayList<>();
        List<CompletableFuture<List<List<JudgeVerdict>>>> verdicts = new ArrayList<>();
        for (Prompt row : rows) {
            List<Assessor.Item> item = List.of(item(row));
            scores.add(assessor.scores(item));
            verdicts.add(assessor.verdicts(item));
        }
        assessor.flush();
        try {
            return IntStream.range(0, rows.size())
                    .mapToObj(i -> new Labelled(
                            rows.get(i),
                            AskedGroup.answer(scores.get(i), run.journal()).getFirst(),
                            AskedGroup.answer(verdicts.get(i), run.journal()).getFirst()))
                    .toList();
        } finally { // where all is answered, this changes nothing
            scores.forEach(each -> each.cancel(false));
            verdicts.forEach(each -> each.cancel(false));
        }
    }

    private Assessor.Item item(Prompt row) {
        return new Assessor.Item(
                step,
                "r" + row.index(),
                row,
                new CompletionText(
                        Objects.requireNonNull(row.completion()),
                        row.line().path("finishReason").asString("stop")));
    }

    private void warn(List<Labelled> labelled) {
        long undecided = labelled.stream().filter(Labelled::isUndecided).count();
        if (undecided > 0) {
            run.journal()
                    .warn(
                            "judge_undecided",
                            "stage " + stage.name() + ": " + undecided + " of " + labelled.size()
                                    + " completions have undecided verdicts and are left out");
        }
        long failed =
                labelled.stream().filter(each -> each.scores().error() != null).count();
        if (failed > 0) {
            run.journal()
                    .warn(
                            "score_failed",
                            "stage " + stage.name() + ": " + failed + " of " + labelled.size()
                                    + " completions could not be scored");
        }
    }

    /** By prompt, in the order of the first row of each. Undecided ones have left. */
    private static List<List<Labelled>> groups(List<Labelled> labelled) {
        Map<List<Object>, List<Labelled>> groups = new LinkedHashMap<>();
        labelled.stream()
                .filter(each -> !each.isUndecided())
                .forEach(each -> groups.computeIfAbsent(
                                List.of(
                                        each.row().messages(),
                                        each.row().reference(),
                                        each.row().metadata()),
                                key -> new ArrayList<>())
                        .add(each));
        return List.copyOf(groups.values());
    }

    private Stream<ObjectNode> made(List<Labelled> group) {
        List<Labelled> feasible = group.stream().filter(Labelled::isFeasible).toList();
        List<Labelled> infeasible =
                group.stream().filter(each -> !each.isFeasible()).toList();
        return switch (stage.write()) {
            case BEST_OVER_WORST -> pair(best(scored(feasible)), worst(scored(feasible)), true);
            case FEASIBLE_OVER_INFEASIBLE -> pair(best(known(feasible)), worst(known(infeasible)), false);
            case DEMONSTRATION_OVER_GENERATION -> group.stream().flatMap(this::underDemonstration);
            case BEST -> best(scored(feasible)).map(this::demonstration).stream();
        };
    }

    private static List<Labelled> scored(List<Labelled> group) {
        return group.stream().filter(each -> each.value() != null).toList();
    }

    /** Those with scores, or all of them where none has one. */
    private static List<Labelled> known(List<Labelled> group) {
        List<Labelled> scored = scored(group);
        return scored.isEmpty() ? group : scored;
    }

    private static double value(Labelled labelled) {
        return Objects.requireNonNullElse(
                labelled.value(), 0.0); // only where none of a list has one: the first is taken
    }

    /** The first of those with the highest score. */
    private static Optional<Labelled> best(List<Labelled> group) {
        return group.reversed().stream().max(Comparator.comparingDouble(LabelStage::value));
    }

    private static Optional<Labelled> worst(List<Labelled> group) {
        return group.stream().min(Comparator.comparingDouble(LabelStage::value));
    }

    /** @param byScore whether the scores have to differ */
    private Stream<ObjectNode> pair(Optional<Labelled> chosen, Optional<Labelled> rejected, boolean byScore) {
        if (chosen.isEmpty()
                || rejected.isEmpty()
                || chosen.get().text().equals(rejected.get().text())
                || (byScore && value(chosen.get()) == value(rejected.get()))) {
            return Stream.empty();
        }
        ObjectNode row = row(chosen.get());
        row.put("chosen", chosen.get().text()).put("rejected", rejected.get().text());
        ObjectNode provenance = provenance(row);
        provenance.set("chosen", chosen.get().told());
        provenance.set("rejected", rejected.get().told());
        return Stream.of(row);
    }

    private Stream<ObjectNode> underDemonstration(Labelled generated) {
        String demonstration = generated.row().line().path("demonstration").asString();
        if (demonstration.equals(generated.text())) {
            return Stream.empty();
        }
        ObjectNode row = row(generated);
        row.put("chosen", demonstration).put("rejected", generated.text());
        provenance(row).set("rejected", generated.told());
        return Stream.of(row);
    }

    private ObjectNode demonstration(Labelled best) {
        ObjectNode row = row(best);
        row.put("completion", best.text());
        provenance(row).set("completion", best.told());
        return row;
    }

    private static ObjectNode row(Labelled labelled) {
        ObjectNode row = ((ObjectNode) labelled.row().line()).deepCopy();
        List.of("completion", "finishReason", "demonstration", "provenance").forEach(row::remove);
        return row;
    }

    private ObjectNode provenance(ObjectNode row) {
        return row.putObject("provenance").put("run", run.runId()).put("stage", stage.name());
    }

    private void write(Path target, List<ObjectNode> made) throws IOException {
        try (BufferedWriter lines = Files.newBufferedWriter(target)) {
            for (String also : stage.also()) {
                for (Prompt earlier :
                        run.inputs().read(new PinnedFile(also, null)).prompts()) {
                    write(lines, earlier.line());
                }
            }
            for (ObjectNode row : made) {
                write(lines, row);
            }
        }
    }

    private static void write(BufferedWriter lines, JsonNode row) throws IOException {
        lines.write(row.toString());
        lines.newLine();
    }
}
