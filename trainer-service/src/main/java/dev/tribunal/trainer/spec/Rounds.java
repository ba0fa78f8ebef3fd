package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.servicekit.input.Input;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/**
 * The stages of a spec as they are written, those of a {@code repeat} among the others, each once; and as they are done,
 * round after round.
 */
final class Rounds {

    private static final int LONGEST_NAME = 63;

    private final List<Stage> written;
    private final List<Placed> placed = new ArrayList<>();

    /**
     * A stage in its place.
     *
     * @param pointer to it; empty for the one of a run without a list
     * @param times how often it is done
     */
    record Placed(Stage stage, String pointer, int times) {

        /** Whether it stands within a repeat. */
        boolean repeated() {
            return pointer.indexOf("/stages/", 1) > 0;
        }

        /** The names that it has once rounds are written out. */
        List<String> names() {
            return repeated()
                    ? IntStream.rangeClosed(1, times)
                            .mapToObj(round -> stage.name() + "." + round)
                            .toList()
                    : List.of(stage.name());
        }
    }

    /** @param mistake told a pointer and what is wrong there */
    Rounds(Input<RunSpec> draft, RunSpec spec, BiConsumer<String, String> mistake) {
        this.written = spec.stages().isEmpty() ? List.of(only(spec)) : spec.stages();
        for (int i = 0; i < written.size(); i++) {
            String pointer = spec.pointerOfStage(i);
            if (written.get(i) instanceof Stage.Repeat repeat) {
                for (int j = 0; j < repeat.stages().size(); j++) {
                    placed.add(new Placed(repeat.stages().get(j), pointer + "/stages/" + j, repeat.times()));
                }
            } else {
                placed.add(new Placed(written.get(i), pointer, 1));
            }
        }
        if (draft.sound("/stages")) {
            check(mistake);
        }
    }

    @SuppressWarnings("NullAway") // Without training it has a mistake, and nobody looks at the training.
    private static Stage.Train only(RunSpec spec) {
        return new Stage.Train(
                RunSpec.ONLY_STAGE,
                null,
                spec.training(),
                spec.evaluation(),
                spec.combiner(),
                spec.reference(),
                spec.tasks());
    }

    private void check(BiConsumer<String, String> mistake) {
        long all = placed.stream().mapToLong(Placed::times).sum();
        if (all > RunSpec.MAX_STAGES) {
            mistake.accept(
                    "/stages",
                    "are " + all + " with all rounds, may be " + RunSpec.MAX_STAGES
                            + "; lower the times of a repeat, or train more steps in each");
            return;
        }
        Set<String> names = new HashSet<>();
        for (Placed each : placed) {
            for (String name : each.names()) {
                if (name.length() > LONGEST_NAME) {
                    mistake.accept(
                            each.pointer() + "/name",
                            "becomes '" + name + "', of more than " + LONGEST_NAME + " characters; use a shorter one");
                    break;
                }
                if (!names.add(name) && each.repeated()) {
                    mistake.accept(
                            each.pointer() + "/name",
                            "becomes '" + name + "' in round " + name.substring(name.lastIndexOf('.') + 1)
                                    + ", which is another stage's name; rename one of them");
                    break;
                }
            }
        }
    }

    /** In the order in which they are written, each once. */
    List<Placed> placed() {
        return List.copyOf(placed);
    }

    /**
     * As they are done.
     *
     * @param resolved what stands for each of the {@link #placed}, in their order
     */
    List<Stage> expanded(List<Stage> resolved) {
        List<Stage> all = new ArrayList<>();
        Map<String, Integer> rounds = new HashMap<>();
        int next = 0;
        for (Stage stage : written) {
            if (stage instanceof Stage.Repeat repeat) {
                List<Stage> body = resolved.subList(next, next + repeat.stages().size());
                next += body.size();
                for (int round = 1; round <= repeat.times(); round++) {
                    for (Stage each : body) {
                        rounds.put(each.name(), round);
                        all.add(inRound(each, round, rounds));
                    }
                }
            } else {
                Stage each = resolved.get(next++);
                all.add(each.renamed(each.name(), reference -> inRound(reference, rounds)));
            }
        }
        return all;
    }

    private static Stage inRound(Stage stage, int round, Map<String, Integer> rounds) {
        Stage named = stage.renamed(stage.name() + "." + round, reference -> inRound(reference, rounds));
        return named instanceof Stage.Label label
                ? label.inRound(round, round == 1 ? null : Stage.PREFIX + stage.name() + "." + (round - 1))
                : named;
    }

    /** The round that was reached last. */
    private static String inRound(String reference, Map<String, Integer> rounds) {
        Integer round = rounds.get(Stage.named(reference).orElseThrow());
        return round == null ? reference : reference + "." + round;
    }
}
