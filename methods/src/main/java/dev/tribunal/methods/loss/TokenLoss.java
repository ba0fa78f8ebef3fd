package dev.tribunal.methods.loss;

import dev.tribunal.methods.rollout.RatedRollout;

/** A loss of one rollout's tokens, summed over them: {@link OfTokens} divides. Losses add. */
@FunctionalInterface
public interface TokenLoss {

    /**
     * @param advantages {@code [tokens]}
     * @return the slopes of one rollout
     */
    Slopes of(RatedRollout rollout, double[] advantages, Now now);

    /** This loss and another one. */
    default TokenLoss plus(TokenLoss other) {
        return (rollout, advantages, now) -> {
            Slopes one = of(rollout, advantages, now);
            Slopes two = other.of(rollout, advantages, now);
            return new Slopes(
                    one.loss() + two.loss(),
                    one.rollouts().getFirst().plus(two.rollouts().getFirst()));
        };
    }

    /** This loss, so many times. */
    default TokenLoss times(double factor) {
        return (rollout, advantages, now) -> {
            Slopes one = of(rollout, advantages, now);
            return new Slopes(one.loss() * factor, one.rollouts().getFirst().times(factor));
        };
    }
}
