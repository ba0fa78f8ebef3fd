package dev.tribunal.judge.rules.code.sandboxed;

/** The other side is gone, or does not keep to the protocol. */
final class Ended extends Error {

    private static final long serialVersionUID = 1;

    Ended(String message) {
        super(message);
    }
}
