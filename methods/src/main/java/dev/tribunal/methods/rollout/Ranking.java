package dev.tribunal.methods.rollout;

import dev.tribunal.methods.selection.Best;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** {@link Best} over rollouts. A rollout without a score is below all others, and is never the highest. */
public final class Ranking {

    private Ranking() {}

    public static Optional<RatedRollout> highest(List<RatedRollout> rollouts, Predicate<RatedRollout> mayBeTaken) {
        return highest(rollouts, RatedRollout::score, mayBeTaken);
    }

    public static Optional<RatedRollout> highest(
            List<RatedRollout> rollouts, ToDoubleFunction<RatedRollout> score, Predicate<RatedRollout> mayBeTaken) {
        return at(
                rollouts,
                Best.highest(
                        rollouts.size(), i -> orNaN(rollouts.get(i), score), i -> mayBeTaken.test(rollouts.get(i))));
    }

    public static Optional<RatedRollout> lowest(List<RatedRollout> rollouts, Predicate<RatedRollout> mayBeTaken) {
        return lowest(rollouts, RatedRollout::score, mayBeTaken);
    }

    public static Optional<RatedRollout> lowest(
            List<RatedRollout> rollouts, ToDoubleFunction<RatedRollout> score, Predicate<RatedRollout> mayBeTaken) {
        return at(
                rollouts,
                Best.lowest(
                        rollouts.size(), i -> orNaN(rollouts.get(i), score), i -> mayBeTaken.test(rollouts.get(i))));
    }

    /** Another score is asked of rollouts that have one only. */
    private static double orNaN(RatedRollout rollout, ToDoubleFunction<RatedRollout> score) {
        return rollout.scored() ? score.applyAsDouble(rollout) : Double.NaN;
    }

    private static Optional<RatedRollout> at(List<RatedRollout> rollouts, OptionalInt index) {
        return index.isPresent() ? Optional.of(rollouts.get(index.getAsInt())) : Optional.empty();
    }
}
