package dev.tribunal.methods.reward;

import java.util.Map;

/** Each value becomes sigma(value), in [0, 1]: rewards in a fixed range without a baseline completion. */
public record Squashed() implements RewardTransform {

    @Override
    public Map<String, ScoreValue> apply(
            Map<String, ScoreValue> values, Map<String, ScoreValue> baseline, double logRatio) {
        return Each.of(values, (model, value) -> ScoreValue.of(1 / (1 + Math.exp(-value.value()))));
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
