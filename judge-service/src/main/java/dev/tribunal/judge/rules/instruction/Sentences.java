package dev.tribunal.judge.rules.instruction;

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
final class Sentences {

    /** Punctuation that no word contains. */
    private static final String NO_WORD = "[)\";}\\]*:@'({\\[‘’“”«»!?]";

    private static final String MANY = "(?:-{2,}|\\.{2,}|(?:\\.\\s){2,}\\.)";

    /** A mark followed by other punctuation, or by space and another token. */
    private static final Pattern CANDIDATE =
            Pattern.compile("[.?!](?=(?<after>" + NO_WORD + "|\\s+(?<next>\\S+)))", Response.PYTHON);

    private static final Pattern TOKEN = Pattern.compile(
            MANY + "|(?=[^(\"`{\\[:;&#*@)}\\]\\-,])\\S+?(?=\\s|$|" + NO_WORD + "|" + MANY + "|,(?=$|\\s|" + NO_WORD + "|"
                    + MANY + "))|\\S",
            Response.PYTHON);

    /** What still belongs to the sentence after its mark: quotes and brackets. */
    private static final Pattern CLOSING =
            Pattern.compile("[\"')\\]}‘’“”«»]+?(?:\\s+|(?=--)|$)", Response.PYTHON | Pattern.MULTILINE);

    private static final PunktParameters ENGLISH = PunktParameters.ENGLISH;

    private Sentences() {}

    static List<String> of(String text) {
        List<Span> spans = closed(text, spans(text));
        return spans.stream().map(span -> text.substring(span.start, span.end)).toList();
    }

    /** Cut after each mark that ends a sentence, before what follows. */
    private static List<Span> spans(String text) {
        List<Span> spans = new ArrayList<>();
        int start = 0;
        for (Candidate candidate : candidates(text)) {
            if (endsSentence(candidate.context)) {
                spans.add(new Span(start, candidate.end));
                start = candidate.next;
            }
        }
        spans.add(new Span(start, Math.max(start, PythonText.stripRight(text).length())));
        return spans;
    }

    /** Of several marks that follow the same word without space between, only the last is a candidate. */
    private static List<Candidate> candidates(String text) {
        List<Candidate> candidates = new ArrayList<>();
        Matcher mark = CANDIDATE.matcher(text);
        @Nullable Candidate previous = null;
        int previousStart = 0;
        int previousWord = 0;
        while (mark.find()) {
            int space = lastSpace(text, previousStart, mark.start());
            // A space right at the previous mark counts as none; so it does in NLTK.
            int word = space > previousStart ? space + 1 : previousWord;
            if (previous != null && previousStart <= word) {
                candidates.add(previous);
            }
            int next = mark.start("next");
            previous = new Candidate(
                    text.substring(word, mark.start()) + mark.group() + mark.group("after"),
                    mark.end(),
                    next < 0 ? mark.end() : next);
            previousStart = mark.start();
            previousWord = word;
        }
        if (previous != null) {
            candidates.add(previous);
        }
        return candidates;
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
                Matcher closing = CLOSING.matcher(text).region(next.start, next.end);
                if (closing.lookingAt()) {
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

    /** @param context a word with its mark and the token after it */
    private static boolean endsSentence(String context) {
        List<SentenceToken> tokens = new ArrayList<>();
        for (String line : context.split("\n")) {
            Matcher token = TOKEN.matcher(line);
            while (!PythonText.isBlank(line) && token.find()) {
                tokens.add(new SentenceToken(token.group(), ENGLISH));
            }
        }
        for (int i = 0; i + 1 < tokens.size(); i++) {
            reconsider(tokens.get(i), tokens.get(i + 1));
            if (tokens.get(i).endsSentence()) {
                return true;
            }
        }
        return false;
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
     * @param context what decides
     * @param end after the mark
     * @param next where the next sentence would start
     */
    private record Candidate(String context, int end, int next) {}

    private record Span(int start, int end) {}
}
