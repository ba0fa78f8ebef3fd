package dev.tribunal.input;

/** What is wrong with a record, by JSON pointers (RFC 6901) from the record's root. */
public interface Findings {

    /** Whether all at and below a pointer was read without a mistake, so that a rule can look at it. */
    boolean sound(String pointer);

    /** @param detail what is wrong and what to do, without a subject: {@code is 3, must be at least 4} */
    void mistake(String pointer, String detail);
}
