package dev.tribunal.methods.loss;

/** A loss of one pair that sees each completion by sums over its tokens. */
@FunctionalInterface
public interface PairLoss {

    Value of(Side chosen, Side rejected);

    /** Whether the sides need {@link Side#kl}. */
    default boolean needsTokenKl() {
        return false;
    }

    /**
     * One completion of a pair.
     *
     * @param logProb log pi(a|s), nats
     * @param logRatio log pi(a|s) - log pi_ref(a|s), nats; NaN without a reference
     * @param kl sum over the tokens of the forward KL from the reference to the policy, nats; NaN where not asked for
     * @param tokens |a|
     */
    record Side(double logProb, double logRatio, double kl, int tokens) {

        /** log pi(a|s) / |a|. */
        public double meanLogProb() {
            return logProb / tokens;
        }
    }

    /**
     * The loss and its slopes.
     *
     * @param chosen dLoss/dlog pi(chosen|s)
     * @param rejected dLoss/dlog pi(rejected|s)
     * @param chosenKl dLoss/d of the chosen side's kl
     * @param rejectedKl dLoss/d of the rejected side's kl
     */
    record Value(double loss, double chosen, double rejected, double chosenKl, double rejectedKl) {

        public Value(double loss, double chosen, double rejected) {
            this(loss, chosen, rejected, 0, 0);
        }
    }
}
