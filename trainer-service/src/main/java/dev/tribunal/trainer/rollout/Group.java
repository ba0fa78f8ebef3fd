package dev.tribunal.trainer.rollout;

import dev.tribunal.methods.reward.CalibratedReward;
import dev.tribunal.trainer.feasibility.Feasibility;
import dev.tribunal.trainer.prompt.Prompt;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rollouts of one prompt.
 *
 * @param promptIds the prompt as the policy read it
 */
public record Group(Prompt prompt, int[] promptIds, BaselineCompletion baseline, List<Rollout> rollouts) {

    public Group {
        rollouts = List.copyOf(rollouts);
    }

    /** The rollouts that are in the batch: decided, and with a reward. The others leave it; nothing is made up. */
    public List<Rollout> members() {
        return rollouts.stream()
                .filter(rollout -> rollout.feasibility() != Feasibility.UNDECIDED && calibratedReward(rollout) != null)
                .toList();
    }

    /** CGPO, eq. 5; absent if the rollout or the baseline completion has no score. */
    public @Nullable Double calibratedReward(Rollout rollout) {
        Double score = rollout.score().value();
        Double baselineScore = baseline.score().value();
        return score == null || baselineScore == null ? null : CalibratedReward.of(score, baselineScore);
    }
}
