package dev.tribunal.methods.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.Rated;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Now;
import dev.tribunal.methods.loss.OfPair;
import dev.tribunal.methods.loss.PairLoss.Side;
import dev.tribunal.methods.loss.PairLoss.Value;
import dev.tribunal.methods.loss.Slopes;
import dev.tribunal.methods.preference.Tdpo.Version;
import dev.tribunal.methods.rollout.PairLabel;
import dev.tribunal.methods.rollout.Provenance;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The losses of pairs, by hand. */
class PreferenceTest {

    @Test
    void dpo() {
        Value value = new Dpo(0.1).of(ratio(2), ratio(-3));
        assertThat(value.loss()).isCloseTo(.474077, within(5e-7));
        assertThat(value.chosen()).isEqualTo(-0.1 / (1 + Math.exp(0.5)));
        assertThat(value.rejected()).isEqualTo(-value.chosen());
        assertThat(new Dpo(0.1).of(ratio(1), ratio(1)).loss()).isCloseTo(Math.log(2), within(1e-15));
    }

    @Test
    void ipoIsSatisfiedAtItsTarget() {
        Side chosen = new Side(0, 4 * 3, Double.NaN, 4);
        Side rejected = new Side(0, -2 * 5, Double.NaN, 5);
        Value value = new Ipo(0.1).of(chosen, rejected); // means 3 and -2, delta 5 = 1/(2 * 0.1)
        assertThat(value.loss()).isZero();
        assertThat(value.chosen()).isZero();
        Value above = new Ipo(0.1).of(new Side(0, 4 * 4, Double.NaN, 4), rejected);
        assertThat(above.loss()).isEqualTo(1);
        assertThat(above.chosen()).as("too far is too far").isEqualTo(2 / 4.0);
        assertThat(above.rejected()).isEqualTo(-2 / 5.0);
    }

    @Test
    void simPo() {
        Value value = new SimPo(2, 1).of(logProb(-.5 * 4, 4), logProb(-.9 * 10, 10));
        assertThat(value.loss()).isCloseTo(.798139, within(5e-7));
        double slope = 2 / (1 + Math.exp(-.2));
        assertThat(value.chosen()).isCloseTo(-slope / 4, within(1e-12));
        assertThat(value.rejected()).isCloseTo(slope / 10, within(1e-12));
    }

    @Test
    void cpo() {
        Value value = new Cpo(0.1, 0).of(logProb(-20, 8), logProb(-26, 3));
        assertThat(value.loss()).isCloseTo(.437488, within(5e-7));
        Value withLikelihood = new Cpo(0.1, 1).of(logProb(-20, 8), logProb(-26, 3));
        assertThat(withLikelihood.loss()).isCloseTo(value.loss() + 20 / 8.0, within(1e-12));
        assertThat(withLikelihood.chosen()).isCloseTo(value.chosen() - 1 / 8.0, within(1e-15));
        assertThat(withLikelihood.rejected()).isEqualTo(value.rejected());
    }

    /** Chosen completions of 1 and 3 tokens, -1 and -9 nats: a mean over tokens of 2.5, and not of 1 and 3. */
    @Test
    void cposLikelihoodIsAMeanOverTheMinibatchsTokens() {
        List<RatedGroup> batch = List.of(
                Rated.group(
                        Rated.given(Provenance.CHOSEN).logProbs(-1),
                        Rated.given(Provenance.REJECTED).logProbs(-1)),
                Rated.group(
                        Rated.given(Provenance.CHOSEN).logProbs(-2, -3, -4),
                        Rated.given(Provenance.REJECTED).logProbs(-9)));
        double loss = new Cpo(0.1, 2)
                .optimizer().terms(batch).stream()
                        .mapToDouble(term -> Rated.slopes(term).loss())
                        .sum();
        assertThat(loss).isCloseTo(Math.log(2) + 2 * 2.5, within(1e-12));
    }

