package dev.tribunal.methods.online;

import static dev.tribunal.methods.Rated.advantages;
import static dev.tribunal.methods.Rated.logProbSlopes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.Need;
import dev.tribunal.methods.Rated;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Now;
import dev.tribunal.methods.online.Grpo.Importance;
import dev.tribunal.methods.online.Grpo.Mean;
import dev.tribunal.methods.rollout.RatedGroup;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** GRPO and the variants that are its hyperparameters. */
class GrpoTest {

    private static final Grpo GRPO = grpo(Importance.TOKEN, Mean.SEQUENCE, true, 0);

    /** Rewards 1, 2, 3, 6; mean 3, standard deviation 2.1602; 1, 2, 3 and 4 tokens. */
    private final RatedGroup golden = Rated.group(
            Rated.of(1).logProbs(-1),
            Rated.of(2).logProbs(-1, -2),
            Rated.of(3).logProbs(-1, -2, -3),
            Rated.of(6).logProbs(-1, -2, -3, -4));

    private static Grpo grpo(Importance importance, Mean mean, boolean scale, double beta) {
        return new Grpo(0.2, 0.2, importance, mean, mean == Mean.LENGTH ? 8 : null, scale, beta, 0, false);
    }

    @Test
    void advantagesAreTheGroupsStandardScores() {
        assertThat(advantages(GRPO.terms(List.of(golden)), golden))
                .containsExactly(new double[] {-.9257772446, -.4628886223, 0, 1.3886658669}, within(1e-10));
        assertThat(advantages(grpo(Importance.TOKEN, Mean.SEQUENCE, false, 0).terms(List.of(golden)), golden))
                .as("Dr. GRPO does not divide")
                .containsExactly(-2, -1, 0, 3);
    }

    @Test
    void theMeanSaysWhatATokenWeighs() {
        double[] first = {-2 / 4.0 / 1, -2 / 10.0, -2 / 4.0 / 8};
        double[] last = {3 / 4.0 / 4, 3 / 10.0, 3 / 4.0 / 8};
        Mean[] means = {Mean.SEQUENCE, Mean.TOKEN, Mean.LENGTH};
        for (int i = 0; i < means.length; i++) {
            List<LossTerm> terms = grpo(Importance.TOKEN, means[i], false, 0).terms(List.of(golden));
            assertThat(logProbSlopes(terms, golden.rollouts().getFirst()))
                    .as("%s", means[i])
                    .containsOnly(new double[] {-first[i]}, within(1e-15));
            assertThat(logProbSlopes(terms, golden.rollouts().getLast()))
                    .as("%s", means[i])
                    .containsOnly(new double[] {-last[i]}, within(1e-15));
        }
    }

    @Test
    void clipHigherLetsALikelierTokenBeFollowedFurther() {
        Now now = new Now(new double[] {-1 + Math.log(1.25), -2, -3, -4});
        double[] clipped = slopes(GRPO, now);
        double[] followed = slopes(new Grpo(0.2, 0.28, Importance.TOKEN, Mean.SEQUENCE, null, true, 0, 0, false), now);
        assertThat(clipped[0]).isZero();
        assertThat(followed[0]).isCloseTo(-1.25 * 1.3886658669 / 16, within(1e-10));
        assertThat(followed[1]).isEqualTo(clipped[1]).isNegative();
    }

    /** GSPO: the ratio is the geometric mean, so that one token alone is not clipped, and all have one slope. */
    @Test
    void importanceOfTheSequenceIsTheGeometricMean() {
        Now now = new Now(new double[] {-1 + Math.log(1.5), -2, -3, -4});
        double[] slopes = slopes(grpo(Importance.SEQUENCE, Mean.SEQUENCE, true, 0), now);
        assertThat(slopes).containsOnly(new double[] {-Math.pow(1.5, 0.25) * 1.3886658669 / 16}, within(1e-10));
        Now far = new Now(new double[] {-1 + Math.log(2.5), -2, -3, -4}); // 2.5^(1/4) is 1.257
        assertThat(slopes(grpo(Importance.SEQUENCE, Mean.SEQUENCE, true, 0), far))
                .containsOnly(0);
    }

    private double[] slopes(Grpo grpo, Now now) {
        return grpo.terms(List.of(golden))
                .getLast()
                .slopes(List.of(now))
                .rollouts()
                .getFirst()
                .logProbs();
    }

