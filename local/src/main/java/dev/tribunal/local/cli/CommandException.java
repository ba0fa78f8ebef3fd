package dev.tribunal.local.cli;

/** A command cannot do what it was asked to; the message is for the user, and the exit code is 1. */
final class CommandException extends RuntimeException {

    CommandException(String message) {
        super(message);
    }

    CommandException(String message, Throwable cause) {
        super(message, cause);
    }
}
