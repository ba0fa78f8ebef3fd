package dev.tribunal.contracts.runs.v1;

import java.time.Instant;

/**
 * A checkpoint of a run.
 *
 * @param path a Hugging Face directory on the trainer's disk
 * @param digest SHA-256 over its files
 */
public record CheckpointResource(String id, int step, String path, String digest, Instant createdAt) {}
