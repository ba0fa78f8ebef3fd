package dev.tribunal.methods.rewardmodel;

import dev.tribunal.methods.rollout.PairLabel;

/**
 * The difference of means of inverse reinforcement learning (From Demonstrations to Rewards, arXiv 2503.13538, eq. 10): the
 * scores of demonstrations rise and those of the policy's own completions fall, by as much for every pair. Where the policy
 * answers as the demonstrations do, the expected gradient is zero.
 *
 * <pre>
 * loss = -(r_chosen - r_rejected)
 * dloss/dr_chosen = -1
 * </pre>
 *
 * <p>It has no least value: scores grow for as long as it is trained, so that few steps and a low learning rate bound them.
 * Eq. 11, which is what the paper's experiments run, is {@link BradleyTerry}.
 */
public record Linear() implements PreferenceLoss, PairObjective {

    @Override
    public PairObjective objective() {
        return this;
    }

    @Override
    public Value of(double chosen, double rejected, PairLabel label) {
        return new Value(rejected - chosen, -1);
    }
}
