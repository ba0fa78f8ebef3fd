package dev.tribunal.reward.training;

/** Training cannot go on; the message says why and what to do. */
public final class TrainingFailedException extends RuntimeException {

    public TrainingFailedException(String message) {
        super(message);
    }
}
