package dev.tribunal.contracts.runs.v1.run;

import java.time.Instant;

/**
 * A checkpoint of a run.
 *
 * @param stage of the run that its step is of
 * @param path a Hugging Face directory on the trainer's disk
 * @param digest SHA-256 over its files
 */
public record CheckpointResource(String id, String stage, int step, String path, String digest, Instant createdAt) {}
