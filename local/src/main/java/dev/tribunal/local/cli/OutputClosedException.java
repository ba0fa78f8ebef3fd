package dev.tribunal.local.cli;

/** What reads the output has closed it, as {@code head} does: nothing more is wanted, and nothing is to be said. */
final class OutputClosedException extends RuntimeException {

    OutputClosedException() {
        super("the output is closed");
    }
}
