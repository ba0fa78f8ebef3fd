package dev.tribunal.judge.rules.instruction;

import dev.tribunal.judge.sdk.Deadline;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text that is looked at. Searches in it end at the deadline: IFEval's keywords are regular expressions, and one
 * that backtracks without end must not hold a thread.
 */
record Response(String text, Deadline deadline) {

    /** How Python compiles a pattern: only {@code \n} ends a line, and classes know all of Unicode. */
    static final int PYTHON = Pattern.UNIX_LINES | Pattern.UNICODE_CHARACTER_CLASS;

    static final int PYTHON_IGNORE_CASE = PYTHON | Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;

    Response with(String otherText) {
        return new Response(otherText, deadline);
    }

    boolean contains(Pattern pattern) {
        return matcher(pattern).find();
    }

    int count(Pattern pattern) {
        Matcher matcher = matcher(pattern);
        int count = 0;
        while (matcher.find()) {
            count++;
        }
        return count;
    }

    Matcher matcher(Pattern pattern) {
        return pattern.matcher(new Watched(text, deadline));
    }

    /** Thrown out of a search that ran past its deadline. */
    static final class TooSlow extends RuntimeException {
        TooSlow() {
            super("the search ran past its deadline", null, false, false);
        }
    }

    /** A text that looks at the clock once in a while as it is read. */
    private static final class Watched implements CharSequence {

        private static final int READS_A_LOOK = 1 << 12;

        private final String text;
        private final Deadline deadline;
        private int reads;

        Watched(String text, Deadline deadline) {
            this.text = text;
            this.deadline = deadline;
        }

        @Override
        public char charAt(int index) {
            if (++reads % READS_A_LOOK == 0 && deadline.passed()) {
                throw new TooSlow();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
