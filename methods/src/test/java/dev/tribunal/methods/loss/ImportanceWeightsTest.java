package dev.tribunal.methods.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ImportanceWeightsTest {

    private static float ln(double value) {
        return (float) Math.log(value);
    }

    @Test
    void ratiosAreTruncatedFromAboveAlone() {
        // 0.5 / 0.25 = 2, 0.1 / 0.2 = 0.5, 0.8 / 0.1 = 8
        ImportanceWeights weights = ImportanceWeights.of(
                new float[] {ln(0.5), ln(0.1), ln(0.8)}, new float[] {ln(0.25), ln(0.2), ln(0.1)}, 3);

        assertThat(weights.ratios()).containsExactly(new double[] {2, 0.5, 8}, within(1e-6));
        assertThat(weights.weight(0)).isCloseTo(2, within(1e-6));
        assertThat(weights.weight(1)).isCloseTo(0.5, within(1e-6));
        assertThat(weights.weight(2)).isEqualTo(3);
        assertThat(weights.isTruncated(1)).isFalse();
        assertThat(weights.isTruncated(2)).isTrue();
    }

    @Test
    void onlySlopesOfWhatWasDrawnAreWeighted() {
        ImportanceWeights weights = new ImportanceWeights(new double[] {4, 0.5}, 2);

        TokenSlopes weighted = weights.weighted(new TokenSlopes(
                new double[] {1, -6}, new double[] {7, 7}, new double[] {5, 5}, new double[][] {{3, 3}}));

        assertThat(weighted.logProbs()).containsExactly(2, -3);
        assertThat(weighted.tokenKl()).containsExactly(7, 7);
        assertThat(weighted.entropy()).containsExactly(5, 5);
        assertThat(weighted.values()[0]).containsExactly(3, 3);
    }

    /**
     * Of two actions with rewards 1 and 0 the sampler draws the first with 0.2, the policy with 0.6. The gradient in the
     * policy's logit of the first, p (1 - p) = 0.24, is what the weighted samples give on average:
     * 0.2 * 3 * 1 * (1 - 0.6).
     */
    @Test
    void theWeightedGradientIsThatOfThePolicy() {
        ImportanceWeights first = ImportanceWeights.of(new float[] {ln(0.6)}, new float[] {ln(0.2)}, 10);

        double slope = first.weighted(new TokenSlopes(new double[] {1})).logProbs()[0];

        assertThat(0.2 * slope * (1 - 0.6)).isCloseTo(0.6 * (1 - 0.6), within(1e-6));
    }

    @Test
    void aTokenThatTheSamplerCouldNotDrawHasAFiniteRatio() {
        assertThat(ImportanceWeights.of(new float[] {-1}, new float[] {-9999}, 2)
                        .ratios()[0])
                .isCloseTo(Math.exp(20), within(1.0));
        assertThatThrownBy(() -> ImportanceWeights.of(new float[] {-1}, new float[] {-1, -1}, 2))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