    /** Vocabulary 2, one token; the reference is (.5, .5), the policy (.8, .2) for the chosen and (.6, .4) else. */
    @Test
    void tdpo() {
        double klOfChosen = Math.log(.5) - (Math.log(.8) + Math.log(.2)) / 2;
        double klOfRejected = Math.log(.5) - (Math.log(.6) + Math.log(.4)) / 2;
        assertThat(klOfChosen).isCloseTo(.223144, within(5e-7));
        assertThat(klOfRejected).isCloseTo(.020411, within(5e-7));
        Side chosen = new Side(Math.log(.8), Math.log(.8 / .5), klOfChosen, 1);
        Side rejected = new Side(Math.log(.4), Math.log(.4 / .5), klOfRejected, 1);

        Value one = new Tdpo(Version.TDPO1, 0.1, 0.5).of(chosen, rejected);
        Value two = new Tdpo(Version.TDPO2, 0.1, 0.5).of(chosen, rejected);
        assertThat(new Dpo(0.1).of(chosen, rejected).loss()).isCloseTo(.659090, within(5e-7));
        assertThat(one.loss()).isCloseTo(.649356, within(5e-7));
        assertThat(two.loss()).isCloseTo(.654210, within(5e-7));
        assertThat(one.chosenKl()).isEqualTo(-one.rejectedKl()).isNegative();
        assertThat(two.chosenKl())
                .as("no gradient through the chosen side's KL")
                .isZero();
        assertThat(two.rejectedKl()).isEqualTo(0.5 * two.rejected()).isPositive();
        Side atReference = new Side(-1, 0, 0, 1);
        assertThat(new Tdpo(Version.TDPO1, 0.1, 0.5)
                        .of(atReference, atReference)
                        .loss())
                .isCloseTo(Math.log(2), within(1e-15));
    }

    /** With a margin m of 0.5: softplus(-m) = .474077, softplus(m) = .974077. */
    @Test
    void dpoUnderWrongLabels() {
        Value smoothed = new Dpo(0.1, 0.1, false, 0).of(ratio(2), ratio(-3));
        assertThat(smoothed.loss()).isCloseTo(.9 * .474077 + .1 * .974077, within(1e-6));
        double sigma = 1 / (1 + Math.exp(0.5)); // sigma(-m)
        assertThat(smoothed.chosen()).isCloseTo(-0.1 * (.9 * sigma - .1 * (1 - sigma)), within(1e-12));
        assertThat(smoothed.rejected()).isCloseTo(-smoothed.chosen(), within(1e-12));

        Value robust = new Dpo(0.1, 0.1, true, 0).of(ratio(2), ratio(-3));
        assertThat(robust.loss()).isCloseTo((.9 * .474077 - .1 * .974077) / .8, within(1e-6));
        assertThat(.9 * robust.loss()
                        + .1
                                * new Dpo(0.1, 0.1, true, 0)
                                        .of(ratio(-3), ratio(2))
                                        .loss())
                .as("over labels of which a tenth is wrong it is what DPO says of the right ones")
                .isCloseTo(new Dpo(0.1).of(ratio(2), ratio(-3)).loss(), within(1e-12));
    }

    /** Smoothing aims at a finite margin: sigma(m) = 1 - e. */
    @Test
    void smoothedLabelsAreSatisfiedAtTheirShare() {
        Value value = new Dpo(1, 0.2, false, 0).of(ratio(Math.log(4)), ratio(0));
        assertThat(value.chosen()).isCloseTo(0, within(1e-12));
    }

