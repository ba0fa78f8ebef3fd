package dev.tribunal.methods.policy;

import dev.tribunal.methods.policy.WeightedGroup.WeightedRollout;
import java.util.ArrayList;
import java.util.List;

/**
 * CODPO, constrained online direct preference optimization (CGPO, arXiv 2409.20370, section 4.1.2): of each prompt's
 * completions the best feasible one is preferred to the worst infeasible one.
 *
 * <pre>
 * m = beta log(pi(a+|s) / pi_ref(a+|s)) - beta log(pi(a-|s) / pi_ref(a-|s))
 * l = log sigma(m) + lambda/|a+| log pi(a+|s)                                       (13, 14)
 * minimise -1/n sum_i l_i                                                           (15, sign corrected)
 * dl/dlog pi(a+) = beta sigma(-m) + lambda/|a+|,   dl/dlog pi(a-) = -beta sigma(-m)
 * </pre>
 *
 * a+ is the feasible completion of the highest score, a- the infeasible one of the lowest; if none is infeasible, a-
 * is the lowest of the others. A prompt without a feasible completion, or with nothing beside it, adds nothing; n
 * counts it all the same.
 */
public record Codpo(double beta, double lambda) implements PolicyOptimizer {

    public Codpo {
        if (!(beta > 0) || !(lambda >= 0)) {
            throw new IllegalArgumentException(
                    "beta is " + beta + ", but must be positive; lambda is " + lambda + ", but must not be negative");
        }
    }

    @Override
    public List<WeightedGroup> weigh(List<RatedGroup> groups) {
        return groups.stream()
                .map(group -> weigh(group.rollouts(), groups.size()))
                .toList();
    }

    private WeightedGroup weigh(List<RatedRollout> rollouts, int n) {
        int chosen = Ranking.highest(rollouts, i -> rollouts.get(i).feasible());
        boolean violated = rollouts.stream().anyMatch(rollout -> !rollout.feasible());
        int rejected = Ranking.lowest(rollouts, i -> violated ? !rollouts.get(i).feasible() : i != chosen);
        boolean pair = chosen != Ranking.NONE && rejected != Ranking.NONE;
        double slope = pair
                ? slope(rollouts.get(chosen).logRatio() - rollouts.get(rejected).logRatio())
                : 0;

        List<WeightedRollout> weighted = new ArrayList<>();
        for (int i = 0; i < rollouts.size(); i++) {
            int tokens = rollouts.get(i).tokens();
            if (pair && i == chosen) {
                weighted.add(WeightedRollout.of(slope + lambda / tokens, n, tokens, null, "chosen"));
            } else if (pair && i == rejected) {
                weighted.add(WeightedRollout.of(-slope, n, tokens, null, "rejected"));
            } else {
                weighted.add(WeightedRollout.of(0, n, tokens, null, null));
            }
        }
        return new WeightedGroup(weighted, null);
    }

    /** beta sigma(-m), the slope of log sigma(m) in the log-likelihoods. */
    private double slope(double difference) {
        return beta / (1 + Math.exp(beta * difference));
    }

    @Override
    public boolean needsBaselineVerdicts() {
        return false;
    }
}
