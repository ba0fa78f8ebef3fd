package dev.tribunal.judge.rules.code;

/** An item does not hold what it takes to judge a program; the message says which field, and what to do. */
final class TaskException extends Exception {

    private static final long serialVersionUID = 1;

    private final String code;

    TaskException(String code, String message) {
        super(message);
        this.code = code;
    }

    /** Of a verdict that is undecided for it. */
    String code() {
        return code;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
