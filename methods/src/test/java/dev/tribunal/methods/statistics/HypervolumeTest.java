package dev.tribunal.methods.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HypervolumeTest {

    private static final double[] ORIGIN = {0, 0};

    /** Three stairs: 1 x 3, then 1 x 2, then 1 x 1. */
    @Test
    void ofTwoObjectivesItIsTheAreaOfTheStairs() {
        assertThat(Hypervolume.of(points(new double[][] {{1, 3}, {2, 2}, {3, 1}}), ORIGIN))
                .isEqualTo(6);
        assertThat(Hypervolume.of(points(new double[][] {{2, 3}}), new double[] {1, 1}))
                .isEqualTo(2);
    }

    /** Two boxes of volume 2 that share the cube of edge 1. */
    @Test
    void ofThreeObjectivesWhatTwoPointsShareCountsOnce() {
        assertThat(Hypervolume.of(points(new double[][] {{2, 1, 1}, {1, 1, 2}}), new double[3]))
                .isEqualTo(3);
    }

    @Test
    void whatAnotherPointBeatsOrTheReferencePointBeatsAddsNothing() {
        assertThat(Hypervolume.of(points(new double[][] {{2, 2}, {1, 1}, {2, 2}, {5, -1}, {Double.NaN, 9}}), ORIGIN))
                .isEqualTo(4);
        assertThat(Hypervolume.of(List.of(), ORIGIN)).isZero();
    }

    /** Of points in the unit cube it is the share of the cube that a point reaches: counted by throwing darts. */
    @Test
    void ofFourObjectivesItIsTheShareThatDartsFind() {
        List<double[]> points = new ArrayList<>();
        long counter = 0;
        for (int i = 0; i < 12; i++) {
            points.add(new double[] {
                CounterUniform.of(1, counter++),
                CounterUniform.of(1, counter++),
                CounterUniform.of(1, counter++),
                CounterUniform.of(1, counter++)
            });
        }
        int darts = 100_000;
        int hits = 0;
        for (int d = 0; d < darts; d++) {
            double[] dart = {
                CounterUniform.of(2, counter++),
                CounterUniform.of(2, counter++),
                CounterUniform.of(2, counter++),
                CounterUniform.of(2, counter++)
            };
            if (points.stream()
                    .anyMatch(point ->
                            point[0] > dart[0] && point[1] > dart[1] && point[2] > dart[2] && point[3] > dart[3])) {
                hits++;
            }
        }
        assertThat(Hypervolume.of(points, new double[4])).isCloseTo((double) hits / darts, within(0.006));
    }

    @Test
    void allPointsHaveTheObjectivesOfTheReferencePoint() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Hypervolume.of(points(new double[][] {{1, 2, 3}}), ORIGIN))
                .withMessageContaining("3 objectives");
    }

    private static List<double[]> points(double[][] points) {
        return List.of(points);
    }
}
