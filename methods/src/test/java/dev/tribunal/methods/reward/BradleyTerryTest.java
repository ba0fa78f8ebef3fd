package dev.tribunal.methods.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BradleyTerryTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0.6931471805599453", // log 2
        "1, 0, 0.3132616875182228", // log(1 + 1/e)
        "0, 1, 1.3132616875182228",
        "2.5, -0.5, 0.04858735157374196", // log(1 + exp(-3))
    })
    void theLossOfOnePair(double chosen, double rejected, double loss) {
        assertThat(BradleyTerry.loss(chosen, rejected)).isCloseTo(loss, within(1e-15));
    }

    @ParameterizedTest
    @CsvSource({"0, 0, -0.5", "1, 0, -0.2689414213699951", "0, 1, -0.7310585786300049"})
    void theGradientOfOnePair(double chosen, double rejected, double gradient) {
        assertThat(BradleyTerry.gradient(chosen, rejected)).isCloseTo(gradient, within(1e-15));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1.5, -0.25", "-3, 2", "7, 7.5"})
    void theGradientIsTheLosssSlopeInBothScores(double chosen, double rejected) {
        double h = 1e-5;
        double inChosen = (BradleyTerry.loss(chosen + h, rejected) - BradleyTerry.loss(chosen - h, rejected)) / (2 * h);
        double inRejected =
                (BradleyTerry.loss(chosen, rejected + h) - BradleyTerry.loss(chosen, rejected - h)) / (2 * h);

        assertThat(BradleyTerry.gradient(chosen, rejected)).isCloseTo(inChosen, within(1e-9));
        assertThat(-BradleyTerry.gradient(chosen, rejected)).isCloseTo(inRejected, within(1e-9));
    }

    @Test
    void farApartScoresOverflowNowhere() {
        assertThat(BradleyTerry.loss(2000, -2000)).isZero();
        assertThat(BradleyTerry.loss(-2000, 2000)).isEqualTo(4000);
        assertThat(BradleyTerry.gradient(2000, -2000)).isZero();
        assertThat(BradleyTerry.gradient(-2000, 2000)).isEqualTo(-1);
    }
}
