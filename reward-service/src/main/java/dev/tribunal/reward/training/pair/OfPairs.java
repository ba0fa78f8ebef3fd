package dev.tribunal.reward.training.pair;

import dev.tribunal.methods.rewardmodel.PairObjective;
import dev.tribunal.reward.training.Objective;
import dev.tribunal.reward.training.Tally;

/** A loss of pairs: two scores of one output each. */
record OfPairs(PairObjective loss) implements Objective<TokenPair> {

    @Override
    public double[][] learn(TokenPair pair, float[][] scores, Tally tally) {
        double chosen = scores[0][0];
        double rejected = scores[1][0];
        PairObjective.Value value = loss.learn(chosen, rejected, pair.label());
        add(value, chosen, rejected, tally);
        return new double[][] {{value.slope()}, {-value.slope()}};
    }

    @Override
    public void measure(TokenPair pair, float[][] scores, Tally tally) {
        add(loss.of(scores[0][0], scores[1][0], pair.label()), scores[0][0], scores[1][0], tally);
    }

    private static void add(PairObjective.Value value, double chosen, double rejected, Tally tally) {
        tally.add(value.loss());
        tally.decided(chosen > rejected);
        tally.scored(chosen);
        tally.scored(rejected);
    }

    @Override
    public void stepped() {
        loss.stepped();
    }
}
