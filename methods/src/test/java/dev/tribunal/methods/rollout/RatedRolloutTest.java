package dev.tribunal.methods.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.methods.Rated;
import dev.tribunal.methods.loss.Now;
import dev.tribunal.methods.loss.PolicyOptimizer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RatedRolloutTest {

    private final Rated rated = Rated.of(2, 0.75).logProbs(-1, -2, -3).reference(-2, -2, -1);

    @Test
    void theLogRatioIsTheSumOverTheTokens() {
        assertThat(rated.build().logRatio()).isEqualTo(1 + 0 - 2);
        assertThat(rated.build().logRatio(new double[] {0, 0, 0})).isEqualTo(5);
        assertThat(rated.build().tokens()).isEqualTo(3);
    }

    @Test
    void withoutAReferenceThereIsNoLogRatio() {
        RatedRollout rollout = rated.reference().build();
        assertThat(rollout.hasReference()).isFalse();
        assertThatThrownBy(rollout::logRatio).hasMessageContaining("no referenceLogProbs");
    }

    @Test
    void anInfeasibleOrUndecidedOneEarnsNothing() {
        assertThat(rated.build().constrainedReward()).isEqualTo(0.75);
        assertThat(rated.infeasible().build().constrainedReward()).isZero();
        assertThat(rated.feasibility(Feasibility.UNDECIDED).build().constrainedReward())
                .isZero();
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> rated.logProbs().build()).hasMessageContaining("at least one token");
        assertThatThrownBy(() -> rated.reference(-1, -1).build()).hasMessageContaining("2 entries");
        assertThatThrownBy(() -> rated.values(1, Double.NaN, 1).build()).hasMessageContaining("values[0][1] is NaN");
        assertThatThrownBy(() -> rated.logProbs(-1, Double.NEGATIVE_INFINITY).build())
                .hasMessageContaining("oldLogProbs[1]");
        assertThatThrownBy(() -> Rated.of(Double.POSITIVE_INFINITY, 1).build()).hasMessageContaining("score");
        assertThatThrownBy(() -> Rated.of(1, Double.NaN).build()).hasMessageContaining("reward");
        assertThat(Rated.of(Double.NaN, 0).build().scored()).isFalse();
    }

    @Test
    void twoOfTheSameNumbersAreTwo() {
        RatedRollout one = rated.build();
        assertThat(one).isEqualTo(one).isNotEqualTo(rated.build());
    }

    @Test
    void anUndecidedRolloutIsNotInAGroupButAnUndecidedBaselineCompletionIs() {
        RatedRollout undecided = rated.feasibility(Feasibility.UNDECIDED).build();
        assertThatThrownBy(() -> new RatedGroup(undecided)).hasMessageContaining("leaves the batch");
        RatedRollout baseline = rated.feasibility(Feasibility.UNDECIDED)
                .provenance(Provenance.BASELINE_COMPLETION)
                .build();
        RatedGroup group = new RatedGroup(List.of(rated.build(), baseline), 2);
        assertThat(group.baselineCompletion()).containsSame(baseline);
        assertThat(group.candidates()).hasSize(1);
        assertThatThrownBy(() -> new RatedGroup(List.of(), -1)).hasMessageContaining("-1");
    }

    @Test
    void aForwardPassSaysWhatIsMissing() {
        Now now = Now.whenSampled(rated.build());
        assertThat(now.logProbs()).containsExactly(-1, -2, -3);
        assertThatThrownBy(now::requireTokenKl).hasMessageContaining("token KL");
        assertThatThrownBy(now::requireEntropy).hasMessageContaining("entropy");
        assertThatThrownBy(() -> now.requireValues(0)).hasMessageContaining("values");
        assertThatThrownBy(() -> new Now(new double[2], new double[1], null, null))
                .hasMessageContaining("tokenKl");
    }

    @Test
    void whatHasNoStateRefusesOne() {
        PolicyOptimizer optimizer = batch -> List.of();
        optimizer.restore(optimizer.state());
        assertThatThrownBy(() -> optimizer.restore(Map.of("mean", 1.0))).hasMessageContaining("mean");
    }
}
