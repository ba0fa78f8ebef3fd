package dev.tribunal.methods.online;

import dev.tribunal.methods.loss.Now;
import dev.tribunal.methods.loss.Slopes;
import dev.tribunal.methods.loss.TokenLoss;
import dev.tribunal.methods.loss.TokenSlopes;
import dev.tribunal.methods.rollout.RatedRollout;

/**
 * The KL from the policy to the reference by the estimator k3, never negative (Schulman, "Approximating KL divergence";
 * GRPO, Shao et al., arXiv 2402.03300, eq. 4), summed over the tokens.
 *
 * <pre>
 * d    = log pi_ref - log pi
 * loss = beta (exp(d) - d - 1)
 * dloss/dlog pi = beta (1 - exp(d))
 * </pre>
 */
record KlPenalty(double beta) implements TokenLoss {

    @Override
    public Slopes of(RatedRollout rollout, double[] advantages, Now now) {
        if (!rollout.hasReference()) {
            throw new IllegalStateException("a KL penalty needs a reference, but the rollout has no referenceLogProbs");
        }
        double loss = 0;
        double[] slopes = new double[rollout.tokens()];
        for (int t = 0; t < slopes.length; t++) {
            double d = rollout.referenceLogProbs()[t] - now.logProbs()[t];
            loss += beta * (Math.expm1(d) - d);
            slopes[t] = -beta * Math.expm1(d);
        }
        return new Slopes(loss, new TokenSlopes(slopes));
    }
}
