package dev.tribunal.methods.online;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.input.Default;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.Constant;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.rollout.Advantages;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.PositiveOrZero;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * REINFORCE with a baseline (Williams, "Simple statistical gradient-following algorithms for connectionist reinforcement
 * learning", Machine Learning 8, 1992): the likelihood of a completion rises or falls by how far its reward is above or
 * below what was to be expected.
 *
 * <pre>
 * R_i = R_cr,i - beta log(pi(a_i|s_i) / pi_ref(a_i|s_i))
 * g   = 1/n sum_i (R_i - b) grad log pi(a_i|s_i)                                   ascent
 * b   = mean of the minibatch | mean of the prompt's rollouts | b' d + (1 - d) mean of the minibatch, b' the b before
 * </pre>
 *
 * n counts the rollouts of all prompts. The running mean is the one before the minibatch, so that it does not depend on
 * the rollouts that it is subtracted from; the first minibatch, which has none before it, uses its own mean.
 *
 * @param baseline where b comes from; default {@code batch-mean}
 * @param decay d, how much of the running mean a minibatch keeps; default 0.9
 * @param beta weight of the KL penalty, reward/nats; 0 needs no reference; default 0
 */
public record Reinforce(
        @Default("batch-mean") Baseline baseline,

        @Default("0.9") @PositiveOrZero @DecimalMax(value = "1", inclusive = false)
        double decay,

        @Default("0") @PositiveOrZero @Max(1_000_000_000) double beta)
        implements Method {

    /** What a reward is compared with. */
    public enum Baseline {
        /** The mean over the minibatch. */
        @JsonProperty("batch-mean")
        BATCH_MEAN,
        /** The mean over the prompt's rollouts. */
        @JsonProperty("group-mean")
        GROUP_MEAN,
        /** The decaying mean over the minibatches before. */
        @JsonProperty("running-mean")
        RUNNING_MEAN
    }

    @Override
    public PolicyOptimizer optimizer() {
        return switch (baseline) {
            case BATCH_MEAN -> batch -> terms(List.of(RatedGroup.candidates(batch)), Advantages::minusMean);
            case GROUP_MEAN ->
                batch -> terms(batch.stream().map(RatedGroup::candidates).toList(), Advantages::minusMean);
            case RUNNING_MEAN -> new RunningMean();
        };
    }

    private interface Estimator {
        double[] of(double[] rewards);
    }

    private List<LossTerm> terms(List<List<RatedRollout>> parts, Estimator estimator) {
        int n = parts.stream().mapToInt(List::size).sum();
        List<LossTerm> terms = new ArrayList<>();
        for (List<RatedRollout> rollouts : parts) {
            PenalisedRewards rewards = PenalisedRewards.of(rollouts, beta);
            double[] advantages = rewards.advantages(estimator::of);
            for (int i = 0; i < rollouts.size(); i++) {
                terms.add(Constant.of(rollouts.get(i), advantages[i], n, null, rewards.values()[i]));
            }
        }
        return terms;
    }

    private final class RunningMean implements PolicyOptimizer {

        private static final String MEAN = "mean";

        private double mean = Double.NaN; // none yet

        @Override
        public List<LossTerm> terms(List<RatedGroup> batch) {
            List<RatedRollout> rollouts = RatedGroup.candidates(batch);
            if (rollouts.isEmpty()) {
                return List.of();
            }
            PenalisedRewards rewards = PenalisedRewards.of(rollouts, beta);
            double[] values = rewards.values();
            double own = Arrays.stream(values).average().orElseThrow();
            double before = Double.isNaN(mean) ? own : mean;
            mean = before * decay + (1 - decay) * own;
            List<LossTerm> terms = new ArrayList<>();
            for (int i = 0; i < values.length; i++) {
                double advantage = values[i] - before;
                double same = Advantages.SAME_REWARD * Math.max(Math.abs(values[i]), Math.abs(before));
                advantage = Math.abs(advantage) <= same + rewards.rounding() ? 0 : advantage;
                terms.add(Constant.of(rollouts.get(i), advantage, values.length, null, values[i]));
            }
            return terms;
        }

        @Override
        public Map<String, Double> state() {
            return Double.isNaN(mean) ? Map.of() : Map.of(MEAN, mean);
        }

        @Override
        public void restore(Map<String, Double> state) {
            mean = state.getOrDefault(MEAN, Double.NaN);
        }
    }

    @Override
    public Set<Need> needs() {
        return beta > 0 ? Set.of(Need.REFERENCE) : Set.of();
    }

    @Override
    public int fewestGenerations() {
        return baseline == Baseline.GROUP_MEAN ? 2 : 1;
    }

    @Override
    public int fewestRollouts() {
        return baseline == Baseline.RUNNING_MEAN ? 1 : 2;
    }

    @Override
    public String paper() {
        return "Williams, Machine Learning 8 (1992)";
    }
}
