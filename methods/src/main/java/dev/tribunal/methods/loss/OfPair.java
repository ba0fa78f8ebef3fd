package dev.tribunal.methods.loss;

import dev.tribunal.methods.loss.PairLoss.Side;
import dev.tribunal.methods.loss.PairLoss.Value;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The loss of a pair over n; the members are the chosen and the rejected completion, in this order.
 *
 * @param n pairs of the minibatch, or prompts
 */
public record OfPair(PairLoss loss, RatedRollout chosen, RatedRollout rejected, int n) implements LossTerm {

    public static final String CHOSEN = "chosen";
    public static final String REJECTED = "rejected";

    @Override
    public List<Member> members() {
        return List.of(new Member(chosen, CHOSEN), new Member(rejected, REJECTED));
    }

    @Override
    public Slopes slopes(List<Now> now) {
        Value value = loss.of(side(chosen, now.getFirst()), side(rejected, now.getLast()));
        return new Slopes(
                value.loss() / n,
                slopes(value.chosen(), value.chosenKl(), chosen.tokens()),
                slopes(value.rejected(), value.rejectedKl(), rejected.tokens()));
    }

    private Side side(RatedRollout rollout, Now now) {
        return new Side(
                Arrays.stream(now.logProbs()).sum(),
                rollout.hasReference() ? rollout.logRatio(now.logProbs()) : Double.NaN,
                loss.needsTokenKl() ? Arrays.stream(now.requireTokenKl()).sum() : Double.NaN,
                rollout.tokens());
    }

    private TokenSlopes slopes(double logProb, double kl, int tokens) {
        double @Nullable [] tokenKl = loss.needsTokenKl() ? TokenSlopes.fill(kl / n, tokens) : null;
        return new TokenSlopes(TokenSlopes.fill(logProb / n, tokens), tokenKl, null, null);
    }
}
