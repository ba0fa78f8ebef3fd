package dev.tribunal.reward.training;

/** Mean loss and accuracy over pairs; a pair counts as right if its chosen score is the larger one. */
final class Tally {

    private int pairs;
    private int right;
    private double loss;

    void add(double chosen, double rejected) {
        pairs++;
        right += chosen > rejected ? 1 : 0;
        loss += BradleyTerry.loss(chosen, rejected);
    }

    double loss() {
        return loss / pairs;
    }

    double accuracy() {
        return (double) right / pairs;
    }
}
