package dev.tribunal.methods.loss;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * Argmax and argmin by score over the rollouts that may be taken. The others are left out, never multiplied by 0: raw
 * scores can be negative, and then a 0 would win. Of equal scores the first is taken. A rollout without a score is below
 * all others, and is never the highest.
 */
public final class Ranking {

    private Ranking() {}

    public static Optional<RatedRollout> highest(List<RatedRollout> rollouts, Predicate<RatedRollout> mayBeTaken) {
        return highest(rollouts, RatedRollout::score, mayBeTaken);
    }

    static Optional<RatedRollout> highest(
            List<RatedRollout> rollouts, ToDoubleFunction<RatedRollout> score, Predicate<RatedRollout> mayBeTaken) {
        return rollouts.stream()
                .filter(RatedRollout::scored)
                .filter(mayBeTaken)
                .reduce((best, next) -> score.applyAsDouble(next) > score.applyAsDouble(best) ? next : best);
    }

    public static Optional<RatedRollout> lowest(List<RatedRollout> rollouts, Predicate<RatedRollout> mayBeTaken) {
        return lowest(rollouts, RatedRollout::score, mayBeTaken);
    }

    static Optional<RatedRollout> lowest(
            List<RatedRollout> rollouts, ToDoubleFunction<RatedRollout> score, Predicate<RatedRollout> mayBeTaken) {
        ToDoubleFunction<RatedRollout> orBelowAll =
                rollout -> rollout.scored() ? score.applyAsDouble(rollout) : Double.NEGATIVE_INFINITY;
        return rollouts.stream()
                .filter(mayBeTaken)
                .reduce((worst, next) ->
                        orBelowAll.applyAsDouble(next) < orBelowAll.applyAsDouble(worst) ? next : worst);
    }
}
