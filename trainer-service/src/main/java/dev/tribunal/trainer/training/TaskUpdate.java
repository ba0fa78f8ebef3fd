package dev.tribunal.trainer.training;

import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.methods.policy.RatedGroup;
import dev.tribunal.methods.policy.RatedGroup.RatedBaseline;
import dev.tribunal.methods.policy.RatedRollout;
import dev.tribunal.methods.policy.WeightedGroup;
import dev.tribunal.methods.policy.WeightedGroup.WeightedRollout;
import dev.tribunal.trainer.feasibility.Feasibility;
import dev.tribunal.trainer.rollout.BaselineCompletion;
import dev.tribunal.trainer.rollout.Group;
import dev.tribunal.trainer.rollout.Rollout;
import dev.tribunal.trainer.rollout.Shortages;
import dev.tribunal.trainer.training.GradientAccumulator.WeightedSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Algorithm 1, lines 6 to 11, for one task: which groups are in the batch, and what the policy optimizer makes of them.
 *
 * @param groups all that were sampled
 * @param weights of the rollouts that are in the batch
 * @param baselines that are trained on
 * @param sequences all of these, with rho times dLoss/dlog pi for each token
 */
record TaskUpdate(
        List<Group> groups,
        Map<Rollout, WeightedRollout> weights,
        List<TrainedBaseline> baselines,
        List<WeightedSequence> sequences) {

    record TrainedBaseline(Group group, WeightedRollout weighted) {}

    /** @throws Shortages.ShortageException if the task's failure policy does not let the step go on */
    static TaskUpdate of(TrainingTask task, List<Group> groups) {
        List<Group> batch = Shortages.leaveOut(groups, task.spec().failurePolicy());
        List<WeightedGroup> weighted =
                task.optimizer().weigh(batch.stream().map(TaskUpdate::rated).toList());

        TaskUpdate update = new TaskUpdate(groups, new IdentityHashMap<>(), new ArrayList<>(), new ArrayList<>());
        for (int i = 0; i < batch.size(); i++) {
            update.add(task.spec().weight(), batch.get(i), weighted.get(i));
        }
        return update;
    }

    private void add(double rho, Group group, WeightedGroup weighted) {
        List<Rollout> members = group.members();
        for (int k = 0; k < members.size(); k++) {
            weights.put(members.get(k), weighted.rollouts().get(k));
            sequences.add(sequence(
                    group,
                    members.get(k).completion().ids(),
                    rho,
                    weighted.rollouts().get(k)));
        }
        WeightedRollout baseline = weighted.baseline();
        if (baseline != null) {
            baselines.add(new TrainedBaseline(group, baseline));
            sequences.add(sequence(group, group.baseline().ids(), rho, baseline));
        }
    }

    private static WeightedSequence sequence(Group group, int[] completion, double rho, WeightedRollout weighted) {
        double[] tokenWeights = Arrays.stream(weighted.tokenWeights())
                .map(weight -> rho * weight)
                .toArray();
        return new WeightedSequence(new TokenSequence(group.promptIds(), completion), tokenWeights);
    }

    private static RatedGroup rated(Group group) {
        return new RatedGroup(
                group.members().stream().map(rollout -> rated(group, rollout)).toList(), rated(group.baseline()));
    }

    private static RatedRollout rated(Group group, Rollout rollout) {
        return new RatedRollout(
                Objects.requireNonNull(rollout.score().value()),
                Objects.requireNonNull(group.calibratedReward(rollout)),
                rollout.logRatio(),
                rollout.feasibility() == Feasibility.FEASIBLE,
                rollout.completion().ids().length);
    }

    private static @Nullable RatedBaseline rated(BaselineCompletion baseline) {
        return switch (baseline.feasibility()) {
            case FEASIBLE -> new RatedBaseline(true, baseline.ids().length);
            case INFEASIBLE -> new RatedBaseline(false, baseline.ids().length);
            case UNDECIDED -> null;
        };
    }
}
