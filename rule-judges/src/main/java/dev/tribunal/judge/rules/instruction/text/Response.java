package dev.tribunal.judge.rules.instruction.text;

import dev.tribunal.judge.sdk.Deadline;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The text that is looked at. Searches in it end at the deadline: IFEval's keywords are regular expressions, and one
 * that backtracks without end must not hold a thread. For one thread.
 */
public final class Response {

    /** How Python compiles a pattern: only {@code \n} ends a line, and classes know all of Unicode. */
    public static final int PYTHON = Pattern.UNIX_LINES | Pattern.UNICODE_CHARACTER_CLASS;

    static final int PYTHON_IGNORE_CASE = PYTHON | Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;

    private final String text;
    private final Deadline deadline;
    private @Nullable String small;
    private @Nullable String folded;

    public Response(String text, Deadline deadline) {
        this.text = text;
        this.deadline = deadline;
    }

    public String text() {
        return text;
    }

    /** The text in small letters. */
    public String small() {
        String known = small;
        if (known == null) {
            known = PythonText.lower(text);
            small = known;
        }
        return known;
    }

    /**
     * How often a regular expression occurs without regard to case, up to a number.
     *
     * @param wholeWord it must have a word boundary at both ends
     */
    public int count(String pattern, boolean wholeWord, int enough) {
        if (!pattern.isEmpty() && PythonPattern.isLiteral(pattern)) {
            return countLiteral(CaseFolding.of(pattern), wholeWord, enough);
        }
        String boundary = wholeWord ? "\\b" : "";
        return count(PythonPattern.compile(boundary, pattern, boundary, PYTHON_IGNORE_CASE), text, enough);
    }

    /** How often a pattern occurs in a text that was made of this one, up to a number. */
    public int count(Pattern pattern, String in, int enough) {
        Matcher matcher = pattern.matcher(new Watched(in, deadline));
        int count = 0;
        while (count < enough && matcher.find()) {
            count++;
        }
        return count;
    }

    private int countLiteral(String literal, boolean wholeWord, int enough) {
        String known = folded;
        if (known == null) {
            known = CaseFolding.of(text);
            folded = known;
        }
        int count = 0;
        int at = known.indexOf(literal);
        while (at >= 0 && count < enough) {
            int end = at + literal.length();
            boolean found = !wholeWord || isBoundary(at) && isBoundary(end);
            count += found ? 1 : 0;
            at = known.indexOf(literal, found ? end : at + 1);
        }
        return count;
    }

    /** Python's {@code \b} */
    private boolean isBoundary(int at) {
        boolean before = at > 0 && PythonText.isWordCharacter(text.codePointBefore(at));
        boolean after = at < text.length() && PythonText.isWordCharacter(text.codePointAt(at));
        return before != after;
    }

    /** Thrown out of a search that ran past its deadline. */
    public static final class TooSlow extends RuntimeException {
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
