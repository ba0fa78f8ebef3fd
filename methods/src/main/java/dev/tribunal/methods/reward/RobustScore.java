package dev.tribunal.methods.reward;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.input.Default;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.PositiveOrZero;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The reward-robust mixture of BRME (arXiv 2409.15360, eq. 7) over the values (mu_i, sigma_i) of the heads of a task's
 * reward model, or of several reward models, each of which is a head then:
 *
 * <pre>alpha mu_n + (1 - alpha) min_i (mu_i - k sigma_i),   n = argmin_i sigma_i</pre>
 *
 * <p>The nominal value is that of the reward model that is surest of the completion. The paper takes the minimum of the
 * heads' expected rewards over the policy's completions: with {@code scope: batch} the worst reward model is the one whose
 * mean over the minibatch is lowest, and its values count for every completion. With {@code scope: completion} it is the
 * worst of each completion by itself, which is at most that, and needs no others. A minibatch is the task's rollouts of a
 * step, those without a score or with an undecided verdict aside. With k = 0 and reward models that agree it is their value.
 *
 * @param nominalWeight alpha, from 0, the worst case alone, to 1, the surest reward model alone; default 0.4
 * @param deviations k, how many standard deviations below its mean a reward model's worst case lies; default 0
 * @param scope of what the worst case is; default {@code completion}
 */
public record RobustScore(
        @Default("0.4") @Min(0) @Max(1) double nominalWeight,
        @Default("0") @PositiveOrZero @Max(1_000_000_000) double deviations,
        @Default("completion") Scope scope)
        implements RewardTransform {

    /** Over what the worst reward model is found. */
    public enum Scope {
        /** Each completion. */
        @JsonProperty("completion")
        COMPLETION,
        /** The completions of a minibatch, by their mean. */
        @JsonProperty("batch")
        BATCH
    }

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
        Map<String, ScoreValue> members = members(values);
        double worst =
                members.values().stream().mapToDouble(this::worstCase).min().orElseThrow();
        return mixed(nominal(members), worst);
    }

    /** Each head of a reward model whose heads know their deviations, and every other reward model by itself. */
    private static Map<String, ScoreValue> members(Map<String, ScoreValue> values) {
        Map<String, ScoreValue> members = new TreeMap<>();
        values.forEach((model, value) -> {
            boolean ensemble =
                    !value.heads().isEmpty() && value.heads().stream().allMatch(head -> head.deviation() != null);
            if (ensemble) {
                value.heads()
                        .forEach(head -> members.put(
                                model + "/" + head.name(), new ScoreValue(head.mean(), head.deviation(), Map.of())));
            } else {
                members.put(model, value);
            }
        });
        return members;
    }

    /** mu - k sigma. */
    private double worstCase(ScoreValue value) {
        return deviations == 0 ? value.value() : value.value() - deviations * deviation(value);
    }

    private Map<String, ScoreValue> mixed(double nominal, double worst) {
        return Map.of(ROBUST, ScoreValue.of(nominalWeight * nominal + (1 - nominalWeight) * worst));
    }

    private double nominal(Map<String, ScoreValue> values) {
        return nominalWeight == 0
                ? 0
                : values.entrySet().stream()
                        // In the order of the names where two are equally sure, so that it is always the same one.
                        .min(Comparator.comparingDouble(
                                        (Map.Entry<String, ScoreValue> entry) -> deviation(entry.getValue()))
                                .thenComparing(Map.Entry.comparingByKey()))
                        .orElseThrow()
                        .getValue()
                        .value();
    }

    @Override
    public boolean looksAtBatch() {
        return scope == Scope.BATCH;
    }

    @Override
    public RewardTransform within(List<Map<String, ScoreValue>> batch) {
        if (scope == Scope.COMPLETION) {
            return this;
        }
        Map<String, Double> sums = new TreeMap<>(); // in the order of the names where two are equally bad
        batch.forEach(
                values -> members(values).forEach((model, value) -> sums.merge(model, worstCase(value), Double::sum)));
        return new OfBatch(sums.entrySet().stream()
                .min(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey());
    }

    /** For a minibatch of which the worst reward model is known. */
    private final class OfBatch implements RewardTransform {

        private final String worst;

        OfBatch(String worst) {
            this.worst = worst;
        }

        @Override
        public boolean looksAtBatch() {
            return true;
        }

        /** Another minibatch has its own. */
        @Override
        public RewardTransform within(List<Map<String, ScoreValue>> batch) {
            return RobustScore.this.within(batch);
        }

        @Override
        public Map<String, ScoreValue> apply(
                Map<String, ScoreValue> values, Map<String, ScoreValue> baseline, double logRatio) {
            Map<String, ScoreValue> members = members(values);
            return mixed(nominal(members), worstCase(Each.require(members, worst, "score")));
        }

        @Override
        public @Nullable String lackOf(String model, ScoreValue score) {
            return RobustScore.this.lackOf(model, score);
        }

        @Override
        public boolean isWithinUnit(boolean given) {
            return RobustScore.this.isWithinUnit(given);
        }
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
