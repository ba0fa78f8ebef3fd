package dev.tribunal.methods.loss;

import dev.tribunal.methods.rollout.RatedRollout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A loss whose slope is known before the forward pass, the same for every token: -weight/divisor times log pi(a|s).
 *
 * @param slope dLoss/dlog pi of every token
 */
public record Constant(Member member, double slope) implements LossTerm {

    /**
     * @param weight of log pi(a|s) in the ascent direction; the member's advantage
     * @param divisor n, or the tokens of a mean
     */
    public static Constant of(
            RatedRollout rollout,
            double weight,
            int divisor,
            @Nullable String role,
            @Nullable Double regularizedReward) {
        // The loss descends where the likelihood ascends; 0 - 0 is 0, and -0 is not.
        return new Constant(new Member(rollout, role, weight, regularizedReward), 0 - weight / divisor);
    }

    @Override
    public List<Member> members() {
        return List.of(member);
    }

    @Override
    public boolean isZero() {
        return slope == 0;
    }

    @Override
    public Slopes slopes(List<Now> now) {
        double[] logProbs = now.getFirst().logProbs();
        double sum = 0;
        for (double logProb : logProbs) {
            sum += logProb;
        }
        return new Slopes(slope * sum, TokenSlopes.same(slope, logProbs.length));
    }
}
