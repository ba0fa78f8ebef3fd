package dev.tribunal.trainer.reward;

import dev.tribunal.methods.reward.CalibratedReward;
import org.jspecify.annotations.Nullable;

/**
 * How a task makes rewards of scores.
 *
 * @param model the reward model's name and version
 * @param calibrated whether against the baseline completion's score (CGPO, eq. 5); else the reward is the score
 */
public record RewardRule(String model, boolean calibrated) {

    /** @return absent if a score that it takes is */
    public @Nullable Double reward(Score score, @Nullable Score ofBaseline) {
        return calibrated ? calibrated(score, ofBaseline) : score.value();
    }

    /** CGPO, eq. 5; absent if one of the two scores is. */
    public static @Nullable Double calibrated(Score score, @Nullable Score ofBaseline) {
        Double own = score.value();
        Double other = ofBaseline == null ? null : ofBaseline.value();
        return own == null || other == null ? null : CalibratedReward.of(own, other);
    }
}
