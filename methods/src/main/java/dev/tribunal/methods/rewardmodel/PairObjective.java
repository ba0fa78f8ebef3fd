package dev.tribunal.methods.rewardmodel;

import dev.tribunal.methods.rollout.PairLabel;
import java.util.Map;

/** A loss of pairs at work, with what it has learnt of their annotators. */
public interface PairObjective {

    /**
     * @param chosen its score
     * @param rejected its score
     */
    Value of(double chosen, double rejected, PairLabel label);

    /** As {@link #of} in training: what it says of the label is remembered until the step's end. */
    default Value learn(double chosen, double rejected, PairLabel label) {
        return of(chosen, rejected, label);
    }

    /** Ends a step. */
    default void stepped() {}

    /** What was learnt of each annotator: the share of the labels that are right; empty if nothing was. */
    default Map<String, Double> reliability() {
        return Map.of();
    }

    /**
     * @param loss of the pair, nats
     * @param slope dLoss/d of the chosen completion's score; of the rejected one's it is the negative
     */
    record Value(double loss, double slope) {}
}
