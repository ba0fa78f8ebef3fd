package dev.tribunal.methods.loss;

import dev.tribunal.methods.rollout.PairLabel;
import dev.tribunal.methods.rollout.Provenance;
import dev.tribunal.methods.rollout.Ranking;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Where pairs come from. None is made of a completion and itself. */
public final class Pairs {

    private Pairs() {}

    /** @param label what the data says of it beside */
    public record Pair(RatedRollout chosen, RatedRollout rejected, PairLabel label) {

        public LossTerm term(PairLoss loss, int n) {
            return new OfPair(loss, chosen, rejected, label, n);
        }
    }

    /** The pair that the data holds: the first chosen one over the first rejected one. */
    public static Optional<Pair> asGiven(RatedGroup group) {
        return pair(group.first(Provenance.CHOSEN), group.first(Provenance.REJECTED), group.label());
    }

    /** The demonstration over the first sample: SPIN's pair (Chen et al., arXiv 2401.01335). */
    public static Optional<Pair> dataOverSample(RatedGroup group) {
        return pair(group.first(Provenance.DEMONSTRATION), group.first(Provenance.SAMPLED));
    }

    /**
     * The best feasible completion over the worst of the others, an infeasible one being below all feasible ones.
     * Without a feasible one there is nothing to prefer.
     *
     * @param score of a feasible completion that has one
     */
    public static Optional<Pair> bestOverWorst(List<RatedRollout> rollouts, ToDoubleFunction<RatedRollout> score) {
        Optional<RatedRollout> chosen = Ranking.highest(rollouts, score, RatedRollout::feasible);
        return chosen.flatMap(best -> pair(
                chosen,
                Ranking.lowest(
                        rollouts,
                        rollout -> rollout.feasible() ? score.applyAsDouble(rollout) : Double.NEGATIVE_INFINITY,
                        rollout -> !rollout.equals(best))));
    }

    /**
     * The best feasible completion over the worst infeasible one, or, if none is infeasible, over the worst of the
     * others; CGPO, arXiv 2409.20370, eq. 13.
     */
    public static Optional<Pair> feasibleOverInfeasible(List<RatedRollout> rollouts) {
        Optional<RatedRollout> chosen = Ranking.highest(rollouts, RatedRollout::feasible);
        boolean violated = rollouts.stream().anyMatch(rollout -> !rollout.feasible());
        return chosen.flatMap(best -> pair(
                chosen, Ranking.lowest(rollouts, rollout -> violated ? !rollout.feasible() : !rollout.equals(best))));
    }

    private static Optional<Pair> pair(Optional<RatedRollout> chosen, Optional<RatedRollout> rejected) {
        return pair(chosen, rejected, PairLabel.CERTAIN);
    }

    private static Optional<Pair> pair(
            Optional<RatedRollout> chosen, Optional<RatedRollout> rejected, PairLabel label) {
        return chosen.flatMap(better -> rejected.map(worse -> new Pair(better, worse, label)));
    }
}
