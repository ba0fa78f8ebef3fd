package dev.tribunal.methods.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CalibrationTest {

    /** Ten pairs at .8 of which eight are right have no calibration error; all of them right have .2. */
    @Test
    void confidenceIsComparedWithTheShareThatIsRight() {
        double[] fair = {.8, .8, .8, .8, .8, .8, .8, .8, .2, .2};
        assertThat(Calibration.of(fair).ece()).isCloseTo(0, within(1e-12));
        assertThat(Calibration.of(fair).brier()).isCloseTo(.8 * .04 + .2 * .64, within(1e-12));
        double[] modest = new double[10];
        Arrays.fill(modest, .8);
        assertThat(Calibration.of(modest).ece()).isCloseTo(.2, within(1e-12));
    }

    @Test
    void aCoinIsCalibrated() {
        assertThat(Calibration.of(new double[] {.5, .5})).isEqualTo(new Calibration(0, .25, 2));
    }

    /** .55 wrong and .95 right are in different bins: (.55 + .05) / 2. */
    @Test
    void binsAreWeighedByTheirPairs() {
        assertThat(Calibration.of(new double[] {.45, .95}).ece()).isCloseTo(.3, within(1e-12));
    }

    @Test
    void correlationIsPearsons() {
        assertThat(Correlation.of(new double[] {1, 2, 3}, new double[] {-2, -4, -6})
                        .orElseThrow())
                .isCloseTo(-1, within(1e-12));
        assertThat(Correlation.of(new double[] {1, 2, 3, 4}, new double[] {1, 3, 2, 4})
                        .orElseThrow())
                .isCloseTo(.8, within(1e-12));
        assertThat(Correlation.of(new double[] {1, 1}, new double[] {1, 2})).isEmpty();
    }
}
