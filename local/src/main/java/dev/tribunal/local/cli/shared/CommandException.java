package dev.tribunal.local.cli.shared;

/** A command cannot do what it was asked to; the message is for the user, and the exit code is 1. */
public final class CommandException extends RuntimeException {

    public CommandException(String message) {
        super(message);
    }

    public CommandException(String message, Throwable cause) {
        super(message, cause);
    }
}
