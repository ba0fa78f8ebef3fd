package dev.tribunal.judge.rules.code.sandboxed;

/** The tests do what the wire cannot carry. */
final class Uncarried extends Error {

    private static final long serialVersionUID = 1;

    Uncarried(String message) {
        super(message);
    }
}