    /** m = 0.5 - 2 * 0.25 = 0; the other label's margin is the negative. */
    @Test
    void dposOffsetIsTheRowsMargin() {
        Dpo odpo = new Dpo(0.1, 0, false, 2);
        assertThat(odpo.of(ratio(2), ratio(-3), 0.25).loss()).isCloseTo(Math.log(2), within(1e-12));
        assertThat(odpo.of(ratio(2), ratio(-3)).loss()).isCloseTo(.474077, within(5e-7));
        assertThat(new Dpo(0.1).of(ratio(2), ratio(-3), 0.25).loss()).isCloseTo(.474077, within(5e-7));
        assertThat(new Dpo(0.1, 0.1, false, 2).of(ratio(2), ratio(-3), 0.25).loss())
                .isCloseTo(Math.log(2), within(1e-12));
    }

    @Test
    void aRowsProbabilityWeighsBothLabelsAsSmoothingDoes() {
        List<RatedRollout> rollouts = Rated.group(
                        Rated.given(Provenance.CHOSEN).logProbs(-1, -2).reference(-2, -2),
                        Rated.given(Provenance.REJECTED).logProbs(-1).reference(-3))
                .rollouts();
        Slopes soft = Rated.slopes(new Dpo(0.4, 0, false, 0.7)
                .optimizer()
                .terms(List.of(new RatedGroup(rollouts, 0, 0, new PairLabel(0.8, 1.5, "all"))))
                .getFirst());
        Slopes smoothed = Rated.slopes(new Dpo(0.4, 0.2, false, 0.7)
                .optimizer()
                .terms(List.of(new RatedGroup(rollouts, 0, 0, new PairLabel(1.0, 1.5, "all"))))
                .getFirst());
        assertThat(soft.loss()).isCloseTo(smoothed.loss(), within(1e-12));
        assertThat(soft.rollouts().getFirst().logProbs())
                .containsExactly(smoothed.rollouts().getFirst().logProbs(), within(1e-12));
        Slopes certain = Rated.slopes(new Dpo(0.4, 0, false, 0.7)
                .optimizer()
                .terms(List.of(new RatedGroup(rollouts, 0, 0, new PairLabel(1.0, 1.5, "all"))))
                .getFirst());
        assertThat(soft.loss()).isNotCloseTo(certain.loss(), within(1e-3));
    }

    @Test
    void aLossSaysWhichCompletionThePolicyPrefers() {
        OfPair pair = (OfPair) new Dpo(0.1, 0, false, 5)
                .optimizer()
                .terms(List.of(Rated.group(
                        Rated.given(Provenance.CHOSEN).reference(-1, -1, -1),
                        Rated.given(Provenance.REJECTED).reference(-2, -2, -2))))
                .getFirst();
        Now same = new Now(new double[] {-2, -2, -2}); // log-ratios of -3 and 0
        Now risen = new Now(new double[] {-0.5, -0.5, -0.5});
        assertThat(pair.agreement(List.of(same, same))).isZero();
        assertThat(pair.agreement(List.of(risen, same))).isEqualTo(1);
        assertThat(pair.agreement(List.of(new Now(new double[] {-1, -1, -1}), same)))
                .isEqualTo(0.5);
    }

    @Test
    void cpl() {
        Side chosen = logProb(-2, 3);
        Side rejected = logProb(-5, 3);
        Value biased = new Cpl(0.1, 0.5, 1, false, true).of(chosen, rejected); // S = -0.2 and -0.5
        assertThat(biased.loss()).isCloseTo(.668460, within(5e-7));
        assertThat(biased.rejected()).isEqualTo(-0.5 * biased.chosen()).isPositive();
        Cpl unbiased = new Cpl(0.1, 1, 1, false, true);
        assertThat(unbiased.of(chosen, rejected).loss()).isCloseTo(.554355, within(5e-7));

        Side less = logProb(-2 - 7, 3);
        Side lessRejected = logProb(-5 - 7, 3);
        assertThat(new Cpl(0.1, 0.5, 1, false, true).of(less, lessRejected).loss())
                .as("both less likely: conservative")
                .isGreaterThan(biased.loss() + 0.1);
        assertThat(unbiased.of(less, lessRejected).loss()).isCloseTo(.554355, within(5e-7));
    }

