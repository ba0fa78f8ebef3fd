package dev.tribunal.methods.online;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.input.Default;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.online.Ppo.Earned;
import dev.tribunal.methods.rollout.Advantages;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * PAMA, Pareto multi-objective alignment (arXiv 2508.07768): PPO for several reward models at once, each with a critic of
 * its own. In place of the shortest combination of the gradients, as MGDA has it, it takes that of the advantages, which
 * has a closed form.
 *
 * <pre>
 * A_i = the advantage by reward model i and critic i, whitened over the minibatch's tokens
 * A_i = max(A_i, 0)                                                                  with noon: "Noon PPO"
 * A   = sum_i c_i A_i,   c = argmin (sum_i c_i a_i)^2,   c_i &gt;= 0,   sum_i c_i = 1
 * </pre>
 *
 * where a_i is A_i at each token, or its mean over the completion or the minibatch. With Noon PPO a token moves the policy
 * only if it is good by every reward model. Each reward model's reward is what the task's rewards make of its score
 * before they make one number of all.
 *
 * @param noon whether advantages below 0 are cut off; default true
 * @param granularity what has weights of its own; default {@code token}
 * @param ppo the hyperparameters of PPO, the same for each reward model; default its defaults
 */
public record Pama(
        @Default("true") boolean noon,
        @Default("token") Granularity granularity,
        @Default("{}") Ppo ppo) implements Method {

    /** What c is chosen for. */
    public enum Granularity {
        /** Each token. */
        @JsonProperty("token")
        TOKEN,
        /** Each completion, by its mean advantages. */
        @JsonProperty("sample")
        SAMPLE,
        /** The minibatch, by its mean advantages. */
        @JsonProperty("batch")
        BATCH
    }

    /** What the metric of a reward model's weight is called, with its name after it. */
    private static final String METRIC = "objectiveWeight";

    @Override
    public PolicyOptimizer optimizer() {
        return new Combining();
    }

    private final class Combining implements PolicyOptimizer {

        private Map<String, Double> weights = Map.of();

        @Override
        public List<LossTerm> terms(List<RatedGroup> batch) {
            List<String> models = List.copyOf(RatedGroup.objectives(batch));
            if (models.isEmpty()) {
                weights = Map.of();
                return List.of();
            }
            List<RatedRollout> rollouts = RatedGroup.candidates(batch);
            List<List<Earned>> earned =
                    rollouts.stream().map(rollout -> earned(rollout, models)).toList();
            Combined combined = combined(IntStream.range(0, models.size())
                    .mapToObj(i -> advantages(earned, i))
                    .toList());
            Map<String, Double> told = new LinkedHashMap<>();
            for (int i = 0; i < models.size(); i++) {
                told.put(METRIC + "." + models.get(i), combined.meanWeights()[i]);
            }
            weights = told;
            return ppo.terms(rollouts, combined.advantages(), earned, rollout -> null);
        }

        @Override
        public Map<String, Double> metrics() {
            return weights;
        }
    }

    /** One a reward model. */
    private List<Earned> earned(RatedRollout rollout, List<String> models) {
        List<Earned> earned = new ArrayList<>();
        for (int i = 0; i < models.size(); i++) {
            double last = rollout.constrainedObjective(models.get(i)) - ppo.missingEnd(rollout);
            earned.add(ppo.earned(rollout, Ppo.rewards(rollout, last, -ppo.klCoefficient()), i));
        }
        return earned;
    }

    private static List<double[]> advantages(List<List<Earned>> earned, int model) {
        return Advantages.whitened(
                earned.stream().map(each -> each.get(model).advantages()).toList());
    }

    /**
     * @param advantages {@code [rollouts][tokens]}
     * @param meanWeights {@code [reward models]}, over what has weights of its own
     */
    record Combined(List<double[]> advantages, double[] meanWeights) {}

    /** @param whitened {@code [reward models][rollouts][tokens]} */
    Combined combined(List<List<double[]>> whitened) {
        int models = whitened.size();
        double[][][] a = new double[whitened.getFirst().size()][][];
        Arrays.setAll(
                a, rollout -> whitened.stream().map(of -> cut(of.get(rollout))).toArray(double[][]::new));
        double[] sums = new double[models];
        int units = 0;
        double[] ofBatch = MinNorm.weights(IntStream.range(0, models)
                .mapToDouble(i -> Arrays.stream(a)
                        .flatMapToDouble(rollout -> Arrays.stream(rollout[i]))
                        .average()
                        .orElse(0))
                .toArray());
        List<double[]> combined = new ArrayList<>();
        for (double[][] rollout : a) {
            double[] ofSample = MinNorm.weights(Arrays.stream(rollout)
                    .mapToDouble(of -> Arrays.stream(of).average().orElseThrow())
                    .toArray());
            double[] advantages = new double[rollout[0].length];
            for (int t = 0; t < advantages.length; t++) {
                int token = t;
                double[] c = switch (granularity) {
                    case TOKEN ->
                        MinNorm.weights(Arrays.stream(rollout)
                                .mapToDouble(of -> of[token])
                                .toArray());
                    case SAMPLE -> ofSample;
                    case BATCH -> ofBatch;
                };
                for (int i = 0; i < models; i++) {
                    advantages[t] += c[i] * rollout[i][t];
                    sums[i] += c[i];
                }
                units++;
            }
            combined.add(advantages);
        }
        int tokens = units;
        return new Combined(
                combined, Arrays.stream(sums).map(sum -> sum / tokens).toArray());
    }

    private double[] cut(double[] advantages) {
        return noon
                ? Arrays.stream(advantages)
                        .map(advantage -> Math.max(advantage, 0))
                        .toArray()
                : advantages;
    }

    @Override
    public Set<Need> needs() {
        return ppo.needs();
    }

    @Override
    public int critics(int rewardModels) {
        return rewardModels;
    }

    @Override
    public String paper() {
        return "arXiv 2508.07768";
    }
}
