package dev.tribunal.methods.reward;

import java.util.Map;

/**
 * The calibrated reward (CGPO, arXiv 2409.20370, eq. 5): each value becomes sigma(value - the baseline completion's), in
 * [0, 1].
 */
public record Calibrated() implements RewardTransform {

    @Override
    public Map<String, Double> apply(Map<String, Double> values, Map<String, Double> baseline, double logRatio) {
        return Each.of(
                values,
                (model, value) ->
                        CalibratedReward.of(value, Each.require(baseline, model, "score of the baseline completion")));
    }

    @Override
    public boolean needsBaselineCompletion() {
        return true;
    }
}
