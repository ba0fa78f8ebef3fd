package dev.tribunal.reward.training.answer;

import dev.tribunal.methods.rewardmodel.SquaredError;
import dev.tribunal.reward.training.Objective;
import dev.tribunal.reward.training.Tally;

/** Squared error of one output against the answer's rating. */
record OfRatings() implements Objective<TokenAnswer> {

    @Override
    public double[][] learn(TokenAnswer answer, float[][] scores, Tally tally) {
        measure(answer, scores, tally);
        return new double[][] {{SquaredError.slope(scores[0][0], answer.rating())}};
    }

    @Override
    public void measure(TokenAnswer answer, float[][] scores, Tally tally) {
        tally.add(SquaredError.loss(scores[0][0], answer.rating()));
        tally.scored(scores[0][0]);
    }
}
