package dev.tribunal.methods.label;

import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.Findings;
import dev.tribunal.methods.reward.Standardised.MeanAndStd;
import dev.tribunal.methods.statistics.Sample;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Rewards-in-Context (Yang et al., ICML 2024): every completion becomes a demonstration whose prompt tells the rewards that
 * it has, so that a prompt can ask for rewards afterwards. A reward is a reward model's score, z-normalised and rounded.
 *
 * @param statistics by reward model; default those of the stage's own rows. They are among the artifact's metrics
 * @param statisticsOf {@code stage:NAME} of an earlier stage of this kind, whose statistics are used: later labels then have
 *     the meaning of the first ones
 * @param decimals of the rewards in the prompt; default 1
 * @param keepFrom a row is kept if one of its rewards, at least, is not below this quantile of the stage's rows; the method's
 *     own code has 0.7 in its online iterations; default 0: all rows
 */
public record RewardsInContext(
        @Default("{}") Map<String, MeanAndStd> statistics,
        @Nullable String statisticsOf,
        @Min(0) @Max(6) @Default("1") int decimals,
        @Min(0) @Max(1) @Default("0") double keepFrom)
        implements Labeller, Checked {

    private static final String STAGE = "stage:";

    public RewardsInContext {
        statistics = Map.copyOf(statistics);
    }

    @Override
    public boolean leavesDemonstrations() {
        return true;
    }

    @Override
    public int fewestRewardModels() {
        return 1;
    }

    @Override
    public int mostRewardModels() {
        return 16;
    }

    @Override
    public RewardsInContext renamed(UnaryOperator<String> stage) {
        return statisticsOf == null
                ? this
                : new RewardsInContext(statistics, stage.apply(statisticsOf), decimals, keepFrom);
    }

    @Override
    public void check(Findings findings) {
        if (statisticsOf != null && findings.sound("/statisticsOf")) {
            if (!statisticsOf.startsWith(STAGE)) {
                findings.mistake("/statisticsOf", "is '" + statisticsOf + "', must be written stage:NAME");
            }
            if (!statistics.isEmpty() && findings.sound("/statistics")) {
                findings.mistake("/statisticsOf", "stands beside statistics; remove one of them");
            }
        }
    }

    /** Of a reward model's scores; scores that are all the same have the deviation 1, and so rewards of 0. */
    public static MeanAndStd statistics(double[] scores) {
        double std = Math.sqrt(Sample.variance(scores));
        return new MeanAndStd(Sample.mean(scores), std > 0 ? std : 1);
    }

    /** A score as it stands in a prompt. */
    public double reward(double score, MeanAndStd of) {
        return RewardGoals.rounded((score - of.mean()) / of.std(), decimals);
    }

    /**
     * Which rows are kept.
     *
     * @param rewards of each row, by objective, the same ones in each
     */
    public List<Boolean> kept(List<Map<String, Double>> rewards) {
        Map<String, Double> least = new LinkedHashMap<>();
        Set<String> objectives =
                rewards.isEmpty() ? Set.of() : rewards.getFirst().keySet();
        for (String objective : objectives) {
            double[] all = rewards.stream()
                    .mapToDouble(row -> row.getOrDefault(objective, Double.NaN))
                    .toArray();
            least.put(objective, quantile(all, keepFrom));
        }
        return rewards.stream()
                .map(row -> row.entrySet().stream()
                        .anyMatch(reward -> reward.getValue() >= least.getOrDefault(reward.getKey(), Double.NaN)))
                .toList();
    }

    /** Between two values it is interpolated linearly. */
    public static double quantile(double[] values, double share) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double place = share * (sorted.length - 1);
        int below = (int) Math.floor(place);
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
