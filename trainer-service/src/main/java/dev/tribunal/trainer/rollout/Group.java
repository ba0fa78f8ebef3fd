package dev.tribunal.trainer.rollout;

import dev.tribunal.methods.loss.Feasibility;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.reward.RewardRule;
import dev.tribunal.trainer.reward.Score;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rollouts of one prompt.
 *
 * @param promptIds the prompt as the policy read it
 * @param baselineCompletion absent where the task has none
 * @param rule how scores become rewards
 */
public record Group(
        Prompt prompt,
        int[] promptIds,
        @Nullable BaselineCompletion baselineCompletion,
        RewardRule rule,
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
        Double logRatio = rollout.logRatio();
        return rule.reward(rollout.score(), baselineScore(), logRatio == null ? Double.NaN : logRatio);
    }

    /** CGPO, eq. 5; absent if the rollout or the baseline completion has no score. */
    public @Nullable Double calibratedReward(Rollout rollout) {
        return RewardRule.calibrated(rollout.score(), baselineScore());
    }

    private @Nullable Score baselineScore() {
        return baselineCompletion == null ? null : baselineCompletion.score();
    }
}
