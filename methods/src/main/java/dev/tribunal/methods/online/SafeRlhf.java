package dev.tribunal.methods.online;

import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.Findings;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.online.Ppo.Earned;
import dev.tribunal.methods.rollout.Advantages;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Safe RLHF (Dai et al., arXiv 2310.12773): PPO for a reward under the constraint that the mean cost stays below a
 * threshold. A Lagrange multiplier lambda rises while it does not, and falls while it does.
 *
 * <pre>
 * A           = (A_r - lambda A_c) / (1 + lambda)                                    then whitened
 * log lambda += lambdaLearningRate lambda (J_C - threshold),   lambda at most lambdaMax
 * J_C         = the mean cost of the last {@code window} completions
 * </pre>
 *
 * A_r and A_c have a critic each. The KL penalty goes half to the reward, and half, with the other sign, to the cost. lambda
 * is updated before a minibatch is learnt, with the minibatch's costs among the last; not in the first {@code delay}
 * minibatches.
 *
 * <p>A cost is what the task's rewards make of a cost model's score before they make one number of all, higher being worse;
 * of several it is the sum. The reward is that one number, so that the cost models have the weight 0 in it. Without cost
 * models the cost is 1 for a violation and 0 for none, and a violation keeps its reward.
 *
 * @param costs the names of the task's reward models that are cost models; default none: violations are the cost
 * @param threshold d, what the mean cost may be; default 0
 * @param lambdaStart lambda at first; default 1
 * @param lambdaLearningRate of log lambda; default 0.1
 * @param lambdaMax the largest lambda; default 5
 * @param window completions that J_C is the mean of; default 128
 * @param delay minibatches before lambda moves; default 0
 * @param ppo the hyperparameters of PPO, the same for both; default its defaults
 */
