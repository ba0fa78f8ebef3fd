package dev.tribunal.methods.loss;

import dev.tribunal.methods.rollout.RatedRollout;
import dev.tribunal.methods.rollout.Shapes;
import org.jspecify.annotations.Nullable;

/**
 * What the policy, and the critics beside it, say of one rollout in this forward pass.
 *
 * @param logProbs {@code [tokens]}, log pi of each token, nats
 * @param tokenKl {@code [tokens]}, KL(pi_ref(.|s,y&lt;t) || pi(.|s,y&lt;t)) over the vocabulary, nats
 * @param entropy {@code [tokens]}, of pi(.|s,y&lt;t), nats
 * @param values {@code [critic][tokens]}
 */
public record Now(
        double[] logProbs, double @Nullable [] tokenKl, double @Nullable [] entropy, double @Nullable [][] values) {

    public Now {
        int tokens = logProbs.length;
        if (tokenKl != null) {
            Shapes.length("tokenKl", tokenKl, tokens);
        }
        if (entropy != null) {
            Shapes.length("entropy", entropy, tokens);
        }
        if (values != null) {
            for (double[] row : values) {
                Shapes.length("values", row, tokens);
            }
        }
    }

    public Now(double[] logProbs) {
        this(logProbs, null, null, null);
    }

    /** What the policy and the critics said when they sampled; there is neither a token KL nor an entropy. */
    public static Now whenSampled(RatedRollout rollout) {
        return new Now(rollout.oldLogProbs(), null, null, rollout.values());
    }

    /** @throws IllegalStateException if the forward pass was not asked for it */
    public double[] requireTokenKl() {
        return require("token KL", tokenKl);
    }

    /** @throws IllegalStateException if the forward pass was not asked for it */
    public double[] requireEntropy() {
        return require("entropy", entropy);
    }

    /** @throws IllegalStateException if there is no such critic */
    public double[] requireValues(int critic) {
        return require("values of a critic", values == null || values.length <= critic ? null : values[critic]);
    }

    private static double[] require(String what, double @Nullable [] given) {
        if (given == null) {
            throw new IllegalStateException("the loss needs the " + what + ", but the forward pass gives none");
        }
        return given;
    }
}
