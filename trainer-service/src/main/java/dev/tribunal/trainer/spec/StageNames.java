package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Task;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.methods.Experience;
import dev.tribunal.methods.label.Labeller;
import dev.tribunal.methods.label.RewardsInContext;
import dev.tribunal.servicekit.error.Suggestion;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.trainer.spec.Rounds.Placed;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whether what stages refer to is left by an earlier one, and is of the right kind. */
final class StageNames {

    /** What prompts can be read from. */
    private static final Artifact.Kind[] ROWS = {
        Artifact.Kind.GENERATIONS, Artifact.Kind.PAIRS, Artifact.Kind.DEMONSTRATIONS
    };

    private final Input<RunSpec> draft;
    private final BiConsumer<String, String> mistake;
    private final Map<String, Artifact.Kind> left = new LinkedHashMap<>();

    private StageNames(Input<RunSpec> draft, BiConsumer<String, String> mistake) {
        this.draft = draft;
        this.mistake = mistake;
    }

    /**
     * @param stages in their order
     * @param mistake told a pointer and what is wrong there
     */
    static void check(Input<RunSpec> draft, List<Placed> stages, BiConsumer<String, String> mistake) {
        StageNames names = new StageNames(draft, (pointer, detail) -> {
            if (draft.sound(pointer)) {
                mistake.accept(pointer, detail);
            }
        });
        for (Placed placed : stages) {
            if (placed.stage() instanceof Stage.Repeat) {
                continue; // a repeat within a repeat, which is a mistake
            }
            names.check(placed);
            names.add(placed);
        }
    }

    private void check(Placed placed) {
        String at = placed.pointer();
        switch (placed.stage()) {
            case Stage.Train train -> {
                check(at + "/start", String.valueOf(train.start()), Artifact.Kind.POLICY);
                if (train.reference() instanceof RunSpec.OfStage reference) {
                    checkName(at + "/reference/stage", reference.stage(), Artifact.Kind.POLICY);
                }
                if (train.reference() instanceof RunSpec.Soup soup) {
                    for (int i = 0; i < soup.parts().size(); i++) {
                        check(
                                at + "/reference/parts/" + i + "/model",
                                soup.parts().get(i).model(),
                                Artifact.Kind.POLICY);
                    }
                }
                for (int i = 0; i < train.tasks().size(); i++) {
                    check(train.tasks().get(i), at + "/tasks/" + i);
                }
            }
            case Stage.Soup soup -> {
                for (int i = 0; i < soup.parts().size(); i++) {
                    check(at + "/parts/" + i + "/model", soup.parts().get(i).model(), Artifact.Kind.POLICY);
                }
            }
            case Stage.SoupSweep sweep -> {
                for (int i = 0; i < sweep.parts().size(); i++) {
                    check(at + "/parts/" + i, sweep.parts().get(i), Artifact.Kind.POLICY);
                }
                check(at + "/source", sweep.source(), ROWS);
                checkModels(at, sweep.rewardModels());
            }
            case Stage.Generate generate -> {
                check(at + "/start", String.valueOf(generate.start()), Artifact.Kind.POLICY);
                check(at + "/source", generate.source(), ROWS);
                if (generate.goals() != null) {
                    check(at + "/goals/of", generate.goals().of(), Artifact.Kind.DEMONSTRATIONS);
                }
            }
            case Stage.Label label -> {
                if (draft.sound(at + "/write")) {
                    check(at + "/source", label.source(), read(label.write()));
                    if (label.write() instanceof RewardsInContext rewards) {
                        check(
                                at + "/write/statisticsOf",
                                String.valueOf(rewards.statisticsOf()),
                                Artifact.Kind.DEMONSTRATIONS);
                    }
                }
                check(at + "/rewardModel", String.valueOf(label.rewardModel()), Artifact.Kind.REWARD_MODEL);
                checkModels(at, label.rewardModels());
                for (int i = 0; i < label.also().size(); i++) {
                    String also = label.also().get(i);
                    if (Stage.named(also).isEmpty()) {
                        mistake.accept(at + "/also/" + i, "is '" + also + "', must be written stage:NAME");
                    }
                    check(at + "/also/" + i, also, label.leaves());
                }
                if (label.accumulate() && !placed.repeated()) {
                    mistake.accept(
                            at + "/accumulate",
                            "has no meaning outside repeat, for there is no round before; remove it, or name the"
                                    + " stages in also");
                }
            }
            case Stage.RewardModel model -> {
                check(at + "/backbone", model.backbone(), Artifact.Kind.POLICY);
                check(at + "/pairs", model.pairs(), Artifact.Kind.PAIRS);
            }
            case Stage.Repeat repeat -> throw new IllegalStateException("a repeat is written out");
        }
    }

    private static Artifact.Kind[] read(Labeller labeller) {
        return switch (labeller.reads()) {
            case COMPLETIONS -> new Artifact.Kind[] {Artifact.Kind.GENERATIONS};
            case PAIRS -> new Artifact.Kind[] {Artifact.Kind.PAIRS};
            case PROMPTS -> ROWS;
        };
    }

    private void check(Task task, String at) {
        Experience learnt = draft.sound(at + "/method") ? task.method().experience() : null;
        Artifact.Kind[] wanted = learnt == null
                ? ROWS
                : switch (learnt) {
                    case ROLLOUTS -> ROWS;
                    case DEMONSTRATIONS ->
                        new Artifact.Kind[] {Artifact.Kind.DEMONSTRATIONS, Artifact.Kind.GENERATIONS};
                    case PAIRS -> new Artifact.Kind[] {Artifact.Kind.PAIRS};
                    case RATED_ANSWERS -> new Artifact.Kind[] {}; // no stage writes ratings
                };
        check(at + "/prompts/source", task.prompts().source(), wanted);
        check(at + "/prompts/heldOut", String.valueOf(task.prompts().heldOut()), wanted);
        check(at + "/rewardModel", String.valueOf(task.rewardModel()), Artifact.Kind.REWARD_MODEL);
        checkModels(at, task.rewardModels());
    }

    private void checkModels(String at, List<RunSpec.RewardModel> models) {
        for (int i = 0; i < models.size(); i++) {
            check(at + "/rewardModels/" + i, models.get(i).model(), Artifact.Kind.REWARD_MODEL);
        }
    }

    /** What comes from now on may refer to this stage. */
    private void add(Placed placed) {
        left.put(placed.stage().name(), placed.stage().leaves());
        placed.names().forEach(name -> left.put(name, placed.stage().leaves()));
    }

    /** @param reference {@code stage:NAME}; what is none is passed over */
    private void check(String pointer, String reference, Artifact.Kind... wanted) {
        Stage.named(reference).ifPresent(name -> checkName(pointer, name, wanted));
    }

    /** @param name of a stage */
    private void checkName(String pointer, String name, Artifact.Kind... wanted) {
        Artifact.Kind kind = left.get(name);
        if (kind == null) {
            mistake.accept(
                    pointer,
                    "names the stage '" + name + "', but no earlier stage is called that"
                            + (left.isEmpty() ? ": there is none before it" : Suggestion.of(name, left.keySet())));
        } else if (!List.of(wanted).contains(kind)) {
            mistake.accept(
                    pointer,
                    "names the stage '" + name + "', which leaves " + Words.of(kind) + "; wanted here: "
                            + (wanted.length == 0
                                    ? "a file of rows with ratings, which no stage writes"
                                    : Stream.of(wanted).map(Words::of).collect(Collectors.joining(" or "))));
        }
    }
}
