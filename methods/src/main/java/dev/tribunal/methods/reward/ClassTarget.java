package dev.tribunal.methods.reward;

import dev.tribunal.input.Default;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Positive;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The mapping of classes to rewards of MOSLIM (arXiv 2505.20336), for reward models that classify: the value becomes the
 * probability of the class that is asked for, standardised with stored statistics:
 *
 * <pre>(p(label) - mean) / std</pre>
 *
 * <p>Reward models without a target keep their value. The paper's mean over k heads is a {@code weighted-sum} with
 * weights of 1/k after it, and a head that is masked has the weight 0.
 *
 * @param targets by reward model
 */
public record ClassTarget(@NotEmpty Map<String, Target> targets) implements RewardTransform {

    public ClassTarget {
        targets = Map.copyOf(targets);
    }

    /**
     * @param label of the class that is asked for, as the reward model names it
     * @param mean of its probability over some population; default 0
     * @param std its standard deviation over the same population; default 1, which leaves the probability as it is
     */
    public record Target(
            String label,

            @Default("0") @Min(-1_000_000_000) @Max(1_000_000_000)
            double mean,

            @Default("1") @Positive @Max(1_000_000_000) double std) {}

    @Override
    public Map<String, ScoreValue> apply(
            Map<String, ScoreValue> values, Map<String, ScoreValue> baseline, double logRatio) {
        new TreeSet<>(targets.keySet()).forEach(model -> Each.require(values, model, "score"));
        return Each.of(values, (model, value) -> {
            Target target = targets.get(model);
            if (target == null) {
                return value;
            }
            String lack = lackOf(model, value);
            if (lack != null) {
                throw new IllegalArgumentException("'" + model + "' " + lack);
            }
            return ScoreValue.of(
                    (Each.require(value.classes(), target.label(), "probability") - target.mean()) / target.std());
        });
    }

    @Override
    public @Nullable String lackOf(String model, ScoreValue score) {
        Target target = targets.get(model);
        if (target == null || score.classes().containsKey(target.label())) {
            return null;
        }
        return score.classes().isEmpty()
                ? "has no classes, which 'class-target' needs; let it be the first of the transforms, and take a reward"
                        + " model that classifies"
                : "has no class '" + target.label() + "', only "
                        + new TreeSet<>(score.classes().keySet());
    }
}
