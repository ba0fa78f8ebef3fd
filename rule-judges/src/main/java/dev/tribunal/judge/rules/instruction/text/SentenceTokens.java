package dev.tribunal.judge.rules.instruction.text;

import java.util.ArrayList;
import java.util.List;

/** Parts a line into tokens as Punkt does: words with their periods, runs of dashes or dots, and punctuation. */
final class SentenceTokens {

    /** Punctuation that no word contains. */
    static final String PUNCTUATION = ")\";}]*:@'({[‘’“”«»!?";

    private static final String NO_WORD_START = "(\"`{[:;&#*@)}]-,";

    private final String line;

    private SentenceTokens(String line) {
        this.line = line;
    }

    static List<String> of(String line) {
        SentenceTokens tokens = new SentenceTokens(line);
        List<String> found = new ArrayList<>();
        int at = 0;
        while (at < line.length()) {
            int end = tokens.isSpace(at) ? at + 1 : tokens.end(at);
            if (!tokens.isSpace(at)) {
                found.add(line.substring(at, end));
            }
            at = end;
        }
        return found;
    }

    private int end(int start) {
        int end = runEnd(start);
        if (end > start) {
            return end;
        }
        end = start + Character.charCount(line.codePointAt(start));
        if (NO_WORD_START.indexOf(line.charAt(start)) < 0) {
            while (!isWordEnd(end)) {
                end++;
            }
        }
        return end;
    }

    private boolean isWordEnd(int at) {
        return isBreak(at) || line.charAt(at) == ',' && isBreak(at + 1);
    }

    private boolean isBreak(int at) {
        return at >= line.length() || isSpace(at) || PUNCTUATION.indexOf(line.charAt(at)) >= 0 || runEnd(at) > at;
    }

    /** @return the end of a run of dashes, of dots or of at least three dots with one space between, or the start */
    private int runEnd(int start) {
        char c = line.charAt(start);
        if (c != '-' && c != '.') {
            return start;
        }
        int end = start;
        while (end < line.length() && line.charAt(end) == c) {
            end++;
        }
        return end > start + 1 ? end : c == '.' ? spacedRunEnd(start) : start;
    }

    private int spacedRunEnd(int start) {
        int end = start + 1;
        while (end + 1 < line.length() && isSpace(end) && line.charAt(end + 1) == '.') {
            end += 2;
        }
        return end >= start + 5 ? end : start;
    }

    private boolean isSpace(int at) {
        return PythonText.isUnicodeSpace(line.charAt(at));
    }
}
