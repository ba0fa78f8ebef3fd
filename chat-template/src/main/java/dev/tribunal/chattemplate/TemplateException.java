package dev.tribunal.chattemplate;

/** A template that cannot be read or rendered; the message names its line. */
public final class TemplateException extends RuntimeException {

    private final boolean refusal;

    public TemplateException(int line, String message) {
        this("line " + line + ": " + message, false);
    }

    private TemplateException(String message, boolean refusal) {
        super(message);
        this.refusal = refusal;
    }

    /** What the template itself says through {@code raise_exception}. */
    public static TemplateException refusal(int line, String message) {
        return new TemplateException(message + " (line " + line + ")", true);
    }

    /** Whether the template refused its variables, by {@code raise_exception}: nothing is wrong with the template. */
    public boolean isRefusal() {
        return refusal;
    }
}
