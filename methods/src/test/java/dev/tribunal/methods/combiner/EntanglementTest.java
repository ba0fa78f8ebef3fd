package dev.tribunal.methods.combiner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntanglementTest {

    /** DPO's slopes at the reference with beta 1, and a step of 0.1: what log pi of the two changes by. */
    @ParameterizedTest
    @CsvSource({"1, 0, 0, 1, 0.05, -0.05, 0", "1, 0, 2, 0, -0.05, -0.10, 1", "2, 0, 1, 0, 0.10, 0.05, 1"})
    void theConditionsSayWhichWayBothGo(
            double w1, double w2, double l1, double l2, double ofChosen, double ofRejected, double cosine) {
        double[] chosen = {-0.5 * w1, -0.5 * w2};
        double[] rejected = {0.5 * l1, 0.5 * l2};

        assertThat(-0.1 * (w1 * (chosen[0] + rejected[0]) + w2 * (chosen[1] + rejected[1])))
                .isCloseTo(ofChosen, within(1e-12));
        assertThat(-0.1 * (l1 * (chosen[0] + rejected[0]) + l2 * (chosen[1] + rejected[1])))
                .isCloseTo(ofRejected, within(1e-12));
        Entanglement found =
                Entanglement.of(product(chosen, chosen), product(chosen, rejected), product(rejected, rejected));
        assertThat(found.chosenRises()).isEqualTo(ofChosen > 0);
        assertThat(found.rejectedFalls()).isEqualTo(ofRejected < 0);
        assertThat(found.cosine()).isCloseTo(cosine, within(1e-12));
    }

    /** Of one length the two never pull one another along. */
    @ParameterizedTest
    @CsvSource({"1, 0, 2, 0.5", "2, 0.5, 1, 0"})
    void normalisedSidesGoTheirOwnWays(double w1, double w2, double l1, double l2) {
        double[] chosen = {-0.5 * w1, -0.5 * w2};
        double[] rejected = {0.5 * l1, 0.5 * l2};
        double[] factors = new PairwiseNormalised(PairwiseNormalised.Of.SIDES)
                .factors(new double[] {1, 1}, new double[][] {
                    {product(chosen, chosen), product(chosen, rejected)},
                    {product(chosen, rejected), product(rejected, rejected)}
                });

        double[] step = {
            factors[0] * chosen[0] + factors[1] * rejected[0], factors[0] * chosen[1] + factors[1] * rejected[1]
        };
        assertThat(-(w1 * step[0] + w2 * step[1])).isPositive();
        assertThat(-(l1 * step[0] + l2 * step[1])).isNegative();
    }

    private static double product(double[] a, double[] b) {
        return a[0] * b[0] + a[1] * b[1];
    }
}
