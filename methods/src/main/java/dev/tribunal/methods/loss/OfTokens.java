package dev.tribunal.methods.loss;

import dev.tribunal.methods.rollout.Shapes;
import java.util.Arrays;
import java.util.List;

/**
 * A token loss over a divisor.
 *
 * @param loss summed over the rollout's tokens
 * @param advantages {@code [tokens]}
 * @param divisor what makes a mean of the batch's sums: n, n times the rollout's tokens, or all tokens
 * @param isZero whether the loss has no slope, whatever the policy says
 */
public record OfTokens(TokenLoss loss, Member member, double[] advantages, double divisor, boolean isZero)
        implements LossTerm {

    public OfTokens {
        Shapes.finite("advantages", advantages, member.rollout().tokens());
        if (!(divisor > 0)) {
            throw new IllegalArgumentException("divisor is " + divisor + ", but must be positive");
        }
    }

    /** For a loss that is proportional to the advantages: it is zero where they are. */
    public OfTokens(TokenLoss loss, Member member, double[] advantages, double divisor) {
        this(loss, member, advantages, divisor, Arrays.stream(advantages).allMatch(advantage -> advantage == 0));
    }

    @Override
    public List<Member> members() {
        return List.of(member);
    }

    @Override
    public Slopes slopes(List<Now> now) {
        Slopes sum = loss.of(member.rollout(), advantages, now.getFirst());
        return new Slopes(sum.loss() / divisor, sum.rollouts().getFirst().over(divisor));
    }
}
