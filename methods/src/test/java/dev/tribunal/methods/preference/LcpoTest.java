package dev.tribunal.methods.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.Rated;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Now;
import dev.tribunal.methods.loss.Observed;
import dev.tribunal.methods.loss.PairLoss.Side;
import dev.tribunal.methods.loss.PairLoss.Value;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.preference.Lcpo.Corrected;
import dev.tribunal.methods.rollout.PairLabel;
import dev.tribunal.methods.rollout.Provenance;
import dev.tribunal.methods.rollout.RatedGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Label-corrected preference optimization: DPO with beta 1, whose p is sigma of the difference of the log-ratios. */
class LcpoTest {

    private static final Dpo DPO = new Dpo(1);

    /** The probability that a label is right, from what the policy holds of it and the annotator's reliability. */
    @ParameterizedTest
    @CsvSource({
        ".7310586, .8, .9158",
        ".2, .8, .5",
        ".5, .8, .8",
        ".5, .6, .6",
        ".2, .5, .2",
        ".7310586, .5, .7310586",
        ".2, 1, 1",
        ".001, 1, 1"
    })
    void aLabelIsRightByTheReliabilityAndThePolicy(double p, double eta, double w) {
        assertThat(new Corrected(DPO, eta).posterior(ratio(Math.log(p / (1 - p))), ratio(0), 0))
                .isCloseTo(w, within(5e-5));
    }

    /** p = .2 and eta = .8, so that w = .5: as much of either label. */
    @Test
    void bothLabelsAreLearntByTheirProbability() {
        Side chosen = ratio(Math.log(.2 / .8));
        Value value = new Corrected(DPO, .8).of(chosen, ratio(0));
        Value given = DPO.of(chosen, ratio(0));
        Value swapped = DPO.of(ratio(0), chosen);

        assertThat(value.chosen()).isCloseTo((given.chosen() + swapped.rejected()) / 2, within(1e-12));
        assertThat(value.rejected()).isCloseTo((given.rejected() + swapped.chosen()) / 2, within(1e-12));
        assertThat(value.loss()).as("-log(.8 * .2 + .2 * .8)").isCloseTo(-Math.log(.32), within(1e-12));
    }

    @Test
    void anAnnotatorWhoIsAlwaysRightLeavesTheLossAsItIs() {
        Side chosen = ratio(-3);
        assertThat(new Corrected(DPO, 1).of(chosen, ratio(2))).isEqualTo(DPO.of(chosen, ratio(2)));
    }

    /**
     * Pairs whose true label is drawn from what the policy holds, and a share of labels that is turned around, by two
     * annotators: eta finds the share that is right.
     */
    @Test
    void reliabilityConvergesToTheShareOfRightLabels() {
        PolicyOptimizer optimizer = new Lcpo(DPO, 0.95, 0.98, 0.51).optimizer();
        Random random = new Random(5);
        for (int step = 0; step < 600; step++) {
            List<RatedGroup> batch = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                boolean careful = random.nextBoolean();
                double gap = 3 * random.nextGaussian();
                boolean first = random.nextDouble() < 1 / (1 + Math.exp(-gap));
                boolean turned = random.nextDouble() < (careful ? 0.1 : 0.3);
                batch.add(pair(first == turned ? -gap : gap, careful ? "careful" : "hasty"));
            }
            learn(optimizer, batch);
        }
        assertThat(optimizer.state().get("careful")).isCloseTo(0.9, within(0.03));
        assertThat(optimizer.state().get("hasty")).isCloseTo(0.7, within(0.03));
        assertThat(optimizer.metrics().keySet()).containsExactlyInAnyOrder("eta.careful", "eta.hasty");
    }

    /** The labels of a policy that is sure of the opposite. */
    @Test
    void reliabilityStaysAboveOneHalf() {
        PolicyOptimizer optimizer = new Lcpo(DPO, 0.8, 0.5, 0.55).optimizer();
        for (int step = 0; step < 20; step++) {
            learn(optimizer, List.of(pair(-9, "contrary")));
        }
        assertThat(optimizer.state()).containsEntry("contrary", 0.55);
        assertThat(weightOfChosen(optimizer, pair(-9, "contrary")))
                .as("w (1 - p) - (1 - w) p, which has the sign of eta - (1 - eta): doubted, and not turned around")
                .isPositive()
                .isLessThan(1e-3);
    }

    @Test
    void oneStepMovesEtaByTheMomentum() {
        PolicyOptimizer optimizer = new Lcpo(DPO, 0.8, 0.9, 0.51).optimizer();
        learn(optimizer, List.of(pair(Math.log(.2 / .8), "all"), pair(1, "all"))); // w = .5 and .9158
        assertThat(optimizer.state().get("all")).isCloseTo(.9 * .8 + .1 * (.5 + .9158) / 2, within(1e-5));
        assertThat(optimizer.metrics()).containsOnlyKeys("eta.all");
        assertThat(new Lcpo(DPO, 0.8, 1, 0.51).optimizer())
                .satisfies(frozen -> learn(frozen, List.of(pair(1, "all"))))
                .extracting(PolicyOptimizer::state)
                .isEqualTo(Map.of("all", 0.8));
    }

    @Test
    void aRestoredOneGoesOnAsTheOtherWould() {
        PolicyOptimizer optimizer = new Lcpo(DPO, 0.8, 0.5, 0.51).optimizer();
        learn(optimizer, List.of(pair(2, "a"), pair(-1, "b")));
        PolicyOptimizer restored = new Lcpo(DPO, 0.8, 0.5, 0.51).optimizer();
        restored.restore(optimizer.state());
        for (PolicyOptimizer each : List.of(optimizer, restored)) {
            learn(each, List.of(pair(1, "a")));
        }
        assertThat(restored.state()).isEqualTo(optimizer.state());
        assertThat(weightOfChosen(restored, pair(1, "b"))).isEqualTo(weightOfChosen(optimizer, pair(1, "b")));
    }

    private static void learn(PolicyOptimizer optimizer, List<RatedGroup> batch) {
        optimizer.observe(optimizer.terms(batch).stream()
                .map(term -> new Observed(
                        term,
                        term.members().stream()
                                .map(member -> Now.whenSampled(member.rollout()))
                                .toList()))
                .toList());
    }

    /** The weight of the chosen completion's likelihood in the ascent direction. */
    private static double weightOfChosen(PolicyOptimizer optimizer, RatedGroup pair) {
        LossTerm term = optimizer.terms(List.of(pair)).getFirst();
        return -Rated.slopes(term).rollouts().getFirst().logProbs()[0];
    }

    /** @param gap of the log-ratios */
    private static RatedGroup pair(double gap, String annotator) {
        RatedGroup pair = Rated.group(Rated.given(Provenance.CHOSEN).logRatio(gap), Rated.given(Provenance.REJECTED));
        return new RatedGroup(pair.rollouts(), 0, 0, new PairLabel(0.3, 0.0, annotator));
    }

    private static Side ratio(double logRatio) {
        return new Side(Double.NaN, logRatio, Double.NaN, 3);
    }
}
