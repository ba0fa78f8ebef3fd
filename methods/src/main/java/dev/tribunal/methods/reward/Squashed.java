package dev.tribunal.methods.reward;

import java.util.Map;

/** Each value becomes sigma(value), in [0, 1]: rewards in a fixed range without a baseline completion. */
public record Squashed() implements RewardTransform {

    @Override
    public Map<String, Double> apply(Map<String, Double> values, Map<String, Double> baseline, double logRatio) {
        return Each.of(values, (model, value) -> 1 / (1 + Math.exp(-value)));
    }
}
