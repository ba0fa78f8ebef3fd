package dev.tribunal.methods.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.methods.Rated;
import dev.tribunal.methods.rollout.RatedRollout;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The terms that methods are made of. */
class TermsTest {

    private final RatedRollout rollout = Rated.of(1).logProbs(-1, -3).build();

    @Test
    void aConstantTermDescendsWhereTheLikelihoodAscends() {
        Constant term = Constant.of(rollout, 0.6, 3, "best", 0.9);
        Slopes slopes = Rated.slopes(term);
        assertThat(slopes.loss()).isEqualTo(-0.6 / 3 * -4);
        assertThat(slopes.rollouts().getFirst().logProbs()).containsExactly(-0.6 / 3, -0.6 / 3);
        assertThat(term.members()).containsExactly(new Member(rollout, "best", 0.6, 0.9));
        assertThat(term.isZero()).isFalse();
    }

    @Test
    void aConstantTermOfWeightZeroIsZeroAndNotMinusZero() {
        Constant term = Constant.of(rollout, 0, 3, null, null);
        assertThat(term.isZero()).isTrue();
        assertThat(1 / term.slope()).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void tokenLossesAddAndScale() {
        TokenLoss logProbs = (of, advantages, now) -> new Slopes(2, new TokenSlopes(new double[] {1, 2}));
        TokenLoss values = (of, advantages, now) ->
                new Slopes(3, new TokenSlopes(new double[2], new double[] {7, 8}, null, new double[][] {{4, 6}}));
        Slopes sum = new OfTokens(logProbs.plus(values.times(0.5)), new Member(rollout, "x"), new double[2], 2, false)
                .slopes(List.of(new Now(new double[2])));
        assertThat(sum.loss()).isEqualTo((2 + 1.5) / 2);
        TokenSlopes slopes = sum.rollouts().getFirst();
        assertThat(slopes.logProbs()).containsExactly(0.5, 1);
        assertThat(slopes.tokenKl()).containsExactly(7 / 4.0, 2);
        assertThat(slopes.entropy()).isNull();
        assertThat(slopes.values()).isDeepEqualTo(new double[][] {{1, 1.5}});
    }

    @Test
    void aTokenTermIsZeroWithItsAdvantages() {
        TokenLoss loss = (of, advantages, now) -> new Slopes(0, new TokenSlopes(advantages));
        Member member = new Member(rollout, "x");
        assertThat(new OfTokens(loss, member, new double[2], 1).isZero()).isTrue();
        assertThat(new OfTokens(loss, member, new double[] {0, 1}, 1).isZero()).isFalse();
        assertThatThrownBy(() -> new OfTokens(loss, member, new double[3], 1)).hasMessageContaining("2 tokens");
        assertThatThrownBy(() -> new OfTokens(loss, member, new double[2], 0)).hasMessageContaining("divisor");
    }
}
