package dev.tribunal.methods.reward;

import java.util.Map;

/**
 * The calibrated reward (CGPO, arXiv 2409.20370, eq. 5): each value becomes sigma(value - the baseline completion's), in
 * [0, 1].
 */
public record Calibrated() implements RewardTransform {

    @Override
    public Map<String, ScoreValue> apply(
            Map<String, ScoreValue> values, Map<String, ScoreValue> baseline, double logRatio) {
        return Each.of(
                values,
                (model, value) -> ScoreValue.of(CalibratedReward.of(
                        value.value(),
                        Each.require(baseline, model, "score of the baseline completion")
                                .value())));
    }

    @Override
    public boolean needsBaselineCompletion() {
        return true;
    }

    @Override
    public boolean keepsOrder() {
        return true;
    }

    @Override
    public boolean isWithinUnit(boolean given) {
        return true;
    }
}
