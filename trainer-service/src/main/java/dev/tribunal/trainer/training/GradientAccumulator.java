package dev.tribunal.trainer.training;

import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.LanguageModel.ForwardPass;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.TokenSlopes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Adds up one gradient over tasks and micro-batches, and takes the step. */
final class GradientAccumulator {

    private final LanguageModel policy;
    private final int microBatchTokens;
    private final RunJournal journal;
    private boolean empty = true;

    GradientAccumulator(LanguageModel policy, int microBatchTokens, RunJournal journal) {
        this.policy = policy;
        this.microBatchTokens = microBatchTokens;
        this.journal = journal;
    }

    /** @param tokenWeights {@code [completion length]}: dLoss/dlog pi of each token */
    record WeightedSequence(TokenSequence sequence, double[] tokenWeights) {

        boolean counts() {
            return Arrays.stream(tokenWeights).anyMatch(weight -> weight != 0);
        }
    }

    /**
     * Forward and backward for all that counts; the rest is never sent.
     *
     * @return {@code [sequences][completion length]}: log pi of the tokens of those that counted, in order
     */
    List<float[]> add(List<WeightedSequence> sequences) {
        List<float[]> logProbs = new ArrayList<>();
        List<WeightedSequence> counting =
                sequences.stream().filter(WeightedSequence::counts).toList();
        for (List<WeightedSequence> batch : MicroBatches.of(counting, WeightedSequence::sequence, microBatchTokens)) {
            journal.stopIfCancelled();
            try (ForwardPass pass = policy.forward(
                    batch.stream().map(WeightedSequence::sequence).toList())) {
                logProbs.addAll(pass.logProbs());
                pass.backward(TokenSlopes.ofLogProbs(
                        batch.stream().map(WeightedSequence::tokenWeights).toList()));
            }
            empty = false;
        }
        return logProbs;
    }

    void clear() {
        policy.clearGradient();
        empty = true;
    }

    /** Whether no sequence had a weight since the last step. */
    boolean isEmpty() {
        return empty;
    }

    /**
     * One AdamW step. If nothing counted there is none at all: no weight decays, AdamW's moments and its count of steps
     * stay, and momentum moves nothing, since a batch without a signal says nothing about where to go.
     *
     * @return the gradient's norm before clipping; 0 if nothing counted
     * @throws TrainingFailedException if the gradient is not finite; the weights are as they were
     */
    double step(AdamW adamW) {
        if (empty) {
            return 0;
        }
        empty = true;
        try {
            return policy.step(adamW);
        } catch (IllegalStateException notFinite) {
            if (Thread.currentThread().isInterrupted()) {
                throw notFinite;
            }
            throw new TrainingFailedException(
                    "the gradient is not finite, so the step was not taken (" + notFinite.getMessage()
                            + "); start again with a lower training.learningRate or training.gradientClip",
                    notFinite);
        }
    }
}