    /** Log-probs (-1, -2, -4) and (-3, -1), gamma 1/2: S+ = -1 - 1 = -2, of the first two tokens, S- = -3 - 1/2. */
    @Test
    void cplDiscountsTokensAndComparesAsManyOfBoth() {
        RatedGroup pair = Rated.group(
                Rated.given(Provenance.CHOSEN).logProbs(-1, -2, -4),
                Rated.given(Provenance.REJECTED).logProbs(-3, -1));
        Slopes slopes = Rated.slopes(
                new Cpl(1, 1, 0.5, false, true).optimizer().terms(List.of(pair)).getFirst());
        double slope = 1 / (1 + Math.exp(1.5));
        assertThat(slopes.loss()).isCloseTo(Math.log1p(Math.exp(-1.5)), within(1e-12));
        assertThat(slopes.rollouts().getFirst().logProbs())
                .containsExactly(new double[] {-slope, -slope / 2, 0}, within(1e-12));
        assertThat(slopes.rollouts().getLast().logProbs())
                .containsExactly(new double[] {slope, slope / 2}, within(1e-12));

        Slopes whole = Rated.slopes(new Cpl(1, 1, 0.5, false, false)
                .optimizer()
                .terms(List.of(pair))
                .getFirst());
        assertThat(whole.loss()).as("S+ = -3").isCloseTo(Math.log1p(Math.exp(-0.5)), within(1e-12));
    }

    @Test
    void farApartMarginsOverflowNowhere() {
        assertThat(new Dpo(1).of(ratio(2000), ratio(-2000)).loss()).isZero();
        assertThat(new Dpo(1).of(ratio(-2000), ratio(2000)).loss()).isEqualTo(4000);
        assertThat(new Dpo(1).of(ratio(-2000), ratio(2000)).chosen()).isEqualTo(-1);
        assertThat(new Dpo(1).of(ratio(2000), ratio(-2000)).chosen()).isZero();
    }

    @Test
    void givenPairsAreAveragedAndTheirPolicyIsTheForwardPasses() {
        RatedGroup pair = Rated.group(
                Rated.given(Provenance.REJECTED).reference(-1, -1, -1),
                Rated.given(Provenance.CHOSEN).reference(-2, -2, -2));
        RatedGroup none = Rated.group(Rated.given(Provenance.CHOSEN));
        List<LossTerm> terms = new Dpo(0.1).optimizer().terms(List.of(pair, none));
        assertThat(terms).hasSize(1);
        assertThat(Rated.roles(terms, pair)).containsExactly("rejected", "chosen");

        Now chosen = new Now(new double[] {-1, -2, -1}); // a log-ratio of 2
        Now rejected = new Now(new double[] {-2, -2, -2}); // of -3
        Slopes slopes = terms.getFirst().slopes(List.of(chosen, rejected));
        assertThat(slopes.loss()).isCloseTo(.4740769841801067 / 2, within(1e-12));
        assertThat(slopes.rollouts().getFirst().logProbs()).containsOnly(-0.1 / (1 + Math.exp(0.5)) / 2);
        assertThat(slopes.rollouts().getFirst().tokenKl()).isNull();
    }

    @Test
    void aTokenKlThatIsMissingIsNamed() {
        RatedGroup pair = Rated.group(Rated.given(Provenance.CHOSEN), Rated.given(Provenance.REJECTED));
        LossTerm term = new Tdpo(Version.TDPO2, 0.1, 0.5)
                .optimizer()
                .terms(List.of(pair))
                .getFirst();
        assertThatThrownBy(() -> Rated.slopes(term)).hasMessageContaining("token KL");
    }

    private static Side ratio(double logRatio) {
        return new Side(Double.NaN, logRatio, Double.NaN, 3);
    }

    private static Side logProb(double logProb, int tokens) {
        return new Side(logProb, Double.NaN, Double.NaN, tokens);
    }
}
