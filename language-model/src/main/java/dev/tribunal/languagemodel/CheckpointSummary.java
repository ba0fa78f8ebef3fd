package dev.tribunal.languagemodel;

import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import java.util.List;
import java.util.Optional;

/**
 * What a checkpoint directory holds.
 *
 * @param digest SHA-256 over the configuration, tokenizer and weight files, by which a run pins the checkpoint
 * @param labels what a sequence-classification checkpoint scores; empty for a language model
 * @param unlistedTurnEnd the token that the chat template ends an assistant's turn with, if no file of the
 *     checkpoint lists it as one that ends a text: programs that go by the files alone never stop there
 */
public record CheckpointSummary(
        ModelConfiguration configuration,
        long parameters,
        String digest,
        List<String> labels,
        boolean chatTemplate,
        Optional<String> unlistedTurnEnd) {

    /** Whether it is a sequence-classification checkpoint, with one label or several. */
    public boolean isScoring() {
        return !labels.isEmpty();
    }

    /** Whether it is one with a single label: a reward model. */
    public boolean scalarHead() {
        return labels.size() == 1;
    }
}
