package dev.tribunal.methods.rewardmodel;

/**
 * Regression on rated answers: the score is to be the rating.
 *
 * <pre>loss = (r - y)^2,   dloss/dr = 2 (r - y)</pre>
 */
public record SquaredError() implements RewardModelLoss {

    @Override
    public boolean ofPairs() {
        return false;
    }

    public static double loss(double score, double rating) {
        return (score - rating) * (score - rating);
    }

    public static double slope(double score, double rating) {
        return 2 * (score - rating);
    }
}