    @Test
    void theKlPenaltyIsKThreeAndNeverNegative() {
        RatedGroup group = Rated.group(
                Rated.of(1).logProbs(-1, -1).reference(-.5, -1.5), Rated.of(1).logProbs(-1, -1));
        List<LossTerm> terms = grpo(Importance.TOKEN, Mean.SEQUENCE, true, 2).terms(List.of(group));
        // d = .5 and -.5: exp(d) - d - 1 = .148721 and .106531; slopes beta (1 - exp(d))
        assertThat(Rated.slopes(terms.getFirst()).loss()).isCloseTo(2 * (.1487212707 + .1065306597) / 4, within(1e-10));
        assertThat(logProbSlopes(terms, group.rollouts().getFirst()))
                .containsExactly(new double[] {2 * -.6487212707 / 4, 2 * .3934693403 / 4}, within(1e-10));
        assertThat(Rated.slopes(terms.getLast()).loss()).isZero();
        assertThat(terms.stream().noneMatch(LossTerm::isZero))
                .as("the penalty has a slope without an advantage")
                .isTrue();
    }

    @Test
    void theEntropyBonusIsTheMeanOverAllTokensWhateverTheMeanOfTheLoss() {
        for (Mean mean : Mean.values()) {
            Grpo grpo = new Grpo(0.2, 0.2, Importance.TOKEN, mean, mean == Mean.LENGTH ? 8 : null, true, 0, 0.7, false);
            double sum = 0;
            for (LossTerm term : grpo.terms(List.of(golden))) {
                double[] logProbs = term.members().getFirst().rollout().oldLogProbs();
                double[] entropy = new double[logProbs.length];
                Arrays.fill(entropy, 0.5);
                var slopes = term.slopes(List.of(new Now(logProbs, null, entropy, null)));
                assertThat(slopes.rollouts().getFirst().entropy()).containsOnly(new double[] {-0.07}, within(1e-15));
                sum += slopes.loss()
                        - Rated.slopes(withoutBonus(mean, golden, term)).loss();
            }
            assertThat(sum).isCloseTo(-0.7 * 0.5, within(1e-12));
        }
    }

    private static LossTerm withoutBonus(Mean mean, RatedGroup group, LossTerm like) {
        return grpo(Importance.TOKEN, mean, true, 0).terms(List.of(group)).stream()
                .filter(term -> term.members()
                        .getFirst()
                        .rollout()
                        .equals(like.members().getFirst().rollout()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aMaskedCompletionLeavesTheLossAndNotTheMean() {
        RatedGroup group = Rated.group(
                Rated.of(4).logProbs(-1, -1, -1, -1, -1).truncated(),
                Rated.of(1).logProbs(-1, -1),
                Rated.of(1).logProbs(-1, -1));
        Grpo grpo = new Grpo(0.2, 0.2, Importance.TOKEN, Mean.TOKEN, null, false, 0, 0, true);
        List<LossTerm> terms = grpo.terms(List.of(group));
        assertThat(advantages(terms, group)).containsExactly(2, -1, -1);
        assertThat(Rated.roles(terms, group)).containsExactly("masked", "-", "-");
        assertThat(terms.getFirst().isZero()).isTrue();
        assertThat(logProbSlopes(terms, group.rollouts().getLast()))
                .as("the mean is over the four tokens that are left")
                .containsOnly(1.0 / 4);
    }

    @Test
    void aViolationEarnsNothingAndAGroupOfOneRewardSaysNothing() {
        RatedGroup group = Rated.group(Rated.of(5).infeasible(), Rated.of(1));
        assertThat(advantages(grpo(Importance.TOKEN, Mean.SEQUENCE, false, 0).terms(List.of(group)), group))
                .containsExactly(-0.5, 0.5);
        RatedGroup same = Rated.group(Rated.of(0.3), Rated.of(0.3), Rated.of(0.3));
        assertThat(GRPO.terms(List.of(same)))
                .allSatisfy(term -> assertThat(term.isZero()).isTrue());
    }

    @Test
    void eachPromptIsComparedWithItself() {
        RatedGroup easy = Rated.group(Rated.of(10), Rated.of(11));
        RatedGroup hard = Rated.group(Rated.of(0), Rated.of(1));
        List<LossTerm> terms = GRPO.terms(List.of(easy, hard));
        assertThat(advantages(terms, easy)).containsExactly(advantages(terms, hard));
    }

    @Test
    void itSaysWhatItNeeds() {
        assertThat(GRPO.needs()).containsExactly(Need.PACKED_OLD_LOG_PROBS);
        assertThat(new Grpo(0.2, 0.2, Importance.TOKEN, Mean.TOKEN, null, true, 0.1, 0.1, false).needs())
                .containsExactlyInAnyOrder(Need.PACKED_OLD_LOG_PROBS, Need.REFERENCE, Need.ENTROPY);
    }
}
