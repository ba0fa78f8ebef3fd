package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.languagemodel.Capability;
import dev.tribunal.methods.Need;
import dev.tribunal.trainer.spec.Rounds.Placed;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * What a spec wants of its engine that the engine lacks.
 *
 * @param has what the engine can do of what not every engine can
 * @param sound whether what stands at a pointer was read without a mistake
 * @param mistake told each pointer and what is wrong there
 */
record EngineNeeds(Set<Capability> has, Predicate<String> sound, BiConsumer<String, String> mistake) {

    void check(RunSpec.Policy policy, List<Placed> stages) {
        boolean trainsOnSamples = stages.stream()
                .anyMatch(placed -> placed.stage().tasks().stream().anyMatch(RunSpec.Task::samples));
        if (trainsOnSamples && sound.test("/policy/temperature") && policy.temperature() != 1) {
            want(Capability.TEMPERATURE, "/policy/temperature", "is " + policy.temperature());
        }
        stages.forEach(placed -> check(placed.stage(), placed.pointer()));
    }

    private void check(Stage stage, String at) {
        switch (stage) {
            case Stage.Train train -> check(train, at);
            case Stage.Soup soup -> want(Capability.SOUP, at + "/type", "is soup");
            case Stage.SoupSweep sweep -> want(Capability.SOUP, at + "/type", "is soup-sweep");
            case Stage.Generate generate -> {}
            case Stage.Label label -> {}
            case Stage.RewardModel model -> {}
            case Stage.Repeat repeat -> {}
        }
    }

    private void check(Stage.Train train, String at) {
        for (int i = 0; i < train.tasks().size(); i++) {
            RunSpec.Task task = train.tasks().get(i);
            String method = at + "/tasks/" + i + "/method";
            if (sound.test(method)) {
                new TreeSet<>(task.method().needs()).forEach(need -> check(need, method));
            }
            if (task.combiner() != null) {
                want(Capability.GRADIENT_ROWS, at + "/tasks/" + i + "/combiner", "keeps gradients apart");
            }
        }
        boolean apart = train.combiner().needsProducts()
                && (train.tasks().size() > 1 || train.combiner().splitsPairs());
        if (sound.test(at + "/combiner") && apart) {
            want(Capability.GRADIENT_ROWS, at + "/combiner", "keeps the tasks' gradients apart");
        }
        if (train.training().entanglement() != null) {
            want(Capability.GRADIENT_ROWS, at + "/training/entanglement", "compares gradients");
        }
        if (train.training().critic() != null) {
            want(Capability.VALUES, at + "/training/critic", "is a model of its own");
        }
        if (sound.test(at + "/reference")) {
            switch (train.reference()) {
                case RunSpec.Soup soup -> want(Capability.SOUP, at + "/reference", "is a soup");
                case RunSpec.Checkpoint other ->
                    mistake.accept(
                            at + "/reference",
                            "is '" + other.model()
                                    + "', which policy.engine does not have; write start, base, previous,"
                                    + " {type: stage} or none, or train without policy.engine");
                case RunSpec.Start start -> {}
                case RunSpec.Base base -> {}
                case RunSpec.OfStage stage -> {}
                case RunSpec.Previous previous -> {}
                case RunSpec.None none -> {}
            }
        }
    }

    private void check(Need need, String at) {
        switch (need) {
            case TOKEN_KL -> want(Capability.TOKEN_KL, at, "has a term of the KL");
            case ENTROPY -> want(Capability.ENTROPY, at, "has a term of the entropy");
            case CRITIC -> want(Capability.VALUES, at, "has a critic");
            case REFERENCE, CALIBRATION, BASELINE_VERDICTS, PACKED_OLD_LOG_PROBS -> {}
        }
    }

    private void want(Capability capability, String at, String what) {
        if (!has.contains(capability)) {
            mistake.accept(
                    at, what + ", but " + lack(capability) + "; take another one, or train without policy.engine");
        }
    }

    private static String lack(Capability capability) {
        return "policy.engine "
                + switch (capability) {
                    case TEMPERATURE -> "gives log-probabilities at temperature 1 alone";
                    case TOKEN_KL -> "does not give the KL of each token over the whole vocabulary";
                    case ENTROPY -> "does not give the entropy of each token's distribution";
                    case VALUES -> "has no critic";
                    case GRADIENT_ROWS -> "adds all gradients into one";
                    case SOUP -> "does not average weights";
                };
    }
}
