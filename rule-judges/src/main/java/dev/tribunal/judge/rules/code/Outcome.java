package dev.tribunal.judge.rules.code;

/** What became of a program. */
sealed interface Outcome {

    /** All tests ran, and it ended well. */
    record Passed() implements Outcome {}

    /** The program's doing. */
    record Failed(String reason) implements Outcome {}

    /** The tests are not a program, as the runner says, or a completion that speaks in its place. */
    record Malformed(String reason) implements Outcome {}

    /** Not the program's doing: it says nothing about it. */
    record Broken(String code, boolean retryable, String detail) implements Outcome {}
}
