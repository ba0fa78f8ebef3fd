package dev.tribunal.languagemodel;

import java.nio.file.Path;

/** Hugging Face checkpoint directories: look into them, load them, make new ones. */
public final class Checkpoints {

    private Checkpoints() {}

    /**
     * What a directory holds, checked without loading the weights: every tensor that the configuration asks for is
     * there with its shape, and the files are whole.
     *
     * @throws CheckpointException naming the file and what is wrong with it
     */
    public static CheckpointSummary inspect(Path directory) {
        throw new IllegalStateException("to be written");
    }

    /** @throws CheckpointException as {@link #inspect} */
    public static LanguageModel load(Path directory) {
        throw new IllegalStateException("to be written");
    }

    /** @throws CheckpointException as {@link #inspect}, or if the checkpoint has no scalar head */
    public static ScoringModel loadScoring(Path directory) {
        throw new IllegalStateException("to be written");
    }

    /** A language model's decoder under a new scalar head, which starts at zero: every score is 0 until it is trained. */
    public static ScoringModel withScalarHead(Path languageModelDirectory) {
        throw new IllegalStateException("to be written");
    }

    /**
     * Writes a new checkpoint with random weights: normal, deviation 0.02 (residual projections scaled by
     * {@code 1/sqrt(2 * layers)}), norms one.
     *
     * @param tokenizerDirectory holds {@code tokenizer.json} and {@code tokenizer_config.json}, which are copied
     */
    public static void initialize(ModelConfiguration configuration, Path tokenizerDirectory, long seed, Path directory) {
        throw new IllegalStateException("to be written");
    }

    /**
     * @param digest SHA-256 over the configuration, tokenizer and weight files, by which a run pins the checkpoint
     * @param scalarHead whether it is a sequence-classification checkpoint with one label
     */
    public record CheckpointSummary(
            ModelConfiguration configuration, long parameters, String digest, boolean scalarHead, boolean chatTemplate) {}
}
