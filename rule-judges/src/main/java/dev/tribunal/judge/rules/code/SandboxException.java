package dev.tribunal.judge.rules.code;

/** There is no sandbox to run programs in; the message says what to do. */
public final class SandboxException extends Exception {

    private static final long serialVersionUID = 1;

    SandboxException(String message) {
        super(message);
    }
}
