package dev.tribunal.methods.online;

import dev.tribunal.methods.loss.Now;
import dev.tribunal.methods.loss.Slopes;
import dev.tribunal.methods.loss.TokenLoss;
import dev.tribunal.methods.loss.TokenSlopes;
import dev.tribunal.methods.rollout.RatedRollout;

/**
 * The clipped surrogate (PPO, Schulman et al., arXiv 1707.06347, eq. 7): the gain of a larger ratio ends at the clip.
 *
 * <pre>
 * rho  = pi(a) / pi_old(a)
 * loss = -min(rho A, clip(rho, 1 - low, 1 + high) A)
 * dloss/dlog pi = -rho A where the first is the smaller one or they are equal, else 0
 * </pre>
 *
 * @param low of the clip range
 * @param high of the clip range
 * @param of what the ratio is
 */
record ClippedSurrogate(double low, double high, Ratio of) implements TokenLoss {

    /** What is one action. */
    enum Ratio {
        /** Each token. */
        TOKEN,
        /**
         * The whole completion, its ratio being the geometric mean over the tokens (GSPO, arXiv 2507.18071): each token
         * has it, so that the sum over the tokens has it |a| times.
         */
        SEQUENCE,
        /** The whole completion, its ratio being the product over the tokens; the sum has it once. */
        PRODUCT
    }

    @Override
    public Slopes of(RatedRollout rollout, double[] advantages, Now now) {
        int tokens = rollout.tokens();
        double[] logRatios = new double[tokens];
        double sum = 0;
        for (int t = 0; t < tokens; t++) {
            logRatios[t] = now.logProbs()[t] - rollout.oldLogProbs()[t];
            sum += logRatios[t];
        }
        return switch (of) {
            case TOKEN -> {
                double loss = 0;
                double[] slopes = new double[tokens];
                for (int t = 0; t < tokens; t++) {
                    double ratio = Math.exp(logRatios[t]);
                    loss += loss(ratio, advantages[t]);
                    slopes[t] = slope(ratio, advantages[t]);
                }
                yield new Slopes(loss, new TokenSlopes(slopes));
            }
            // d(|a| l(rho))/dlog pi_t = |a| l'(rho) rho / |a|
            case SEQUENCE -> whole(Math.exp(sum / tokens), tokens, tokens, advantages[0]);
            case PRODUCT -> whole(Math.exp(sum), 1, tokens, advantages[0]);
        };
    }

    private Slopes whole(double ratio, int times, int tokens, double advantage) {
        return new Slopes(times * loss(ratio, advantage), TokenSlopes.same(slope(ratio, advantage), tokens));
    }

    private double loss(double ratio, double advantage) {
        return advantage == 0 ? 0 : -Math.min(ratio * advantage, clip(ratio) * advantage);
    }

    private double slope(double ratio, double advantage) {
        boolean clipped = clip(ratio) * advantage < ratio * advantage;
        return advantage == 0 || clipped ? 0 : -ratio * advantage;
    }

    private double clip(double ratio) {
        return Math.clamp(ratio, 1 - low, 1 + high);
    }
}
