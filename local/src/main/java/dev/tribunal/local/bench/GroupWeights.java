package dev.tribunal.local.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * GRPO's gradient for one group (arXiv 2402.03300, eq. 3 and 4), at the policy that sampled it, where the ratio is 1:
 *
 * <pre>
 *   A = (r - mean) / (deviation + 1e-4)
 *   dLoss/dlog pi = (-A + beta * (1 - pi_ref / pi)) / tokens
 * </pre>
 */
final class GroupWeights {

    private static final double BETA = 0.04;

    private GroupWeights() {}

    /** {@code [completions][tokens]}, none of them zero: a zero would spare the engine its work. */
    static List<double[]> of(double[] rewards, List<float[]> policy, List<float[]> reference, int tokensOfStep) {
        double mean = Arrays.stream(rewards).average().orElseThrow();
        double squares =
                Arrays.stream(rewards).map(r -> (r - mean) * (r - mean)).sum();
        double deviation = Math.sqrt(squares / (rewards.length - 1));
        List<double[]> weights = new ArrayList<>();
        for (int s = 0; s < rewards.length; s++) {
            double advantage = (rewards[s] - mean) / (deviation + 1e-4);
            double[] ofTokens = new double[policy.get(s).length];
            for (int t = 0; t < ofTokens.length; t++) {
                double ratio = Math.exp(reference.get(s)[t] - policy.get(s)[t]);
                double weight = (-advantage + BETA * (1 - ratio)) / tokensOfStep;
                ofTokens[t] = weight == 0 ? 1e-12 : weight;
            }
            weights.add(ofTokens);
        }
        return weights;
    }
}
