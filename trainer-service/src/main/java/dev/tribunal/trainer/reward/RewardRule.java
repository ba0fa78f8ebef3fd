package dev.tribunal.trainer.reward;

import dev.tribunal.methods.reward.CalibratedReward;
import dev.tribunal.methods.reward.RewardChain;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a task makes rewards of scores.
 *
 * @param model the reward model's name and version
 */
public record RewardRule(String model, RewardChain chain) {

    /**
     * @param logRatio NaN without a reference
     * @return absent if a score that it takes is
     */
    public @Nullable Double reward(Score score, @Nullable Score ofBaseline, double logRatio) {
        Double value = score.value();
        Double other = ofBaseline == null ? null : ofBaseline.value();
        if (value == null || (chain.needsBaselineCompletion() && other == null)) {
            return null;
        }
        return chain.reward(
                Map.of(model, value),
                chain.needsBaselineCompletion() && other != null ? Map.of(model, other) : Map.of(),
                logRatio);
    }

    /** CGPO, eq. 5; absent if one of the two scores is. */
    public static @Nullable Double calibrated(Score score, @Nullable Score ofBaseline) {
        Double own = score.value();
        Double other = ofBaseline == null ? null : ofBaseline.value();
        return own == null || other == null ? null : CalibratedReward.of(own, other);
    }
}
