package dev.tribunal.methods.online;

import dev.tribunal.methods.loss.Now;
import dev.tribunal.methods.loss.Slopes;
import dev.tribunal.methods.loss.TokenLoss;
import dev.tribunal.methods.loss.TokenSlopes;
import dev.tribunal.methods.rollout.RatedRollout;
import java.util.Objects;

/**
 * The critic's loss, clipped like the policy's, so that a critic moves no further than it is told in one step.
 *
 * <pre>
 * loss_t = 1/2 max((V - R)^2, (clip(V, V_old - c, V_old + c) - R)^2)
 * dloss_t/dV = V - R where the first is the larger one or V is inside, else 0
 * </pre>
 *
 * @param critic which of the critics
 * @param returns {@code [tokens]}, R
 * @param clip c
 */
record ClippedValueLoss(int critic, double[] returns, double clip) implements TokenLoss {

    @Override
    public Slopes of(RatedRollout rollout, double[] advantages, Now now) {
        double[] old = rollout.requireValues(critic);
        double[] values = now.requireValues(critic);
        double loss = 0;
        double[][] ofCritics = new double[Objects.requireNonNull(now.values()).length][values.length];
        double[] slopes = ofCritics[critic];
        for (int t = 0; t < values.length; t++) {
            double miss = values[t] - returns[t];
            double clippedMiss = Math.clamp(values[t], old[t] - clip, old[t] + clip) - returns[t];
            boolean clipped = clippedMiss * clippedMiss > miss * miss;
            loss += 0.5 * (clipped ? clippedMiss * clippedMiss : miss * miss);
            slopes[t] = clipped ? 0 : miss;
        }
        return new Slopes(loss, new TokenSlopes(new double[values.length], null, null, ofCritics));
    }
}
