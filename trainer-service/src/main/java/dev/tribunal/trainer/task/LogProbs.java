package dev.tribunal.trainer.task;

import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.trainer.journal.RunJournal;
import java.util.ArrayList;
import java.util.List;

/**
 * Log-probabilities without gradients, in micro-batches, between which a person may cancel or pause.
 *
 * @param microBatchTokens the most of one pass
 */
public record LogProbs(int microBatchTokens, RunJournal journal) {

    /** @return one a sequence: {@code [completion length]} */
    public List<float[]> of(LanguageModel model, List<TokenSequence> sequences, double temperature) {
        List<float[]> logProbs = new ArrayList<>();
        for (List<TokenSequence> batch : MicroBatches.of(sequences, List::of, microBatchTokens)) {
            journal.stopIfAsked();
            logProbs.addAll(model.logProbs(batch, temperature));
        }
        return logProbs;
    }
}
