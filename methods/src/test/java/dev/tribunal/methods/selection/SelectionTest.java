package dev.tribunal.methods.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SelectionTest {

    private static final double[] FIVE = {0.3, -2, 4, 1, 0};

    @Test
    void aThresholdSplitsThoseAboveFromTheRest() {
        double[] scores = {.5, -.75, .25, 1};
        assertThat(Selection.uniform(scores)).containsOnly(.25);
        assertThat(Selection.top(scores, .5)).containsExactly(.5, 0, 0, .5);
        assertThat(Selection.topAndRandom(scores, .5)).containsExactly(.25, .25, .25, .25);
        assertThat(Selection.topAndRandom(scores, 1)).containsExactly(.5 / 3, .5 / 3, .5 / 3, .5);
        assertThat(Selection.topAndBottom(scores, .75)).containsExactly(0, .5, 0, .5);
    }

    @Test
    void whereNothingReachesTheThresholdNothingIsTakenAndAHalfOfNothingGoesToTheRest() {
        double[] scores = {.5, -.75};
        assertThat(Selection.top(scores, 2)).containsOnly(0);
        assertThat(Selection.topAndBottom(scores, 2)).containsOnly(0);
        assertThat(Selection.topAndRandom(scores, 2)).containsOnly(.5);
        assertThat(Selection.topAndRandom(scores, -2)).containsOnly(.5);
    }

    @Test
    void byRank() {
        assertThat(Selection.best(FIVE)).containsExactly(0, 0, 1, 0, 0);
        assertThat(Selection.bestAndRandom(FIVE)).containsExactly(.125, .125, .5, .125, .125);
        assertThat(Selection.bestAndWorst(FIVE)).containsExactly(0, .5, .5, 0, 0);
    }

    @Test
    void ofTwoBestAndRandomIsBestAndWorstIsUniform() {
        double[] two = {3, 7};
        assertThat(Selection.bestAndRandom(two)).containsExactly(.5, .5);
        assertThat(Selection.bestAndWorst(two)).containsExactly(.5, .5);
    }

    @Test
    void ofOneItIsTaken() {
        double[] one = {-3};
        assertThat(Selection.best(one)).containsExactly(1);
        assertThat(Selection.bestAndRandom(one)).containsExactly(1);
        assertThat(Selection.bestAndWorst(one)).containsExactly(1);
        assertThat(Selection.power(one, 2)).containsExactly(1);
    }

    @Test
    void ofEqualScoresTheFirstIsTheBest() {
        assertThat(Selection.best(new double[] {1, 1, 1})).containsExactly(1, 0, 0);
        assertThat(Selection.bestAndWorst(new double[] {1, 1, 1})).containsExactly(.5, 0, .5);
    }

    @Test
    void power() {
        assertThat(Selection.power(new double[] {1, -.5, 0}, 2))
                .containsExactly(new double[] {.8, .2, 0}, within(1e-12));
        assertThat(Selection.power(new double[2], 2)).containsExactly(.5, .5);
        assertThat(Selection.power(new double[] {1, -.5, .25, .1}, 0)).containsOnly(.25);
    }

    @Test
    void prioritised() {
        assertThat(Selection.prioritised(new double[] {.3, -1, .1, 0}))
                .containsExactly(new double[] {.75, 0, .25, 0}, within(1e-12));
        assertThat(Selection.prioritised(new double[] {-1, 0})).containsOnly(0);
    }

    @Test
    void draw() {
        double[] probabilities = {0, .25, 0, .75, 0};
        assertThat(Selection.draw(probabilities, 0)).isEqualTo(1);
        assertThat(Selection.draw(probabilities, .2499)).isEqualTo(1);
        assertThat(Selection.draw(probabilities, .25)).isEqualTo(3);
        assertThat(Selection.draw(probabilities, Math.nextDown(1.0))).isEqualTo(3);
        double[] tenths = new double[10]; // whose sum is below 1
        Arrays.fill(tenths, 0.1);
        assertThat(Selection.draw(tenths, Math.nextDown(1.0))).isEqualTo(9);
    }
}
