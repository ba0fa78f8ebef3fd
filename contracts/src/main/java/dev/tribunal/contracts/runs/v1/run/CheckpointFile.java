package dev.tribunal.contracts.runs.v1.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * A file of a checkpoint.
 *
 * @param path relative to the checkpoint, with {@code /}
 * @param part who reads it
 * @param bytes its size
 * @param sha256 of its content; absent for checkpoints that are older than what a run needs to go on
 */
public record CheckpointFile(
        String path, Part part, long bytes, @Nullable String sha256) {

    /** Who reads a file. */
    public enum Part {
        /** The Hugging Face checkpoint: weights, configuration, tokenizer; an adapter is merged into it. */
        @JsonProperty("model")
        MODEL,
        /** The LoRA adapter by itself, in PEFT's files. */
        @JsonProperty("adapter")
        ADAPTER,
        /** What training goes on from: AdamW's moments, a critic, the state. */
        @JsonProperty("training")
        TRAINING
    }
}
