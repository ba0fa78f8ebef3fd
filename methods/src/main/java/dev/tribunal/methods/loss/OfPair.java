package dev.tribunal.methods.loss;

import dev.tribunal.methods.loss.PairLoss.Side;
import dev.tribunal.methods.loss.PairLoss.Value;
import dev.tribunal.methods.rollout.PairLabel;
import dev.tribunal.methods.rollout.RatedRollout;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The loss of a pair over n; the members are the chosen and the rejected completion, in this order. Where the label is right
 * with a probability p that is not 1, it is the expected loss {@code p L(w>l) + (1 - p) L(l>w)}.
 *
 * @param n pairs of the minibatch, or prompts
 */
public record OfPair(PairLoss loss, RatedRollout chosen, RatedRollout rejected, PairLabel label, int n)
        implements LossTerm {

    public static final String CHOSEN = "chosen";
    public static final String REJECTED = "rejected";

    @Override
    public List<Member> members() {
        return List.of(new Member(chosen, CHOSEN), new Member(rejected, REJECTED));
    }

    @Override
    public Slopes slopes(List<Now> now) {
        Value value = value(side(chosen, now.getFirst()), side(rejected, now.getLast()));
        return new Slopes(
                value.loss() / n,
                slopes(value.chosen(), value.chosenKl(), chosen.tokens()),
                slopes(value.rejected(), value.rejectedKl(), rejected.tokens()));
    }

    private Value value(Side better, Side worse) {
        Value given = loss.of(better, worse, label.margin(0));
        double probability = label.probability(1);
        return probability == 1
                ? given
                : given.mixed(probability, loss.of(worse, better, label.turned().margin(0)));
    }

    /**
     * Whether the policy prefers the chosen completion, as the loss sees it: 1 if the loss of this label is below that of the
     * other one, 0 if above, 0.5 if they are the same.
     */
    public double agreement(List<Now> now) {
        Side better = side(chosen, now.getFirst());
        Side worse = side(rejected, now.getLast());
        return (1
                        + Math.signum(loss.of(worse, better).loss()
                                - loss.of(better, worse).loss()))
                / 2;
    }

    /** What the loss sees of one of the two. */
    public Side side(RatedRollout rollout, Now now) {
        double[] weights = weights(rollout.tokens());
        return new Side(
                Arrays.stream(times(now.logProbs(), weights)).sum(),
                rollout.hasReference() ? rollout.logRatio(now.logProbs(), weights) : Double.NaN,
                loss.needsTokenKl() ? Arrays.stream(now.requireTokenKl()).sum() : Double.NaN,
                rollout.tokens());
    }

    private double[] weights(int tokens) {
        int shorter = Math.min(chosen.tokens(), rejected.tokens());
        double[] weights = new double[tokens];
        Arrays.setAll(weights, t -> loss.weight(t, shorter));
        return weights;
    }

    private static double[] times(double[] values, double[] weights) {
        double[] products = new double[values.length];
        Arrays.setAll(products, t -> values[t] * weights[t]);
        return products;
    }

    private TokenSlopes slopes(double logProb, double kl, int tokens) {
        double @Nullable [] tokenKl = loss.needsTokenKl() ? TokenSlopes.fill(kl / n, tokens) : null;
        return new TokenSlopes(times(TokenSlopes.fill(logProb / n, tokens), weights(tokens)), tokenKl, null, null);
    }
}
