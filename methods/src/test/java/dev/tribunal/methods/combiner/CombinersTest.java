package dev.tribunal.methods.combiner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CombinersTest {

    private static final Mgda MGDA = new Mgda(false);

    static List<GradientCombiner> all() {
        return List.of(
                new WeightedSum(),
                new NormalisedSum(),
                MGDA,
                new Mgda(true),
                new PcGrad(),
                new CaGrad(0.5),
                new PairwiseNormalised(PairwiseNormalised.Of.TASKS));
    }

    @Test
    void theWeightedSumNeedsNoProducts() {
        WeightedSum sum = new WeightedSum();
        assertThat(sum.needsProducts()).isFalse();
        assertThat(sum.factors(new double[] {2, 0.5}, new double[0][])).containsExactly(2, 0.5);
        assertThat(all().stream().filter(combiner -> !combiner.needsProducts())).containsExactly(sum);
    }

    @Test
    void theNormalisedSumAddsDirections() {
        double[] direction = direction(new NormalisedSum(), new double[] {1, 3}, new double[][] {{5, 0}, {0, 0.1}});
        assertThat(direction).containsExactly(new double[] {1, 3}, within(1e-12));
    }

    @Test
    void pairwiseNormalisedGradientsKeepTheirSize() {
        double[] direction = direction(
                new PairwiseNormalised(PairwiseNormalised.Of.TASKS), new double[] {1, 1}, new double[][] {{4, 0}, {0, 1}
                });
        assertThat(direction).containsExactly(new double[] {2, 2}, within(1e-12));
    }

    /** DPO at the start, slope .5, eta .1: the chosen gradient (1, 0), the rejected one (2, 0) to be descended. */
    @Test
    void pairwiseNormalisedGradientsDoNotLetTheLargerOneRule() {
        double[][] ascent = {{0.5, 0}, {-1, 0}};
        assertThat(direction(new WeightedSum(), ones(2), ascent)[0])
                .as("both likelihoods fall")
                .isNegative();
        assertThat(direction(new PairwiseNormalised(PairwiseNormalised.Of.TASKS), ones(2), ascent))
                .containsExactly(new double[2], within(1e-12));
    }

    @Test
    void mgdaIsTheShortestConvexCombination() {
        assertThat(MGDA.factors(ones(2), products(new double[][] {{1, 0}, {0, 1}})))
                .containsExactly(new double[] {.5, .5}, within(1e-12));
        assertThat(direction(MGDA, ones(2), new double[][] {{1, 0}, {-1, 0}}))
                .containsExactly(new double[2], within(1e-12));
        assertThat(MGDA.factors(ones(2), products(new double[][] {{2, 0}, {0, 1}})))
                .containsExactly(new double[] {.2, .8}, within(1e-12));
        assertThat(direction(MGDA, ones(2), new double[][] {{2, 0}, {0, 1}}))
                .containsExactly(new double[] {.4, .8}, within(1e-12));
        assertThat(MGDA.factors(ones(2), products(new double[][] {{1, 0}, {3, 1}})))
                .as("one that is shorter than all mixtures is taken alone")
                .containsExactly(1, 0);
        assertThat(new Mgda(true).factors(ones(2), products(new double[][] {{2, 0}, {0, 1}})))
                .as("normalised, no length rules")
                .containsExactly(new double[] {.25, .5}, within(1e-12));
    }

    /** What makes d a common direction of descent, and the minimum unique: d.g_i >= |d|^2, with equality where c_i > 0. */
    @Test
    void mgdaSatisfiesTheConditionsOfItsMinimum() {
        Random random = new Random(5);
        for (int trial = 0; trial < 200; trial++) {
            int n = 2 + random.nextInt(6);
            double[][] gradients = gradients(random, n, 2 + random.nextInt(8));
            double[] c = MGDA.factors(ones(n), products(gradients));
            double[] d = direction(MGDA, ones(n), gradients);
            assertThat(Arrays.stream(c).sum()).isCloseTo(1, within(1e-9));
            for (int i = 0; i < n; i++) {
                assertThat(c[i]).isNotNegative();
                assertThat(dot(d, gradients[i])).isGreaterThan(dot(d, d) - 1e-7);
                if (c[i] > 1e-6) {
                    assertThat(dot(d, gradients[i])).isCloseTo(dot(d, d), within(1e-6));
                }
            }
        }
    }

    @Test
    void mgdaIsNotStoppedByATaskWithNothingToLearn() {
        assertThat(MGDA.factors(ones(2), products(new double[][] {{1, 2}, {0, 0}})))
                .containsExactly(1, 0);
    }

    @Test
    void mgdaHandlesManyTasks() {
        double[][] gradients = gradients(new Random(9), 64, 200);
        double[] d = direction(MGDA, ones(64), gradients);
        for (double[] gradient : gradients) {
            assertThat(dot(d, gradient)).isGreaterThan(dot(d, d) - 1e-6);
        }
    }

    @Test
    void pcGradTakesOutWhatPointsAgainstAnother() {
        // h_1 = (1, 0) - (-1/2) (-1, 1) = (.5, .5); h_2 = (-1, 1) + 1 (1, 0) = (0, 1)
        assertThat(direction(new PcGrad(), ones(2), new double[][] {{1, 0}, {-1, 1}}))
                .containsExactly(new double[] {.5, 1.5}, within(1e-12));
        assertThat(direction(new PcGrad(), new double[] {1, 2}, new double[][] {{1, 0}, {1, 1}}))
                .as("no conflict, no change")
                .containsExactly(new double[] {3, 2}, within(1e-12));
        assertThat(direction(new PcGrad(), new double[] {1, 0}, new double[][] {{1, 0}, {-1, 1}}))
                .as("a task of weight 0 takes nothing out")
                .containsExactly(new double[] {1, 0}, within(1e-12));
    }

    @Test
    void pcGradIsLinearInTheWeights() {
        double[][] gradients = gradients(new Random(3), 3, 2);
        double[] one = direction(new PcGrad(), new double[] {1, 2, 3}, gradients);
        double[] twice = direction(new PcGrad(), new double[] {2, 4, 6}, gradients);
        assertThat(twice).containsExactly(Arrays.stream(one).map(x -> 2 * x).toArray(), within(1e-12));
    }

    @Test
    void caGradIsNearTheSumAndBestForTheWorst() {
        Random random = new Random(11);
        double c = 0.5;
        for (int trial = 0; trial < 50; trial++) {
            double[][] gradients = gradients(random, 3, 4);
            double[] sum = direction(new WeightedSum(), ones(3), gradients);
            double[] d = direction(new CaGrad(c), ones(3), gradients);
            double[] away = minus(d, sum);
            double radius = c * Math.sqrt(dot(sum, sum));
            assertThat(Math.sqrt(dot(away, away))).isCloseTo(radius, within(1e-9));
            for (int other = 0; other < 200; other++) {
                double[] step = random.doubles(4, -1, 1).toArray();
                double scale = radius / Math.sqrt(dot(step, step));
                double[] candidate = new double[4];
                Arrays.setAll(candidate, k -> sum[k] + scale * step[k]);
                assertThat(worst(candidate, gradients)).isLessThan(worst(d, gradients) + 1e-6);
            }
        }
    }

    private static double worst(double[] d, double[][] gradients) {
        return Stream.of(gradients)
                .mapToDouble(gradient -> dot(d, gradient))
                .min()
                .orElseThrow();
    }

    @Test
    void caGradWithoutARadiusIsTheWeightedSum() {
        double[][] gradients = gradients(new Random(1), 3, 4);
        double[] rho = {1, 0.5, 2};
        assertThat(new CaGrad(0).factors(rho, products(gradients))).containsExactly(rho, within(1e-12));
    }

    @Test
    void caGradOfTasksThatAgreeOnNothingIsTheSum() {
        assertThat(new CaGrad(0.5).factors(ones(2), products(new double[][] {{1, 0}, {-1, 0}})))
                .containsExactly(1, 1);
    }

    @ParameterizedTest
    @MethodSource("all")
    void aTaskOfWeightZeroContributesNothing(GradientCombiner combiner) {
        double[][] three = gradients(new Random(2), 3, 4);
        double[][] two = {three[0], three[2]};
        double[] with = direction(combiner, new double[] {1, 0, 2}, three);
        assertThat(with).containsExactly(direction(combiner, new double[] {1, 2}, two), within(1e-9));
        assertThat(combiner.factors(new double[] {0, 0, 0}, products(three))).containsOnly(0);
    }

    @ParameterizedTest
    @MethodSource("all")
    void theOrderOfTwoTasksIsNothing(GradientCombiner combiner) {
        double[][] gradients = gradients(new Random(4), 2, 3);
        assertThat(direction(combiner, new double[] {1, 2}, gradients))
                .containsExactly(
                        direction(combiner, new double[] {2, 1}, new double[][] {gradients[1], gradients[0]}),
                        within(1e-9));
    }

    @ParameterizedTest
    @MethodSource("all")
    void gradientsOfZeroMakeNoNumbersThatAreNone(GradientCombiner combiner) {
        double[] factors = combiner.factors(ones(3), new double[3][3]);
        assertThat(direction(factors, new double[3][2])).containsOnly(0);
    }

    @Test
    void productsThatAreNotSquareAreRefused() {
        assertThatThrownBy(() -> new PcGrad().factors(ones(2), new double[2][1]))
                .hasMessageContaining("not square");
    }

    private static double[] direction(GradientCombiner combiner, double[] rho, double[][] gradients) {
        return direction(combiner.factors(rho, products(gradients)), gradients);
    }

    private static double[] direction(double[] factors, double[][] gradients) {
        double[] sum = new double[gradients[0].length];
        for (int i = 0; i < factors.length; i++) {
            for (int k = 0; k < sum.length; k++) {
                sum[k] += factors[i] * gradients[i][k];
            }
        }
        return sum;
    }

    private static double[][] products(double[][] gradients) {
        int n = gradients.length;
        double[][] products = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                products[i][j] = dot(gradients[i], gradients[j]);
            }
        }
        return products;
    }

    private static double[][] gradients(Random random, int n, int dimensions) {
        return Stream.generate(() -> Stream.generate(random::nextGaussian)
                        .limit(dimensions)
                        .mapToDouble(x -> x)
                        .toArray())
                .limit(n)
                .toArray(double[][]::new);
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += a[k] * b[k];
        }
        return sum;
    }

    private static double[] minus(double[] a, double[] b) {
        double[] difference = new double[a.length];
        Arrays.setAll(difference, k -> a[k] - b[k]);
        return difference;
    }

    private static double[] ones(int n) {
        double[] ones = new double[n];
        Arrays.fill(ones, 1);
        return ones;
    }
}
