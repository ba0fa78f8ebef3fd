package dev.tribunal.methods.loss;

/** A loss of one pair that sees each completion by sums over its tokens. */
@FunctionalInterface
public interface PairLoss {

    Value of(Side chosen, Side rejected);

    /**
     * The same for a pair of which the data says a margin; unless a loss says otherwise, it does not read it.
     *
     * @param margin by how much the chosen completion is better, negative if it is worse
     */
    default Value of(Side chosen, Side rejected, double margin) {
        return of(chosen, rejected);
    }

    /** Whether the sides need {@link Side#kl}. */
    default boolean needsTokenKl() {
        return false;
    }

    /**
     * What a token counts in the sums of log-probs and log-ratios that a side is: 1 unless a loss says otherwise.
     *
     * @param token its place, from 0
     * @param shorter the tokens of the pair's shorter completion
     */
    default double weight(int token, int shorter) {
        return 1;
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

        /**
         * {@code weight L(w>l) + (1 - weight) L(l>w)} of this value and that of the other label.
         *
         * @param swapped of the same pair with its sides, and the sign of its margin, exchanged
         */
        public Value mixed(double weight, Value swapped) {
            double rest = 1 - weight;
            return new Value(
                    weight * loss + rest * swapped.loss,
                    weight * chosen + rest * swapped.rejected,
                    weight * rejected + rest * swapped.chosen,
                    weight * chosenKl + rest * swapped.rejectedKl,
                    weight * rejectedKl + rest * swapped.chosenKl);
        }
    }
}
