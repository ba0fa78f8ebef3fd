package dev.tribunal.methods.reward;

import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.Findings;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Positive;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The mapping of classes to rewards of MOSLIM (arXiv 2505.20336), for reward models that classify: the value becomes the
 * probability of the class that is asked for, standardised with stored statistics:
 *
 * <pre>(p(label) - mean) / std</pre>
 *
 * <p>Reward models without a target keep their value. The paper's mean over k heads is a {@code weighted-sum} with
 * weights of 1/k after it. The class may be asked for by the prompt itself; where it does not, the head is masked and its
 * value 0.
 *
 * @param targets by reward model
 */
public record ClassTarget(@NotEmpty Map<String, Target> targets) implements RewardTransform {

    public ClassTarget {
        targets = Map.copyOf(targets);
    }

    /**
     * @param label of the class that is asked for, as the reward model names it; the same for all prompts
     * @param field in place of {@code label}: the field of the prompt's line with the label, a dot for each level; where a
     *     line has none, the value is 0
     * @param mean of its probability over some population; default 0
     * @param std its standard deviation over the same population; default 1, which leaves the probability as it is
     */
    public record Target(
            @Nullable String label,
            @Nullable String field,

            @Default("0") @Min(-1_000_000_000) @Max(1_000_000_000)
            double mean,

            @Default("1") @Positive @Max(1_000_000_000) double std)
            implements Checked {

        @Override
        public void check(Findings findings) {
            if (label == null && field == null && findings.sound("/label") && findings.sound("/field")) {
                findings.mistake("/label", "is missing: name the class, or the field of the prompt that does");
            }
            if (label != null && field != null) {
                findings.mistake("/field", "stands beside label; remove one of them");
            }
        }

        private Target askedBy(Function<String, @Nullable String> prompt) {
            return field == null ? this : new Target(prompt.apply(field), null, mean, std);
        }
    }

    @Override
    public RewardTransform askedBy(Function<String, @Nullable String> prompt) {
        Map<String, Target> asked = new TreeMap<>();
        targets.forEach((model, target) -> asked.put(model, target.askedBy(prompt)));
        return new ClassTarget(asked);
    }

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
            if (target.label() == null) {
                return ScoreValue.of(0);
            }
            return ScoreValue.of(
                    (Each.require(value.classes(), target.label(), "probability") - target.mean()) / target.std());
        });
    }

    @Override
    public @Nullable String lackOf(String model, ScoreValue score) {
        Target target = targets.get(model);
        if (target != null && target.field() != null) {
            return "is asked for the class that the prompt's field '" + target.field()
                    + "' names, but there is no prompt; write label in its place";
        }
        if (target == null || target.label() == null || score.classes().containsKey(target.label())) {
            return null;
        }
        return score.classes().isEmpty()
                ? "has no classes, which 'class-target' needs; let it be the first of the transforms, and take a reward"
                        + " model that classifies"
                : "has no class '" + target.label() + "', only "
                        + new TreeSet<>(score.classes().keySet());
    }
}
