package dev.tribunal.methods.online;

import dev.tribunal.methods.loss.Now;
import dev.tribunal.methods.loss.Slopes;
import dev.tribunal.methods.loss.TokenLoss;
import dev.tribunal.methods.loss.TokenSlopes;
import dev.tribunal.methods.rollout.RatedRollout;
import java.util.Arrays;

/**
 * What keeps the policy exploring: loss = -coefficient H(pi(.|s,y&lt;t)), summed over the tokens (PPO, Schulman et al.,
 * arXiv 1707.06347, eq. 9).
 */
record EntropyBonus(double coefficient) implements TokenLoss {

    @Override
    public Slopes of(RatedRollout rollout, double[] advantages, Now now) {
        double[] entropy = now.requireEntropy();
        double[] slopes = new double[entropy.length];
        Arrays.fill(slopes, -coefficient);
        return new Slopes(
                -coefficient * Arrays.stream(entropy).sum(),
                new TokenSlopes(new double[entropy.length], null, slopes, null));
    }
}
