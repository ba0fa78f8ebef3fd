package dev.tribunal.methods.rewardmodel;

/** A loss of preference pairs, of which it sees the difference of the two scores. */
public sealed interface PreferenceLoss extends RewardModelLoss permits BradleyTerry, Linear, Lcpo {

    @Override
    default boolean ofPairs() {
        return true;
    }

    /** A fresh one with the state that it starts from. */
    PairObjective objective();
}
