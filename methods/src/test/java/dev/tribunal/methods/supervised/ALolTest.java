package dev.tribunal.methods.supervised;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.Rated;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.RatedGroup;
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
        List<LossTerm> terms = new ALol(Ratio.SEQUENCE, 0.9).terms(List.of(group));

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
            List<LossTerm> terms = new ALol(ratio, 0.9).terms(List.of(better, asExpected, worse));

            assertThat(terms).extracting(LossTerm::isZero).containsExactly(false, true, true);
            assertThat(Rated.logProbSlopes(terms, better.rollouts().getFirst())[0])
                    .as("the policy is still the reference")
                    .isCloseTo(-0.3 / 3, within(1e-12));
        }
    }

    @Test
    void anAnswerOfWhichNothingWasExpectedIsNotTakenForOneOfWhichZeroWas() {
        RatedGroup group = Rated.group(Rated.of(0.7));
        assertThatThrownBy(() -> new ALol(Ratio.NONE, 0.9).terms(List.of(group)))
                .isInstanceOf(IllegalStateException.class);
    }
}
