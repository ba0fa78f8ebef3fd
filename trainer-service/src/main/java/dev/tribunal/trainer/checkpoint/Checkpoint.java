package dev.tribunal.trainer.checkpoint;

import java.nio.file.Path;

/**
 * A checkpoint on disk.
 *
 * @param step committed steps
 * @param directory a Hugging Face directory
 * @param digest SHA-256 over the model's files
 * @param stateDigest SHA-256 of {@link TrainingState#FILE}, which has the digests of all other files
 * @param milestone whether the spec asks for it by its step; any other is there for resuming alone, and goes once the
 *     next one is in place
 */
public record Checkpoint(int step, Path directory, String digest, String stateDigest, boolean milestone) {}
