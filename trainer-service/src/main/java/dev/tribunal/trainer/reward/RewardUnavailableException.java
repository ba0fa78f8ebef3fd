package dev.tribunal.trainer.reward;

/** The reward service does not answer, or refuses: without scores a run cannot go on. */
public final class RewardUnavailableException extends RuntimeException {

    RewardUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
