package dev.tribunal.methods.loss;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.methods.Rated;
import dev.tribunal.methods.loss.Pairs.Pair;
import dev.tribunal.methods.rollout.PairLabel;
import dev.tribunal.methods.rollout.Provenance;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PairsTest {

    @Test
    void theDataSaysWhichIsChosen() {
        RatedGroup group = Rated.group(Rated.given(Provenance.REJECTED), Rated.given(Provenance.CHOSEN));
        assertThat(indices(Pairs.asGiven(group), group.rollouts())).containsExactly(1, 0);
        assertThat(Pairs.asGiven(group).map(Pair::label)).contains(PairLabel.CERTAIN);
        PairLabel doubted = new PairLabel(0.7, 2.0, "ann");
        assertThat(Pairs.asGiven(new RatedGroup(group.rollouts(), 0, 0, doubted))
                        .map(Pair::label))
                .contains(doubted);
        assertThat(Pairs.asGiven(Rated.group(Rated.given(Provenance.CHOSEN)))).isEmpty();
        assertThat(Pairs.asGiven(Rated.group(Rated.given(Provenance.REJECTED)))).isEmpty();
    }

    @Test
    void aDemonstrationIsBetterThanASample() {
        RatedGroup group = Rated.group(Rated.of(3), Rated.of(9), Rated.given(Provenance.DEMONSTRATION));
        assertThat(indices(Pairs.dataOverSample(group), group.rollouts())).containsExactly(2, 0);
        assertThat(Pairs.dataOverSample(Rated.group(Rated.of(3)))).isEmpty();
    }

    @Test
    void bestOverWorst() {
        RatedGroup group = Rated.group(
                Rated.of(-2), Rated.of(3), Rated.of(-5), Rated.of(-9).infeasible());
        List<RatedRollout> rollouts = group.rollouts();
        assertThat(indices(Pairs.bestOverWorst(rollouts, RatedRollout::score), rollouts))
                .containsExactly(1, 3);
        assertThat(indices(Pairs.bestOverWorst(rollouts.subList(0, 3), RatedRollout::score), rollouts))
                .containsExactly(1, 2);
        assertThat(indices(Pairs.bestOverWorst(rollouts, rollout -> -rollout.score()), rollouts))
                .containsExactly(2, 3);
        assertThat(Pairs.bestOverWorst(rollouts.subList(0, 1), RatedRollout::score))
                .isEmpty();
        assertThat(Pairs.bestOverWorst(rollouts.subList(3, 4), RatedRollout::score))
                .isEmpty();
    }

    @Test
    void feasibleOverInfeasible() {
        RatedGroup group = Rated.group(
                Rated.of(1),
                Rated.of(-1).infeasible(),
                Rated.of(-2).infeasible(),
                Rated.of(-7),
                Rated.of(9).infeasible());
        List<RatedRollout> rollouts = group.rollouts();
        assertThat(indices(Pairs.feasibleOverInfeasible(rollouts), rollouts)).containsExactly(0, 2);
        assertThat(Pairs.feasibleOverInfeasible(rollouts.subList(1, 3))).isEmpty();
    }

    private static List<Integer> indices(Optional<Pair> pair, List<RatedRollout> rollouts) {
        return pair.map(of -> List.of(rollouts.indexOf(of.chosen()), rollouts.indexOf(of.rejected())))
                .orElseThrow();
    }
}
