package dev.tribunal.trainer.checkpoint;

import java.nio.file.Path;

/**
 * A checkpoint on disk.
 *
 * @param step committed steps
 * @param directory a Hugging Face directory
 * @param digest SHA-256 over the model's files
 * @param stateDigest SHA-256 of {@link TrainingState#FILE}, which has the digests of all other files
 */
public record Checkpoint(int step, Path directory, String digest, String stateDigest, Purpose purpose) {

    public Checkpoint as(Purpose other) {
        return new Checkpoint(step, directory, digest, stateDigest, other);
    }

    /** What it is there for, which decides how long it stays. */
    public enum Purpose {
        /** For resuming alone: it goes once the next one is in place. */
        RESUMING,
        /** The spec asks for it by its step, and says how many of these are kept. */
        MILESTONE,
        /** The end of a stage, from which the next one starts: it stays. */
        ARTIFACT
    }
}
