package dev.tribunal.chattemplate.value;

import dev.tribunal.chattemplate.TemplateException;

/** Something that a value cannot do; the interpreter adds the line. */
public final class Failure extends RuntimeException {

    private final boolean refusal;

    public Failure(String message) {
        this(message, false);
    }

    private Failure(String message, boolean refusal) {
        super(message, null, false, false);
        this.refusal = refusal;
    }

    public static Failure refusal(String message) {
        return new Failure(message, true);
    }

    public TemplateException at(int line) {
        String message = String.valueOf(getMessage());
        return refusal ? TemplateException.refusal(line, message) : new TemplateException(line, message);
    }
}
