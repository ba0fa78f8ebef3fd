package dev.tribunal.methods.policy;

import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Argmax and argmin over the rollouts that may be taken. The others are left out, never multiplied by 0: raw scores
 * can be negative, and then a 0 would win. Of equal scores the first is taken.
 */
final class Ranking {

    /** No rollout may be taken. */
    static final int NONE = -1;

    private Ranking() {}

    static int highest(List<RatedRollout> rollouts, IntPredicate mayBeTaken) {
        return IntStream.range(0, rollouts.size())
                .filter(mayBeTaken)
                .reduce((best, next) ->
                        rollouts.get(next).score() > rollouts.get(best).score() ? next : best)
                .orElse(NONE);
    }

    static int lowest(List<RatedRollout> rollouts, IntPredicate mayBeTaken) {
        return IntStream.range(0, rollouts.size())
                .filter(mayBeTaken)
                .reduce((worst, next) ->
                        rollouts.get(next).score() < rollouts.get(worst).score() ? next : worst)
                .orElse(NONE);
    }
}
