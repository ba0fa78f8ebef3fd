package dev.tribunal.reward.training.answer;

import dev.tribunal.contracts.reward.v1.RewardModelResource.Head;
import dev.tribunal.methods.rewardmodel.Classification;
import dev.tribunal.reward.head.Heads;
import dev.tribunal.reward.training.Objective;
import dev.tribunal.reward.training.Tally;
import java.util.List;

/** The sum of the heads' cross-entropies against the answer's classes; a head without one adds nothing. */
record OfClasses(List<Head> heads) implements Objective<TokenAnswer> {

    @Override
    public double[][] learn(TokenAnswer answer, float[][] scores, Tally tally) {
        measure(answer, scores, tally);
        double[] slopes = new double[scores[0].length];
        int at = 0;
        for (int h = 0; h < heads.size(); h++) {
            double[] logits = Heads.outputs(heads, h, scores[0]);
            int label = answer.classes()[h];
            if (label >= 0) {
                System.arraycopy(Classification.slopes(logits, label), 0, slopes, at, logits.length);
            }
            at += logits.length;
        }
        return new double[][] {slopes};
    }

    @Override
    public void measure(TokenAnswer answer, float[][] scores, Tally tally) {
        double loss = 0;
        for (int h = 0; h < heads.size(); h++) {
            double[] logits = Heads.outputs(heads, h, scores[0]);
            double[] probabilities = Classification.probabilities(logits);
            tally.scored(Classification.expectedIndex(probabilities));
            int label = answer.classes()[h];
            if (label >= 0) {
                loss += Classification.loss(logits, label);
                tally.decided(isLargest(probabilities, label));
            }
        }
        tally.add(loss);
    }

    /** Of two that are equally likely neither is. */
    private static boolean isLargest(double[] probabilities, int label) {
        for (int i = 0; i < probabilities.length; i++) {
            if (i != label && probabilities[i] >= probabilities[label]) {
                return false;
            }
        }
        return true;
    }
}
