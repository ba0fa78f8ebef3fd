package dev.tribunal.judge.rules.instruction.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parts a text into sentences as Punkt does (Kiss and Strunk, Unsupervised Multilingual Sentence Boundary Detection,
 * 2006; NLTK 3.10.4 with its English parameters), mark by mark: each mark is judged by the word before it and the
 * token after it.
 */
public final class Sentences {

    /** What still belongs to the sentence after its mark: quotes and brackets. */
    private static final String CLOSERS = "\"')]}‘’“”«»";

    private static final Pattern CLOSING =
            Pattern.compile("[\"')\\]}‘’“”«»]+?(?:\\s+|(?=--)|$)", Response.PYTHON | Pattern.MULTILINE);

    private static final PunktParameters ENGLISH = PunktParameters.ENGLISH;

    private Sentences() {}

    public static List<String> of(String text) {
        List<Span> spans = closed(text, spans(text));
        return spans.stream().map(span -> text.substring(span.start, span.end)).toList();
    }

    /** Cut after each mark that ends a sentence, before what follows. */
    private static List<Span> spans(String text) {
        List<Span> spans = new ArrayList<>();
        int start = 0;
        for (Candidate candidate : candidates(text)) {
            if (endsSentence(text, candidate)) {
                spans.add(new Span(start, candidate.mark + 1));
                start = candidate.next;
            }
        }
        spans.add(new Span(start, Math.max(start, PythonText.stripRight(text).length())));
        return spans;
    }

    /** Of several marks that follow the same word without space between, only the last is a candidate. */
    private static List<Candidate> candidates(String text) {
        List<Candidate> candidates = new ArrayList<>();
        @Nullable Candidate previous = null;
        int previousMark = 0;
        int previousWord = 0;
        for (int mark = nextMark(text, 0); mark < text.length(); mark = nextMark(text, mark + 1)) {
            int next = mark + 1;
            while (next < text.length() && PythonText.isUnicodeSpace(text.charAt(next))) {
                next++;
            }
            boolean afterSpace = next > mark + 1;
            if (next == text.length() || !afterSpace && SentenceTokens.PUNCTUATION.indexOf(text.charAt(next)) < 0) {
                continue;
            }
            int space = lastSpace(text, previousMark, mark);
            // A space right at the previous mark counts as none; so it does in NLTK.
            int word = space > previousMark ? space + 1 : previousWord;
            if (previous != null && previousMark <= word) {
                candidates.add(previous);
            }
            previous = new Candidate(word, mark, next, afterSpace ? tokenEnd(text, next) : next + 1);
            previousMark = mark;
            previousWord = word;
        }
        if (previous != null) {
            candidates.add(previous);
        }
        return candidates;
    }

