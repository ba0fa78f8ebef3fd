package dev.tribunal.trainer.journal;

/** A run cannot go on: the message tells a person why and what to do. Nothing of the step at hand was committed. */
public final class TrainingFailedException extends RuntimeException {

    public TrainingFailedException(String message) {
        super(message);
    }

    public TrainingFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