public record SafeRlhf(
        @Default("[]") @Size(max = 16) List<String> costs,

        @Default("0") @Min(-1_000_000_000) @Max(1_000_000_000)
        double threshold,

        @Default("1") @Positive @Max(1_000_000_000) double lambdaStart,
        @Default("0.1") @PositiveOrZero @Max(1_000_000_000) double lambdaLearningRate,
        @Default("5") @Positive @Max(1_000_000_000) double lambdaMax,
        @Default("128") @Min(1) @Max(100_000) int window,
        @Default("0") @PositiveOrZero @Max(1_000_000) int delay,
        @Default("{}") Ppo ppo)
        implements Method, Checked {

    private static final int OF_REWARD = 0;
    private static final int OF_COST = 1;

    public SafeRlhf {
        costs = List.copyOf(costs);
    }

    @Override
    public void check(Findings findings) {
        if (findings.sound("/lambdaStart") && findings.sound("/lambdaMax") && lambdaStart > lambdaMax) {
            findings.mistake("/lambdaStart", "is " + lambdaStart + ", must be at most lambdaMax, " + lambdaMax);
        }
        for (int i = 0; i < costs.size(); i++) {
            if (findings.sound("/costs/" + i) && costs.indexOf(costs.get(i)) < i) {
                findings.mistake("/costs/" + i, "is '" + costs.get(i) + "' again; name each cost model once");
            }
        }
    }

    @Override
    public PolicyOptimizer optimizer() {
        return new Lagrangian();
    }

    private final class Lagrangian implements PolicyOptimizer {

        private static final String LOG_LAMBDA = "logLambda";
        private static final String BATCHES = "batches";
        private static final String COST = "cost.";

        private final Deque<Double> last = new ArrayDeque<>();
        private double logLambda = Math.log(lambdaStart);
        private int batches;

        @Override
        public List<LossTerm> terms(List<RatedGroup> batch) {
            List<RatedRollout> rollouts = RatedGroup.candidates(batch);
            if (rollouts.isEmpty()) {
                return List.of();
            }
            rollouts.forEach(rollout -> last.addLast(cost(rollout)));
            while (last.size() > window) {
                last.removeFirst();
            }
            if (batches >= delay) {
                logLambda = updated(logLambda, meanCost());
            }
            batches++;
            double lambda = Math.exp(logLambda);
            List<List<Earned>> earned = rollouts.stream()
                    .map(rollout -> List.of(
                            ppo.earned(rollout, rewards(rollout), OF_REWARD),
                            ppo.earned(rollout, costs(rollout), OF_COST)))
                    .toList();
            List<double[]> advantages = earned.stream()
                    .map(each -> combined(
                            each.get(OF_REWARD).advantages(), each.get(OF_COST).advantages(), lambda))
                    .toList();
            return ppo.terms(
                    rollouts,
                    Advantages.whitened(advantages),
                    earned,
                    rollout -> Arrays.stream(rewards(rollout)).sum());
        }

        /** J_C. */
        private double meanCost() {
            return last.stream().mapToDouble(cost -> cost).average().orElseThrow();
        }

        @Override
        public Map<String, Double> metrics() {
            return last.isEmpty() ? Map.of() : Map.of("lambda", Math.exp(logLambda), "cost", meanCost());
        }

        @Override
        public Map<String, Double> state() {
            Map<String, Double> state = new HashMap<>(Map.of(LOG_LAMBDA, logLambda, BATCHES, (double) batches));
            int i = 0;
            for (double cost : last) {
                state.put(COST + i++, cost);
            }
            return state;
        }

        @Override
        public void restore(Map<String, Double> state) {
            logLambda = state.getOrDefault(LOG_LAMBDA, Math.log(lambdaStart));
            batches = state.getOrDefault(BATCHES, 0.0).intValue();
            last.clear();
            for (int i = 0; state.containsKey(COST + i); i++) {
                last.addLast(Objects.requireNonNull(state.get(COST + i)));
            }
        }
    }

    /** log lambda after a minibatch. */
    double updated(double logLambda, double meanCost) {
        return Math.min(
                logLambda + lambdaLearningRate * Math.exp(logLambda) * (meanCost - threshold), Math.log(lambdaMax));
    }

    /** (A_r - lambda A_c) / (1 + lambda), {@code [tokens]}. */
    static double[] combined(double[] ofReward, double[] ofCost, double lambda) {
        double[] combined = new double[ofReward.length];
        Arrays.setAll(combined, t -> (ofReward[t] - lambda * ofCost[t]) / (1 + lambda));
        return combined;
    }

    private double cost(RatedRollout rollout) {
        return costs.isEmpty()
                ? (rollout.feasible() ? 0 : 1)
                : costs.stream()
                        .mapToDouble(model -> rollout.objectives().getOrDefault(model, 0.0))
                        .sum();
    }

    /** {@code [tokens]}. */
    double[] rewards(RatedRollout rollout) {
        double reward = costs.isEmpty() ? rollout.reward() : rollout.constrainedReward();
        return Ppo.rewards(rollout, reward - ppo.missingEnd(rollout), -ppo.klCoefficient() / 2);
    }

    /** {@code [tokens]}. */
    double[] costs(RatedRollout rollout) {
        return Ppo.rewards(rollout, cost(rollout), ppo.klCoefficient() / 2);
    }

    @Override
    public Set<Need> needs() {
        return ppo.needs();
    }

    @Override
    public int critics(int rewardModels) {
        return 2;
    }

    @Override
    public Optional<String> misfit(Set<String> rewardModels) {
        List<String> unknown = new ArrayList<>(costs);
        unknown.removeAll(rewardModels);
        if (!unknown.isEmpty()) {
            return Optional.of("takes " + String.join(", ", unknown) + " as costs, but the task's reward models are "
                    + String.join(", ", new TreeSet<>(rewardModels)));
        }
        return !costs.isEmpty() && costs.containsAll(rewardModels)
                ? Optional.of("takes all of the task's reward models as costs; add one for the reward")
                : Optional.empty();
    }

    @Override
    public String paper() {
        return "arXiv 2310.12773";
    }
}
