package dev.tribunal.contracts.runs.v1.spec;

import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Task;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Training;
import dev.tribunal.input.Findings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a policy's sampler and the rest of a spec have to do with each other. */
final class SamplerRules {

    private SamplerRules() {}

    static void check(RunSpec spec, Findings findings) {
        if (!findings.sound("/policy")) {
            return;
        }
        Sampler sampler = spec.policy().sampler();
        if (sampler != null) {
            checkPolicy(spec.policy(), findings);
            checkStarts("/stages", spec.stages(), true, findings);
        }
        if (spec.stages().isEmpty()) {
            checkStaleness("", spec.training(), spec.tasks(), sampler, findings);
        }
        checkStaleness("/stages", spec.stages(), sampler, findings);
    }

    private static void checkPolicy(RunSpec.Policy policy, Findings findings) {
        if (policy.lora() == null) {
            findings.mistake(
                    "/policy/sampler",
                    "is given the policy's LoRA adapter each step, and this policy has none: all its weights are trained;"
                            + " add policy.lora, or remove the sampler");
        }
        if (policy.engine() != null) {
            findings.mistake(
                    "/policy/sampler",
                    "stands beside policy.engine, whose server samples by itself; remove one of the two");
        }
        if (policy.temperature() != 1) {
            findings.mistake(
                    "/policy/temperature",
                    "is " + policy.temperature()
                            + ", but the log-probabilities of vLLM's completions are at temperature 1;"
                            + " must be 1 with policy.sampler");
        }
    }

    /**
     * The servers serve the run's model, so an adapter has to be one of that.
     *
     * @param base whether the latest policy is the run's model
     * @return whether it is afterwards
     */
    private static boolean checkStarts(String at, List<Stage> stages, boolean base, Findings findings) {
        boolean ofBase = base;
        for (int i = 0; i < stages.size(); i++) {
            String pointer = at + "/" + i;
            switch (stages.get(i)) {
                case Stage.Train train -> {
                    boolean fromBase =
                            train.start() == null ? ofBase : train.start().equals(Stage.BASE);
                    if (!fromBase && findings.sound(pointer) && samples(train.tasks())) {
                        findings.mistake(
                                pointer + "/start",
                                "is not 'base', but the servers of policy.sampler serve the run's policy.model; write 'base',"
                                        + " or make a run of its own of this stage, with what the earlier one left as its"
                                        + " policy.model");
                    }
                    ofBase = false;
                }
                case Stage.Repeat repeat -> {
                    boolean afterOne = checkStarts(pointer + "/stages", repeat.stages(), ofBase, findings);
                    if (ofBase && !afterOne && repeat.times() > 1) {
                        checkStarts(pointer + "/stages", repeat.stages(), false, findings);
                    }
                    ofBase = afterOne;
                }
                case Stage.Soup soup -> ofBase = false;
                case Stage.SoupSweep sweep -> ofBase = ofBase && sweep.leaves() != Artifact.Kind.POLICY;
                case Stage.Generate generate -> {}
                case Stage.Label label -> {}
                case Stage.RewardModel model -> {}
            }
        }
        return ofBase;
    }

    private static boolean samples(List<Task> tasks) {
        return tasks.stream().anyMatch(Task::samples);
    }

    private static void checkStaleness(String at, List<Stage> stages, @Nullable Sampler sampler, Findings findings) {
        for (int i = 0; i < stages.size(); i++) {
            String pointer = at + "/" + i;
            if (stages.get(i) instanceof Stage.Train train) {
                checkStaleness(pointer, train.training(), train.tasks(), sampler, findings);
            } else if (stages.get(i) instanceof Stage.Repeat repeat) {
                checkStaleness(pointer + "/stages", repeat.stages(), sampler, findings);
            }
        }
    }

    private static void checkStaleness(
            String at, @Nullable Training training, List<Task> tasks, @Nullable Sampler sampler, Findings findings) {
        if (training == null || !findings.sound(at + "/training") || training.staleness() == 0) {
            return;
        }
        if (sampler == null) {
            findings.mistake(
                    at + "/training/staleness",
                    "is " + training.staleness()
                            + ", but the engine that trains samples too, and cannot do both at once;"
                            + " must be 0, or add policy.sampler");
        }
        for (int i = 0; i < tasks.size(); i++) {
            String pointer = at + "/tasks/" + i + "/prompts";
            if (findings.sound(pointer) && tasks.get(i).prompts().dynamicSampling() != null) {
                findings.mistake(
                        pointer + "/dynamicSampling",
                        "draws as many prompts as a step turns out to need, so that the next step's cannot be sampled before;"
                                + " remove it, or set training.staleness to 0");
            }
        }
    }
}
