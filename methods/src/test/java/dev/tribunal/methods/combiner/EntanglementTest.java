package dev.tribunal.methods.combiner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.loss.PairLoss.Side;
import dev.tribunal.methods.loss.PairLoss.Value;
import dev.tribunal.methods.preference.Dpo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntanglementTest {

    private static final double STEP = 0.1;

    /** DPO's slopes at the reference with beta 1, which are 0.5: what a step of 0.1 changes log pi of the two by. */
    @ParameterizedTest
    @CsvSource({
        "1, 0, 0, 1,  0.05, -0.05, 0, true, true",
        "1, 0, 2, 0, -0.05, -0.10, 1, false, true",
        "2, 0, 1, 0,  0.10,  0.05, 1, true, false"
    })
    void theConditionsSayWhichWayBothGo(
            double w1,
            double w2,
            double l1,
            double l2,
            double ofChosen,
            double ofRejected,
            double cosine,
            boolean rises,
            boolean falls) {
        Value dpo = new Dpo(1).of(new Side(-1, 0, 0, 1), new Side(-1, 0, 0, 1));
        double[] chosen = {w1, w2};
        double[] rejected = {l1, l2};
        double[] loss = {dpo.chosen() * w1 + dpo.rejected() * l1, dpo.chosen() * w2 + dpo.rejected() * l2};

        Entanglement found = Entanglement.of(products(chosen, rejected, loss));

        assertThat(STEP * found.chosenChange()).isCloseTo(ofChosen, within(1e-12));
        assertThat(STEP * found.rejectedChange()).isCloseTo(ofRejected, within(1e-12));
        assertThat(found.cosine()).isCloseTo(cosine, within(1e-12));
        assertThat(found.chosenRises()).isEqualTo(rises);
        assertThat(found.rejectedFalls()).isEqualTo(falls);
    }

    /** Of one length the two never pull one another along. */
    @ParameterizedTest
    @CsvSource({"1, 0, 2, 0.5", "2, 0.5, 1, 0"})
    void normalisedSidesGoTheirOwnWays(double w1, double w2, double l1, double l2) {
        double[] chosen = {-0.5 * w1, -0.5 * w2};
        double[] rejected = {0.5 * l1, 0.5 * l2};
        double[] factors = new PairwiseNormalised(PairwiseNormalised.Of.SIDES)
                .factors(new double[] {1, 1}, products(chosen, rejected));

        double[] step = {
            factors[0] * chosen[0] + factors[1] * rejected[0], factors[0] * chosen[1] + factors[1] * rejected[1]
        };
        Entanglement found = Entanglement.of(products(new double[] {w1, w2}, new double[] {l1, l2}, step));
        assertThat(found.chosenChange()).isPositive();
        assertThat(found.rejectedChange()).isNegative();
    }

    private static double[][] products(double[]... rows) {
        double[][] products = new double[rows.length][rows.length];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < rows.length; j++) {
                products[i][j] = rows[i][0] * rows[j][0] + rows[i][1] * rows[j][1];
            }
        }
        return products;
    }
}
