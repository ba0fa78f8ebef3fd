package dev.tribunal.trainer.checkpoint;

import java.nio.file.Path;

/**
 * A checkpoint on disk.
 *
 * @param step committed steps
 * @param directory a Hugging Face directory
 * @param digest SHA-256 over its files
 */
public record Checkpoint(int step, Path directory, String digest) {}
