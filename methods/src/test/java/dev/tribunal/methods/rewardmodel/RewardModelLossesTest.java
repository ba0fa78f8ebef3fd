package dev.tribunal.methods.rewardmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.loss.AnnotatorReliability;
import dev.tribunal.methods.loss.Logistic;
import dev.tribunal.methods.rewardmodel.Brme.Fit;
import dev.tribunal.methods.rewardmodel.PairObjective.Value;
import dev.tribunal.methods.rollout.PairLabel;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class RewardModelLossesTest {

    private static final PairLabel VOTED = new PairLabel(0.8, 2.0, "anna");
    private static final BradleyTerry MARGIN = new BradleyTerry(0, true, false, 0);
    private static final BradleyTerry SMOOTHED = new BradleyTerry(0, false, false, 0.5);
    private static final BradleyTerry SOFT = new BradleyTerry(0, false, true, 0);

    private static Value plain(double chosen, double rejected) {
        return BradleyTerry.PLAIN.of(chosen, rejected, VOTED);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0.6931471805599453", // log 2
        "1, 0, 0.3132616875182228", // log(1 + 1/e)
        "0, 1, 1.3132616875182228",
        "2.5, -0.5, 0.04858735157374196", // log(1 + exp(-3))
    })
    void theLossOfOnePair(double chosen, double rejected, double loss) {
        assertThat(plain(chosen, rejected).loss()).isCloseTo(loss, within(1e-15));
        assertThat(BradleyTerry.loss(chosen, rejected)).isCloseTo(loss, within(1e-15));
    }

    @ParameterizedTest
    @CsvSource({"0, 0, -0.5", "1, 0, -0.2689414213699951", "0, 1, -0.7310585786300049"})
    void theSlopeOfOnePair(double chosen, double rejected, double slope) {
        assertThat(plain(chosen, rejected).slope()).isCloseTo(slope, within(1e-15));
    }

    @Test
    void farApartScoresOverflowNowhere() {
        assertThat(plain(2000, -2000)).isEqualTo(new Value(0, 0));
        assertThat(plain(-2000, 2000)).isEqualTo(new Value(4000, -1));
    }

    /** Without a margin, smoothing or soft labels it is, to the last bit, -1 / (1 + exp(r_c - r_r)). */
    @Test
    void theDefaultIsThePlainLossToTheLastBit() {
        Random random = new Random(7);
        for (int i = 0; i < 1000; i++) {
            double chosen = 20 * random.nextDouble() - 10;
            double rejected = 20 * random.nextDouble() - 10;
            assertThat(plain(chosen, rejected).slope()).isEqualTo(-1 / (1 + Math.exp(chosen - rejected)));
        }
    }

    /** d = 1 and mu = 2 inside of the sigmoid; outside of it the slope would be that without a margin. */
    @Test
    void aMarginInsideOfTheSigmoidChangesTheSlope() {
        assertThat(MARGIN.of(1, 0, VOTED).loss()).isCloseTo(1.31326, within(5e-6));
        assertThat(MARGIN.of(1, 0, VOTED).slope()).isCloseTo(-.7311, within(5e-5));
        assertThat(plain(1, 0).slope()).isCloseTo(-.2689, within(5e-5));
        assertThat(MARGIN.of(1, 0, PairLabel.CERTAIN)).isEqualTo(plain(1, 0));
        assertThat(new BradleyTerry(2, false, false, 0).of(1, 0, PairLabel.CERTAIN))
                .isEqualTo(MARGIN.of(1, 0, VOTED));
    }

    /** With a = 1/2 both orders are as likely, and the least loss is where the scores are equal. */
    @Test
    void halfSmoothedLabelsWantEqualScores() {
        assertThat(SMOOTHED.of(0, 0, PairLabel.CERTAIN).slope()).isZero();
        assertThat(SMOOTHED.of(.5, 0, PairLabel.CERTAIN).loss())
                .isGreaterThan(SMOOTHED.of(0, 0, PairLabel.CERTAIN).loss())
                .isCloseTo(SMOOTHED.of(0, .5, PairLabel.CERTAIN).loss(), within(1e-15));
    }

    /** The least loss of a label of which 4 in 5 are right is where sigma(d) = .8. */
    @Test
    void aSoftLabelIsTheProbabilityThatIsAimedAt() {
        assertThat(SOFT.of(Math.log(4), 0, VOTED).slope()).isCloseTo(0, within(1e-15));
        assertThat(SOFT.of(1, 0, VOTED).loss()).isCloseTo(.8 * .313262 + .2 * 1.313262, within(1e-6));
        assertThat(SOFT.of(1, 0, PairLabel.CERTAIN)).isEqualTo(plain(1, 0));
    }

    /** Smoothing by a is a soft label of 1 - a. */
    @Test
    void smoothingIsASoftLabel() {
        Value smoothed = new BradleyTerry(0, false, false, .2).of(1.5, .25, PairLabel.CERTAIN);
        assertThat(smoothed.loss()).isEqualTo(SOFT.of(1.5, .25, VOTED).loss());
    }

    static List<PairObjective> objectives() {
        return List.of(
                BradleyTerry.PLAIN,
                MARGIN,
                SOFT,
                new BradleyTerry(.5, true, true, .1),
                new Linear(),
                new Lcpo(BradleyTerry.PLAIN, 1, .9).objective());
    }

    /** Eq. 10 pulls at every pair alike, eq. 11 at those that are not told apart yet. */
    @Test
    void theLinearLossPullsAtEveryPairAlike() {
        assertThat(new Linear().of(3, 0, VOTED)).isEqualTo(new Value(-3, -1));
        assertThat(new Linear().of(0, 0, VOTED).slope()).isEqualTo(-1);
        assertThat(plain(0, 0).slope()).isEqualTo(-.5);
        assertThat(plain(3, 0).slope()).isCloseTo(-.0474, within(5e-5));
    }

    @ParameterizedTest
    @MethodSource("objectives")
    void slopesAreTheLosssDifferences(PairObjective objective) {
        for (double d : new double[] {-3, -.4, 0, 1.5, 4}) {
            assertThat(objective.of(d, 0, VOTED).slope())
                    .isCloseTo(difference(x -> objective.of(x, 0, VOTED).loss(), d), within(1e-8));
            assertThat(-objective.of(0, d, VOTED).slope())
                    .isCloseTo(difference(x -> objective.of(0, x, VOTED).loss(), d), within(1e-8));
        }
    }

    private static double difference(DoubleUnaryOperator function, double at) {
        double h = 1e-5;
        return (function.applyAsDouble(at + h) - function.applyAsDouble(at - h)) / (2 * h);
    }

    /** As worked out by hand. */
    @ParameterizedTest
    @CsvSource({".7311, .8, .9158", ".2, .8, .5", ".5, .8, .8", ".3, .5, .3", ".3, 1, 1"})
    void lcpoWeighsALabelByItsAnnotatorAndTheModel(double p, double eta, double weight) {
        assertThat(AnnotatorReliability.posterior(eta, -Math.log(p), -Math.log(1 - p)))
                .isCloseTo(weight, within(5e-5));
    }

    /** w goes into the slope as a number: w slope(w, l) less (1 - w) slope(l, w). */
    @Test
    void noGradientGoesThroughLcposWeight() {
        Value value = new Lcpo(BradleyTerry.PLAIN, .8, 1).objective().learn(1, 0, PairLabel.CERTAIN);
        assertThat(value.loss()).isCloseTo(.91578 * .313262 + .08422 * 1.313262, within(1e-5));
        assertThat(value.slope()).isCloseTo(-.91578 * .268941 + .08422 * .731059, within(1e-5));
    }

    @Test
    void lcpoWithPerfectAnnotatorsIsItsLoss() {
        PairObjective lcpo = new Lcpo(MARGIN, 1, .5).objective();
        assertThat(lcpo.learn(1, .2, VOTED)).isEqualTo(MARGIN.of(1, .2, VOTED));
        lcpo.stepped();
        assertThat(lcpo.reliability()).isEqualTo(Map.of("anna", 1.0));
    }

    /** Were the other completion the better one, it would be so by as much. */
    @Test
    void lcpoTurnsAMarginWithItsPair() {
        BradleyTerry adaptive = new BradleyTerry(0, true, false, 0);
        Value value = new Lcpo(adaptive, .8, 1).objective().of(1, 0, new PairLabel(null, 3.0, "anna"));
        double given = Logistic.loss(1 - 3);
        double turned = Logistic.loss(-1 + 3);
        double w = AnnotatorReliability.posterior(.8, given, turned);
        assertThat(value.loss()).isCloseTo(w * given + (1 - w) * turned, within(1e-15));
    }

    /** With the true scores and three in ten labels turned around, eta becomes .7; an honest annotator's goes to 1. */
    @Test
    void lcpoFindsOutHowOftenAnAnnotatorIsRight() {
        PairObjective lcpo = new Lcpo(BradleyTerry.PLAIN, .9, .98).objective();
        Random random = new Random(3);
        for (int step = 0; step < 4000; step++) {
            for (int i = 0; i < 8; i++) {
                // Preferences are drawn as Bradley and Terry say, so that p is calibrated.
                double d = 6 * random.nextDouble() - 3;
                boolean preferred = random.nextDouble() < 1 / (1 + Math.exp(-d));
                boolean turned = i < 4 && random.nextDouble() < .3;
                lcpo.learn(
                        preferred == turned ? 0 : d,
                        preferred == turned ? d : 0,
                        new PairLabel(null, null, i < 4 ? "hasty" : "careful"));
            }
            lcpo.stepped();
        }
        assertThat(lcpo.reliability().get("hasty")).isCloseTo(.7, within(.06));
        assertThat(lcpo.reliability().get("careful")).isGreaterThan(.95);
    }

    @Test
    void lcpoNeverTakesLabelsForTheirOpposite() {
        PairObjective lcpo = new Lcpo(BradleyTerry.PLAIN, .6, 0).objective();
        lcpo.learn(-9, 9, VOTED);
        lcpo.stepped();
        assertThat(lcpo.reliability()).isEqualTo(Map.of("anna", .5));
    }

    @Test
    void ratedAnswersAreRegressedOn() {
        assertThat(SquaredError.loss(1.5, 4)).isEqualTo(6.25);
        assertThat(SquaredError.slope(1.5, 4)).isEqualTo(-5);
        assertThat(SquaredError.slope(1.5, 4)).isCloseTo(difference(x -> SquaredError.loss(x, 4), 1.5), within(1e-8));
    }

    @Test
    void aHeadClassifiesByItsCrossEntropy() {
        double[] logits = {0, Math.log(2), Math.log(5)}; // probabilities 1/8, 2/8, 5/8
        assertThat(Classification.probabilities(logits)).containsExactly(new double[] {.125, .25, .625}, within(1e-15));
        assertThat(Classification.loss(logits, 1)).isCloseTo(Math.log(4), within(1e-15));
        assertThat(Classification.slopes(logits, 1)).containsExactly(new double[] {.125, -.75, .625}, within(1e-15));
        assertThat(Classification.expectedIndex(new double[] {.125, .25, .625})).isEqualTo(1.5);
        assertThat(Classification.indexDeviation(new double[] {.125, .25, .625}))
                .isCloseTo(Math.sqrt(.5), within(1e-15));
        assertThat(Classification.loss(new double[] {2000, 0}, 1)).isEqualTo(2000);
        for (int i = 0; i < 3; i++) {
            int moved = i;
            assertThat(Classification.slopes(logits, 1)[i])
                    .isCloseTo(
                            difference(
                                    x -> {
                                        double[] at = logits.clone();
                                        at[moved] = x;
                                        return Classification.loss(at, 1);
                                    },
                                    logits[i]),
                            within(1e-8));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHeadsSlopesAreItsLosssDifferences(Fit fit) {
        Brme brme = new Brme(5, BradleyTerry.PLAIN, fit, 1, null, 32);
        double eps = -.7;
        for (double mean : new double[] {-1, .3, 2}) {
            for (double output : new double[] {-2, 0, 1.5}) {
                Brme.Value value = brme.of(mean, output, .5, eps);
                assertThat(value.mean())
                        .isCloseTo(difference(x -> brme.of(x, output, .5, eps).loss(), mean), within(1e-7));
                assertThat(value.output())
                        .isCloseTo(difference(x -> brme.of(mean, x, .5, eps).loss(), output), within(1e-7));
            }
        }
        assertThat(Brme.deviation(0)).isCloseTo(Math.log(2), within(1e-15));
        assertThat(Brme.deviation(-2000)).isZero();
        assertThat(Brme.deviation(2000)).isEqualTo(2000);
    }

    /** Card 9: the nominal reward is the mean of the head with the least deviation. */
    @Test
    void theSurestHeadIsNominal() {
        assertThat(Brme.surest(List.of(.1, .5, .3))).isZero();
        assertThat(Brme.surest(List.of(.5, .1, .3))).isEqualTo(1);
        assertThat(Brme.surest(List.of(.2, .2))).isZero();
    }

    /** With likelihood, the best deviation is the size of the error. */
    @Test
    void likelihoodFindsTheSizeOfTheError() {
        Brme brme = new Brme(1, BradleyTerry.PLAIN, Fit.LIKELIHOOD, 1, null, 32);
        double output = Math.log(Math.expm1(.5)); // sigma = .5
        assertThat(brme.of(1.5, output, 1, 0).output()).isCloseTo(0, within(1e-12));
    }
}
