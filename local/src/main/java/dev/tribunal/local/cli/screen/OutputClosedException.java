package dev.tribunal.local.cli.screen;

/** What reads the output has closed it, as {@code head} does: nothing more is wanted, and nothing is to be said. */
public final class OutputClosedException extends RuntimeException {

    public OutputClosedException() {
        super("the output is closed");
    }
}
