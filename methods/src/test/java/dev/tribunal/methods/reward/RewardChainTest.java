package dev.tribunal.methods.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.reward.Standardised.MeanAndStd;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RewardChainTest {

    private static final Map<String, Double> NONE = Map.of();
    private static final WeightedScores WEIGHTS = new WeightedScores(Map.of("helpful", 0.75, "safe", 0.25));
    private static final Standardised STATISTICS =
            new Standardised(Map.of("helpful", new MeanAndStd(1, 2), "safe", new MeanAndStd(-3, 0.5)));

    private static RewardChain chain(RewardTransform... transforms) {
        return new RewardChain(List.of(transforms));
    }

    @Test
    void equationFiveIsTheDefault() {
        assertThat(RewardChain.DEFAULT.reward(Map.of("helpful", 2.0), Map.of("helpful", 1.0), Double.NaN))
                .isEqualTo(CalibratedReward.of(2, 1))
                .isCloseTo(.7311, within(5e-5));
        assertThat(RewardChain.DEFAULT.needsBaselineCompletion()).isTrue();
        assertThat(RewardChain.DEFAULT.needsReference()).isFalse();
    }

    @Test
    void withoutATransformTheRewardIsTheScore() {
        assertThat(chain().reward(Map.of("helpful", -3.5), NONE, 0)).isEqualTo(-3.5);
    }

    @Test
    void severalRewardModelsAreAddedAfterTheirStatistics() {
        Map<String, Double> scores = Map.of("helpful", 5.0, "safe", -2.0); // standardised 2 and 2
        assertThat(chain(STATISTICS, WEIGHTS).reward(scores, NONE, 0)).isCloseTo(2, within(1e-12));
        assertThat(chain(WEIGHTS).reward(scores, NONE, 0)).isCloseTo(3.25, within(1e-12));
    }

    /** MORLHF with all weight on one reward model is that reward model. */
    @Test
    void allWeightOnOneIsThatOne() {
        WeightedScores oneHot = new WeightedScores(Map.of("helpful", 1.0, "safe", 0.0));
        assertThat(chain(oneHot).reward(Map.of("helpful", 5.0, "safe", -2.0), NONE, 0))
                .isEqualTo(5);
    }

    /** What comes before calibration is done to the baseline completion's scores as well. */
    @Test
    void theBaselineCompletionGoesThroughTheSameTransforms() {
        Map<String, Double> scores = Map.of("helpful", 5.0, "safe", -2.0);
        Map<String, Double> baseline = Map.of("helpful", 3.0, "safe", -3.0); // standardised 1 and 0
        assertThat(chain(STATISTICS, WEIGHTS, new Calibrated()).reward(scores, baseline, 0))
                .isCloseTo(CalibratedReward.of(2, 0.75), within(1e-12));
        assertThat(chain(new Calibrated(), WEIGHTS).reward(scores, baseline, 0))
                .isCloseTo(0.75 * CalibratedReward.of(5, 3) + 0.25 * CalibratedReward.of(-2, -3), within(1e-12));
    }

    @Test
    void aConstantInTheRewardModelIsCalibratedAway() {
        assertThat(RewardChain.DEFAULT.reward(Map.of("helpful", 9.0), Map.of("helpful", 8.0), 0))
                .isEqualTo(RewardChain.DEFAULT.reward(Map.of("helpful", 2.0), Map.of("helpful", 1.0), 0));
    }

    @Test
    void theKlPenaltyIsTheCompletionsAlone() {
        RewardChain chain = chain(new KlPenalised(0.1), new Calibrated());
        assertThat(chain.reward(Map.of("helpful", 2.0), Map.of("helpful", 1.0), 4))
                .isCloseTo(CalibratedReward.of(1.6, 1), within(1e-12));
        assertThat(chain.needsReference()).isTrue();
        assertThatThrownBy(() -> chain.reward(Map.of("helpful", 2.0), NONE, Double.NaN))
                .hasMessageContaining("needs a reference");
    }

    @Test
    void theSigmoidNeedsNoBaselineCompletion() {
        RewardChain chain = chain(new Squashed());
        assertThat(chain.reward(Map.of("helpful", 0.0), NONE, 0)).isEqualTo(0.5);
        assertThat(chain.reward(Map.of("helpful", 800.0), NONE, 0)).isEqualTo(1);
        assertThat(chain.reward(Map.of("helpful", -800.0), NONE, 0)).isZero();
        assertThat(chain.needsBaselineCompletion()).isFalse();
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThatThrownBy(() -> RewardChain.DEFAULT.reward(Map.of("helpful", 2.0), NONE, 0))
                .hasMessageContaining("baseline completion")
                .hasMessageContaining("helpful");
        assertThatThrownBy(() -> chain().reward(Map.of("helpful", 2.0, "safe", 1.0), NONE, 0))
                .hasMessageContaining("add a weighted-sum");
        assertThatThrownBy(() -> chain(WEIGHTS).reward(Map.of("helpful", 2.0), NONE, 0))
                .hasMessageContaining("safe");
        assertThatThrownBy(() -> chain(WEIGHTS).reward(Map.of("helpful", 2.0, "safe", 1.0, "new", 1.0), NONE, 0))
                .hasMessageContaining("new");
        assertThatThrownBy(() -> chain(STATISTICS).reward(Map.of("new", 1.0), NONE, 0))
                .hasMessageContaining("new");
    }
}
