package dev.tribunal.trainer.rollout;

import dev.tribunal.methods.loss.Feasibility;
import dev.tribunal.methods.reward.RewardChain;
import dev.tribunal.methods.reward.ScoreValue;
import dev.tribunal.trainer.prompt.Prompt;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rollouts of one prompt.
 *
 * @param promptIds the prompt as the policy read it
 * @param baselineCompletion absent where the task has none
 * @param rewards how scores become rewards
 */
public record Group(
        Prompt prompt,
        int[] promptIds,
        @Nullable BaselineCompletion baselineCompletion,
        RewardChain rewards,
        List<Rollout> rollouts) {

    public Group {
        rollouts = List.copyOf(rollouts);
    }

    /**
     * The rollouts that are in the batch. A feasible one needs a reward; a decided violation has the reward 0 by eq. 8, so
     * it stays also where no reward model could score it, and is pushed down. The others leave; nothing is made up.
     */
    public List<Rollout> members() {
        return rollouts.stream()
                .filter(rollout -> !rollout.isMasked())
                .filter(rollout -> switch (rollout.feasibility()) {
                    case FEASIBLE -> reward(rollout) != null;
                    case INFEASIBLE -> true;
                    case UNDECIDED -> false;
                })
                .toList();
    }

    /** How many left the batch because a judge could not tell. */
    public int undecided() {
        return (int) rollouts.stream()
                .filter(rollout -> rollout.feasibility() == Feasibility.UNDECIDED)
                .count();
    }

    /** What the rollout is worth, its constraints aside; absent if a score is that it is made of. */
    public @Nullable Double reward(Rollout rollout) {
        return rewards.reward(rollout.scores().values(), ofBaselineCompletion(), logRatio(rollout));
    }

    /** CGPO, eq. 5; absent if the rollout or the baseline completion has no score. */
    public @Nullable Double calibratedReward(Rollout rollout) {
        return rewards.calibratedReward(rollout.scores().values(), ofBaselineCompletion(), logRatio(rollout));
    }

    /** What the group's rollouts are ranked by; NaN if it has no score. */
    public double rank(Rollout rollout) {
        return rewards.rank(rollout.scores().values(), ofBaselineCompletion(), logRatio(rollout));
    }

    /** Without a reference there is none, and a chain that takes it is refused when the run is created. */
    private static double logRatio(Rollout rollout) {
        Double logRatio = rollout.logRatio();
        return logRatio == null ? Double.NaN : logRatio;
    }

    /** The scores of the baseline completion; empty if there is none, or a score is missing. */
    public Map<String, ScoreValue> ofBaselineCompletion() {
        return baselineCompletion == null
                ? Map.of()
                : baselineCompletion.scores().values();
    }

    /** With another baseline completion. */
    public Group against(BaselineCompletion other) {
        return new Group(prompt, promptIds, other, rewards, rollouts);
    }
}
