package dev.tribunal.chattemplate;

/** Something that a value cannot do; the interpreter adds the line. */
final class Failure extends RuntimeException {

    private final boolean refusal;

    Failure(String message) {
        this(message, false);
    }

    private Failure(String message, boolean refusal) {
        super(message, null, false, false);
        this.refusal = refusal;
    }

    static Failure refusal(String message) {
        return new Failure(message, true);
    }

    TemplateException at(int line) {
        String message = String.valueOf(getMessage());
        return refusal ? TemplateException.refusal(line, message) : new TemplateException(line, message);
    }
}
