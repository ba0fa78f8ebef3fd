package dev.tribunal.methods.reward;

import jakarta.validation.constraints.NotEmpty;
import java.util.Map;

/**
 * The weighted sum of the reward models' values (MORLHF; RiC, arXiv 2402.10207), which makes one of many.
 *
 * @param weights by reward model, one for each of them
 */
public record WeightedScores(@NotEmpty Map<String, Double> weights) implements RewardTransform {

    /** What the one value is called. */
    static final String SUM = "sum";
    /** Of a sum of decimal fractions. */
    private static final double ROUNDING = 1e-9;

    public WeightedScores {
        weights = Map.copyOf(weights);
    }

    @Override
    public Map<String, ScoreValue> apply(
            Map<String, ScoreValue> values, Map<String, ScoreValue> baseline, double logRatio) {
        for (String model : values.keySet()) {
            Each.require(weights, model, "weight");
        }
        double sum = weights.keySet().stream()
                .sorted() // always the same order, so that the sum is always the same
                .mapToDouble(model -> Each.require(weights, model, "weight")
                        * Each.require(values, model, "score").value())
                .sum();
        return Map.of(SUM, ScoreValue.of(sum));
    }

    @Override
    public boolean isWithinUnit(boolean given) {
        return given
                && weights.values().stream().allMatch(weight -> weight >= 0)
                && weights.values().stream().mapToDouble(weight -> weight).sum() <= 1 + ROUNDING;
    }
}
