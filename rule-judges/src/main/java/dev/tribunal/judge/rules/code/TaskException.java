package dev.tribunal.judge.rules.code;

/** An item does not hold what it takes to judge a program; the message says which field, and what to do. */
final class TaskException extends Exception {

    private static final long serialVersionUID = 1;

    private final String code;
    private final String pointer;

    /** @param field of the metadata */
    TaskException(String code, String field, String message) {
        super(message);
        this.code = code;
        this.pointer = "/metadata/" + field;
    }

    /** Of a verdict that is undecided for it. */
    String code() {
        return code;
    }

    /** JSON pointer from the item's root. */
    String pointer() {
        return pointer;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
