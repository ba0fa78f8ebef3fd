package dev.tribunal.methods.reward;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Positive;
import java.util.Map;
import java.util.TreeSet;

/**
 * Z-normalisation with stored statistics: (value - mean) / std, so that reward models of different scales can be added.
 * The statistics are given and never those of the batch, or a completion's reward would depend on its neighbours.
 *
 * @param statistics by reward model, one for each of them
 */
public record Standardised(@NotEmpty Map<String, MeanAndStd> statistics) implements RewardTransform {

    public Standardised {
        statistics = Map.copyOf(statistics);
    }

    /**
     * @param mean of the reward model's scores
     * @param std their standard deviation
     */
    public record MeanAndStd(
            @Min(-1_000_000_000) @Max(1_000_000_000) double mean,
            @Positive @Max(1_000_000_000) double std) {}

    @Override
    public boolean keepsOrder() {
        return true;
    }

    @Override
    public Map<String, ScoreValue> apply(
            Map<String, ScoreValue> values, Map<String, ScoreValue> baseline, double logRatio) {
        new TreeSet<>(statistics.keySet()).forEach(model -> Each.require(values, model, "score"));
        return Each.of(values, (model, value) -> {
            MeanAndStd of = Each.require(statistics, model, "mean and std");
            return value.scaled((value.value() - of.mean()) / of.std(), 1 / of.std());
        });
    }
}
