package dev.tribunal.methods.reward;

import dev.tribunal.input.Default;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.PositiveOrZero;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The reward-robust mixture of BRME (arXiv 2409.15360, eq. 7) over the values (mu_i, sigma_i) of a task's reward models,
 * which are its heads:
 *
 * <pre>alpha mu_n + (1 - alpha) min_i (mu_i - k sigma_i),   n = argmin_i sigma_i</pre>
 *
 * <p>The nominal value is that of the reward model that is surest. The paper takes the minimum of the heads' expected
 * rewards over the policy's completions; here it is of each completion by itself, which is at most that. With k = 0 and
 * reward models that agree it is their value.
 *
 * @param nominalWeight alpha, from 0, the worst case alone, to 1, the surest reward model alone; default 0.4
 * @param deviations k, how many standard deviations below its mean a reward model's worst case lies; default 0
 */
public record RobustScore(
        @Default("0.4") @Min(0) @Max(1) double nominalWeight,
        @Default("0") @PositiveOrZero @Max(1_000_000_000) double deviations)
        implements RewardTransform {

    /** What the one value is called. */
    static final String ROBUST = "robust";

    @Override
    public Map<String, ScoreValue> apply(
            Map<String, ScoreValue> values, Map<String, ScoreValue> baseline, double logRatio) {
        values.forEach((model, value) -> {
            String lack = lackOf(model, value);
            if (lack != null) {
                throw new IllegalArgumentException("'" + model + "' " + lack);
            }
        });
        double worst = values.values().stream()
                .mapToDouble(value -> deviations == 0 ? value.value() : value.value() - deviations * deviation(value))
                .min()
                .orElseThrow();
        double nominal = nominalWeight == 0
                ? 0
                : values.entrySet().stream()
                        // In the order of the names where two are equally sure, so that it is always the same one.
                        .min(Comparator.comparingDouble(
                                        (Map.Entry<String, ScoreValue> entry) -> deviation(entry.getValue()))
                                .thenComparing(Map.Entry.comparingByKey()))
                        .orElseThrow()
                        .getValue()
                        .value();
        return Map.of(ROBUST, ScoreValue.of(nominalWeight * nominal + (1 - nominalWeight) * worst));
    }

    private static double deviation(ScoreValue value) {
        return Objects.requireNonNull(value.deviation());
    }

    @Override
    public @Nullable String lackOf(String model, ScoreValue score) {
        return score.deviation() == null && (nominalWeight > 0 || deviations > 0)
                ? "has no deviation, which 'robust' needs; set its nominalWeight and deviations to 0 for the least of the"
                        + " scores"
                : null;
    }

    @Override
    public boolean isWithinUnit(boolean given) {
        return given && deviations == 0;
    }
}
