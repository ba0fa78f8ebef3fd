package dev.tribunal.methods.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BestTest {

    @Test
    void theFirstOfEqualScoresIsTaken() {
        double[] scores = {1, 3, 3, -2, -2};
        assertThat(Best.highest(5, i -> scores[i], i -> true)).hasValue(1);
        assertThat(Best.lowest(5, i -> scores[i], i -> true)).hasValue(3);
    }

    @Test
    void whatMayNotBeTakenIsLeftOutAndNotZero() {
        double[] scores = {5, -3, -1};
        assertThat(Best.highest(3, i -> scores[i], i -> i > 0)).hasValue(2);
        assertThat(Best.lowest(3, i -> scores[i], i -> i != 1)).hasValue(2);
        assertThat(Best.highest(3, i -> scores[i], i -> false)).isEmpty();
    }

    @Test
    void withoutAScoreACompletionIsNeverTheHighestAndTheFirstToBeTheLowest() {
        double[] scores = {Double.NaN, -3, 2};
        assertThat(Best.highest(3, i -> scores[i], i -> true)).hasValue(2);
        assertThat(Best.lowest(3, i -> scores[i], i -> true)).hasValue(0);
        assertThat(Best.highest(1, i -> scores[i], i -> true)).isEmpty();
    }

    @Test
    void bestOfNIsBlindToAMonotoneChangeOfTheScores() {
        Random random = new Random(1);
        for (int trial = 0; trial < 100; trial++) {
            double[] scores = random.doubles(6).toArray();
            double[] changed =
                    Arrays.stream(scores).map(score -> Math.pow(score, 3) - 7).toArray();
            assertThat(Best.highest(6, i -> changed[i], i -> true))
                    .isEqualTo(Best.highest(6, i -> scores[i], i -> true));
        }
    }

    @Test
    void firstFeasible() {
        assertThat(Best.firstFeasible(4, i -> i >= 2)).hasValue(2);
        assertThat(Best.firstFeasible(4, i -> false)).isEmpty();
    }

    @Test
    void klBound() {
        assertThat(Best.klBound(1)).isZero();
        assertThat(Best.klBound(4)).isCloseTo(.6363, within(5e-5));
        assertThat(Best.klBound(16)).isCloseTo(1.8351, within(5e-5));
        assertThat(Best.klBound(64)).isCloseTo(3.1745, within(5e-5));
        assertThatIllegalArgumentException().isThrownBy(() -> Best.klBound(0));
    }

    /** A policy of equally probable completions, none scored alike: the bound is above what best of n does to it. */
    @Test
    void klBoundIsAbove() {
        int completions = 50;
        for (int n : new int[] {2, 4, 16}) {
            double kl = 0;
            for (int rank = 1; rank <= completions; rank++) {
                double taken = Math.pow(rank / 50.0, n) - Math.pow((rank - 1) / 50.0, n);
                kl += taken == 0 ? 0 : taken * Math.log(taken * completions);
            }
            assertThat(kl).isPositive().isLessThan(Best.klBound(n));
        }
    }
}
