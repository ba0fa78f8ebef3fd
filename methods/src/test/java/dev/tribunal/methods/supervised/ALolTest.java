package dev.tribunal.methods.supervised;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.Draws;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.Rated;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.supervised.ALol.Ratio;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ALolTest {

    /** With R = 0.7 and V = 0.4. */
    @ParameterizedTest
    @CsvSource({"-1, 0.11036", "0, 0.3", "0.5, 0.49462", "1, 0.57", "5, 0.57", "-5, 0.03"})
    void anAnswerWeighsItsAdvantageTimesTheClippedRatio(double logRatio, double coefficient) {
        RatedGroup group = Rated.group(Rated.of(0.7).values(0.4, 0.4, 0.4).logRatio(logRatio));
        List<LossTerm> terms = new ALol(Ratio.SEQUENCE, 0.9, 0, Draws.EPOCHS).terms(List.of(group));

        assertThat(Rated.logProbSlopes(terms, group.rollouts().getFirst()))
                .hasSize(Rated.TOKENS)
                .containsExactly(new double[] {-coefficient, -coefficient, -coefficient}, within(1e-5));
    }

    @Test
    void whatIsNoBetterThanExpectedTeachesNothingAndCountsAllTheSame() {
        RatedGroup better = Rated.group(Rated.of(0.7).values(0.4, 0.4, 0.4));
        RatedGroup asExpected = Rated.group(Rated.of(0.4).values(0.4, 0.4, 0.4));
        RatedGroup worse = Rated.group(Rated.of(0.1).values(0.4, 0.4, 0.4));
        for (Ratio ratio : Ratio.values()) {
            List<LossTerm> terms = new ALol(ratio, 0.9, 0, Draws.EPOCHS).terms(List.of(better, asExpected, worse));

            assertThat(terms).extracting(LossTerm::isZero).containsExactly(false, true, true);
            assertThat(Rated.logProbSlopes(terms, better.rollouts().getFirst())[0])
                    .as("the policy is still the reference")
                    .isCloseTo(-0.3 / 3, within(1e-12));
        }
    }

    /** With R = 0.7 and V = 0.4; the reference says -1 of each token. */
    @Test
    void eachTokenHasARatioOfItsOwnInTheSequenceVariant() {
        RatedGroup group = Rated.group(
                Rated.of(0.7).logProbs(-2, -1, -0.25).reference(-1, -1, -1).values(0.4, 0.4, 0.4));
        List<LossTerm> terms = new ALol(Ratio.TOKEN, 0.9, 0, Draws.EPOCHS).terms(List.of(group));

        assertThat(Rated.logProbSlopes(terms, group.rollouts().getFirst()))
                .as("exp(-1), exp(0), and exp(0.75) = 2.117, which is clipped to 1.9")
                .containsExactly(new double[] {-0.11036, -0.3, -0.57}, within(1e-5));
    }

    /** beta lr beside A log pi: 0.3 - 0.1 is left of the advantage, whatever the ratio. */
    @Test
    void theVariantWithAKlHasNoRatio() {
        RatedGroup group = Rated.group(
                Rated.of(0.7).values(0.4, 0.4, 0.4).logRatio(5),
                Rated.of(0.3).values(0.4, 0.4, 0.4).logRatio(5));
        List<LossTerm> terms = new ALol(Ratio.NONE, 0.9, 0.1, Draws.EPOCHS).terms(List.of(group));

        assertThat(Rated.logProbSlopes(terms, group.rollouts().getFirst()))
                .containsOnly(new double[] {-0.1}, within(1e-12));
        assertThat(Rated.slopes(terms.getFirst()).loss())
                .as("log-probs of -20 a token, 5 more in all than the reference's")
                .isCloseTo((-0.3 * -55 + 0.1 * 5) / 2, within(1e-12));
        assertThat(terms.getLast().isZero())
                .as("no KL either where nothing is imitated")
                .isTrue();
        assertThat(new ALol(Ratio.NONE, 0.9, 0.1, Draws.EPOCHS).needs()).containsExactly(Need.REFERENCE);
        assertThat(new ALol(Ratio.NONE, 0.9, 0, Draws.EPOCHS).needs()).isEmpty();
    }

    @Test
    void anAnswerOfWhichNothingWasExpectedIsNotTakenForOneOfWhichZeroWas() {
        RatedGroup group = Rated.group(Rated.of(0.7));
        assertThatThrownBy(() -> new ALol(Ratio.NONE, 0.9, 0, Draws.EPOCHS).terms(List.of(group)))
                .isInstanceOf(IllegalStateException.class);
    }
}
