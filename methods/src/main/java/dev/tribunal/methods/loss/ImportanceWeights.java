package dev.tribunal.methods.loss;

import dev.tribunal.methods.rollout.Shapes;

/**
 * Corrects a loss for tokens that another distribution has drawn than the one that is trained: a server with other kernels,
 * or with earlier weights. A token's slope is multiplied by
 *
 * <pre>min(exp(log pi_trainer(a_t) - log pi_sampler(a_t)), cap)</pre>
 *
 * as a constant. That is truncated importance sampling (Ionides, "Truncated importance sampling", JCGS 17(2), 2008) token by
 * token: of one token's action, not of the tokens before it. pi_trainer is the policy at the begin of the step, so that
 * what it becomes during several updates stays a matter of the method's own ratio (decoupled PPO, arXiv 2110.00641).
 *
 * @param ratios {@code [tokens]}, before truncation
 * @param cap positive
 */
public record ImportanceWeights(double[] ratios, double cap) {

    /** Beyond it a ratio is not told apart any more: e^20 is 5e8. */
    private static final double MOST_LOG_RATIO = 20;

    public ImportanceWeights {
        if (!(cap > 0)) {
            throw new IllegalArgumentException("cap is " + cap + ", but must be positive");
        }
        Shapes.finite("ratios", ratios, ratios.length);
    }

    /**
     * @param trainer {@code [tokens]}, log pi_trainer, nats
     * @param sampler {@code [tokens]}, log pi_sampler, nats
     */
    public static ImportanceWeights of(float[] trainer, float[] sampler, double cap) {
        if (trainer.length != sampler.length) {
            throw new IllegalArgumentException(
                    trainer.length + " log-probabilities of the trainer, but " + sampler.length + " of the sampler");
        }
        double[] ratios = new double[trainer.length];
        for (int t = 0; t < ratios.length; t++) {
            ratios[t] = Math.exp(Math.min((double) trainer[t] - sampler[t], MOST_LOG_RATIO));
        }
        return new ImportanceWeights(ratios, cap);
    }

    /** What a token's slope is multiplied by. */
    public double weight(int token) {
        return Math.min(ratios[token], cap);
    }

    public boolean isTruncated(int token) {
        return ratios[token] > cap;
    }

    /**
     * The slopes in the log-probabilities, weighted. Those in the token KL, the entropy and the values are of the whole
     * distribution at a token, whatever was drawn from it, and stay.
     */
    public TokenSlopes weighted(TokenSlopes slopes) {
        Shapes.length("ratios", ratios, slopes.logProbs().length);
        double[] weighted = slopes.logProbs().clone();
        for (int t = 0; t < weighted.length; t++) {
            weighted[t] *= weight(t);
        }
        return new TokenSlopes(weighted, slopes.tokenKl(), slopes.entropy(), slopes.values());
    }
}
