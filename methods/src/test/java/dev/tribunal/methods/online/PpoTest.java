package dev.tribunal.methods.online;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.Need;
import dev.tribunal.methods.Rated;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Now;
import dev.tribunal.methods.loss.Slopes;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import java.util.List;
import org.junit.jupiter.api.Test;

class PpoTest {

    private static final Ppo PPO = new Ppo(1, 0.95, 0.1, 0.2, 0.2, 0.1, 0, 0);

    private final Rated first =
            Rated.of(1).logProbs(-1, -2, -1).reference(-1.5, -1.5, -1).values(.2, .4, .6);
    private final Rated second = Rated.of(.25).logProbs(-1, -1).values(.3, .1);
    private final RatedGroup golden = Rated.group(first, second);

    @Test
    void theKlIsInEachTokensRewardAndTheScoreInTheLastOnes() {
        assertThat(PPO.rewards(first.build())).containsExactly(new double[] {-.05, .05, 1}, within(1e-15));
        assertThat(PPO.rewards(first.infeasible().build())).containsExactly(new double[] {-.05, .05, 0}, within(1e-15));
    }

    @Test
    void theSlopesAreThoseOfWhitenedAdvantagesAndOfTheReturns() {
        List<LossTerm> terms = PPO.terms(List.of(golden));

        Slopes one = Rated.slopes(terms.getFirst());
        Slopes two = Rated.slopes(terms.getLast());
        // A = (.7485, .63, .4), (-.0575, .15); whitened over all five; the ratio is 1, so that the slope is -A/5.
        assertThat(one.rollouts().getFirst().logProbs())
                .containsExactly(new double[] {-1.124944608 / 5, -.768797304 / 5, -.077540932 / 5}, within(1e-9));
        assertThat(two.rollouts().getFirst().logProbs())
                .containsExactly(new double[] {1.297458155 / 5, .673824689 / 5}, within(1e-9));
        // 0.1/5 (V - R), R = A + V before whitening
        assertThat(values(one)).containsExactly(new double[] {-.01497, -.0126, -.008}, within(1e-15));
        assertThat(values(two)).containsExactly(new double[] {.00115, -.003}, within(1e-15));
        assertThat(one.loss() + two.loss()).isCloseTo(0.1 * 0.11429585, within(1e-12));
    }

    @Test
    void aRatioBeyondTheClipIsNotFollowedFurtherButBackItIs() {
        RatedGroup group = Rated.group(
                Rated.of(1).logProbs(0).values(0), Rated.of(0).logProbs(0).values(0));
        List<LossTerm> terms = new Ppo(1, 1, 0, 0.2, 0.2, 0, 0, 0).terms(List.of(group));
        double advantage = 0.5 / Math.sqrt(0.5 + 1e-8);

        assertThat(slope(terms.getFirst(), Math.log(1.3)))
                .as("good, and likelier")
                .isZero();
        assertThat(slope(terms.getFirst(), Math.log(0.7))).isCloseTo(-0.7 * advantage / 2, within(1e-12));
        assertThat(slope(terms.getLast(), Math.log(0.7)))
                .as("bad, and less likely")
                .isZero();
        assertThat(slope(terms.getLast(), Math.log(1.3))).isCloseTo(1.3 * advantage / 2, within(1e-12));
    }

    private static double slope(LossTerm term, double logProb) {
        Now now = new Now(new double[] {logProb}, null, null, new double[][] {{0}});
        return term.slopes(List.of(now)).rollouts().getFirst().logProbs()[0];
    }

    @Test
    void aValueBeyondItsClipIsNotFollowedFurtherUnlessItIsFartherOff() {
        RatedRollout rollout = Rated.of(1).logProbs(0).values(0).build(); // its return is 1
        LossTerm term = new Ppo(1, 1, 0, 0.2, 0.2, 1, 0, 0)
                .terms(List.of(new RatedGroup(rollout)))
                .getFirst();
        for (double[] valueAndSlope :
                new double[][] {{0.1, -0.9}, {0.3, 0}, {-0.3, -1.3}, {1.9, 0.9}, {1.7, 0}, {2.5, 1.5}}) {
            Now now = new Now(new double[] {0}, null, null, new double[][] {{valueAndSlope[0]}});
            assertThat(values(term.slopes(List.of(now))))
                    .as("value %s", valueAndSlope[0])
                    .containsExactly(new double[] {valueAndSlope[1]}, within(1e-12));
        }
    }

    @Test
    void aMissingEndCostsItsPenalty() {
        Ppo ppo = new Ppo(1, 1, 0, 0.2, 0.2, 1, 2, 0);
        assertThat(ppo.rewards(first.truncated().build())).containsExactly(0, 0, -1);
        assertThat(ppo.rewards(first.build())).containsExactly(0, 0, 1);
    }

    /** Equal rewards under an untrained critic leave nothing but rounding, which AdamW would make steps of. */
    @Test
    void advantagesThatAreRoundingAreZero() {
        Rated rated = Rated.of(0.3).logProbs(-1).values(0.1);
        RatedGroup group = Rated.group(rated, rated, rated);
        for (LossTerm term : new Ppo(1, 1, 0, 0.2, 0.2, 1, 0, 0).terms(List.of(group))) {
            assertThat(Rated.slopes(term).rollouts().getFirst().logProbs()).containsOnly(0);
        }
    }

    @Test
    void itSaysWhatItNeeds() {
        assertThat(PPO.needs()).containsExactlyInAnyOrder(Need.CRITIC, Need.REFERENCE, Need.PACKED_OLD_LOG_PROBS);
        assertThat(new Ppo(1, 1, 0, 0.2, 0.2, 0, 0, 0.1).needs())
                .containsExactlyInAnyOrder(Need.CRITIC, Need.ENTROPY, Need.PACKED_OLD_LOG_PROBS);
        RatedGroup withoutCritic = Rated.group(Rated.of(1));
        assertThatThrownBy(() -> PPO.terms(List.of(withoutCritic))).hasMessageContaining("needs a critic");
    }

    private static double[] values(Slopes slopes) {
        double[][] values = slopes.rollouts().getFirst().values();
        assertThat(values).isNotNull();
        return values[0];
    }
}