    private static int nextMark(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) != '.' && text.charAt(at) != '?' && text.charAt(at) != '!') {
            at++;
        }
        return at;
    }

    private static int tokenEnd(String text, int from) {
        int at = from;
        while (at < text.length() && !PythonText.isUnicodeSpace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static int lastSpace(String text, int from, int to) {
        for (int i = to - 1; i >= from; i--) {
            char c = text.charAt(i);
            if (c == ' ' || c >= '\t' && c <= '\r') {
                return i;
            }
        }
        return -1;
    }

    /** Closing quotes and brackets go to the sentence before. */
    private static List<Span> closed(String text, List<Span> spans) {
        List<Span> closed = new ArrayList<>(spans.size());
        int moved = 0;
        for (int i = 0; i < spans.size(); i++) {
            int start = spans.get(i).start + moved;
            int end = spans.get(i).end;
            moved = 0;
            if (i + 1 < spans.size()) {
                Span next = spans.get(i + 1);
                boolean mayClose = next.start < next.end && CLOSERS.indexOf(text.charAt(next.start)) >= 0;
                Matcher closing = CLOSING.matcher(text).region(next.start, next.end);
                if (mayClose && closing.lookingAt()) {
                    end = next.start + PythonText.stripRight(closing.group()).length();
                    moved = closing.end() - next.start;
                    closed.add(new Span(start, end));
                    continue;
                }
            }
            if (start < end) {
                closed.add(new Span(start, end));
            }
        }
        return closed;
    }

    private static boolean endsSentence(String text, Candidate candidate) {
        if (text.charAt(candidate.mark) != '.') {
            return true;
        }
        List<SentenceToken> tokens = plainTokens(text, candidate);
        tokens = tokens.isEmpty() ? tokens(text.substring(candidate.word, candidate.end)) : tokens;
        for (int i = 0; i + 1 < tokens.size(); i++) {
            reconsider(tokens.get(i), tokens.get(i + 1));
            if (tokens.get(i).endsSentence()) {
                return true;
            }
        }
        return false;
    }

    /** Two words of letters and digits, or none if it is not as simple as it is most of the time. */
    private static List<SentenceToken> plainTokens(String text, Candidate candidate) {
        int last = candidate.end - 1;
        boolean closed = last > candidate.next && ",;:".indexOf(text.charAt(last)) >= 0;
        int nextEnd = closed ? last : candidate.end;
        return candidate.word < candidate.mark
                        && areLettersOrDigits(text, candidate.word, candidate.mark)
                        && areLettersOrDigits(text, candidate.next, nextEnd)
                ? List.of(
                        new SentenceToken(text.substring(candidate.word, candidate.mark + 1), ENGLISH),
                        new SentenceToken(text.substring(candidate.next, nextEnd), ENGLISH))
                : List.of();
    }

    private static boolean areLettersOrDigits(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!Character.isLetterOrDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static List<SentenceToken> tokens(String context) {
        List<SentenceToken> tokens = new ArrayList<>();
        for (String line : context.split("\n")) {
            if (!PythonText.isBlank(line)) {
                SentenceTokens.of(line).forEach(token -> tokens.add(new SentenceToken(token, ENGLISH)));
            }
        }
        return tokens;
    }

    /** Section 4 of the paper: what the next token says of a token with a period. */
    private static void reconsider(SentenceToken token, SentenceToken next) {
        if (!token.hasPeriod()) {
            return;
        }
        String nextType = next.typeWithoutEnd();
        if (ENGLISH.areCollocation(token.typeWithoutPeriod(), nextType)) {
            token.setEndsSentence(false);
            return;
        }
        boolean initial = token.isInitial();
        First first = first(next, nextType);
        if (token.isAbbreviationOrEllipsis()
                && !initial
                && (first == First.YES || next.isLarge() && ENGLISH.oftenStartsSentence(nextType))) {
            token.setEndsSentence(true);
            return;
        }
        boolean number = token.typeWithoutPeriod().equals(SentenceToken.NUMBER);
        boolean name = first == First.UNKNOWN && initial && next.isLarge() && !ENGLISH.wasSeenSmall(nextType);
        if ((initial || number) && first == First.NO || name) {
            token.setEndsSentence(false);
        }
    }

    /** The orthographic heuristic (4.1.1): whether a token looks like a sentence's first. */
    private static First first(SentenceToken token, String type) {
        if (token.isPunctuation()) {
            return First.NO;
        }
        if (token.isLarge() && ENGLISH.isLargeOnlyFirst(type)) {
            return First.YES;
        }
        return token.isSmall() && !ENGLISH.isSmallEvenFirst(type) ? First.NO : First.UNKNOWN;
    }

    private enum First {
        YES,
        NO,
        UNKNOWN
    }

    /**
     * A mark that may end a sentence.
     *
     * @param word where the word before it begins
     * @param mark where it is
     * @param next where the token after it begins, and the next sentence would
     * @param end where that token ends
     */
    private record Candidate(int word, int mark, int next, int end) {}

    private record Span(int start, int end) {}
}
