package dev.tribunal.methods.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class UndecidedAdvantagesTest {

    /** Rewards [1, 1, 0, 0] with the second undecided: it leaves the batch, and the mean runs over the other three. */
    @Test
    void statisticsRunOverTheValidMembersOnly() {
        RatedRollout one = new RatedRollout(0, 1, 0, true, 1);
        RatedRollout zero = new RatedRollout(0, 1, 0, false, 1);

        WeightedGroup weighted =
                new Crpg(10).weigh(List.of(new RatedGroup(one, zero, zero))).getFirst();

        assertThat(Rated.weights(weighted)).containsExactly(new double[] {.667, -.333, -.333}, within(5e-4));
        assertThat(weighted.rollouts().getFirst().tokenWeights())
                .containsExactly(new double[] {-2.0 / 3 / 3}, within(1e-15));
    }
}
