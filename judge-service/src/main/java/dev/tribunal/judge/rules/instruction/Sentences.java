package dev.tribunal.judge.rules.instruction;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parts a text into sentences the way Punkt does (Kiss and Strunk, Unsupervised Multilingual Sentence Boundary
 * Detection, 2006): a question or exclamation mark ends a sentence; so does a period unless it belongs to an
 * abbreviation, an initial or an ordinal that is not followed by a word which begins a sentence. Punkt learns its
 * abbreviations and openers from newspapers; these are lists of the common ones, so rare cases differ.
 */
final class Sentences {

    /** A mark followed by other punctuation, or by space and another token. */
    private static final Pattern CANDIDATE = Pattern.compile(
            "\\S*[.?!](?=(?<after>[)\";}\\]*:@'({\\[!?]|\\s+(?<next>\\S+)))", Response.PYTHON);

    /** What closes a sentence after its mark: quotes and brackets. */
    private static final Pattern CLOSING = Pattern.compile("[\"')\\]}]+?(?:\\s+|(?=--)|$)", Response.PYTHON);

    private static final Set<String> ABBREVIATIONS = Set.of(
            ("a.m p.m e.g i.e u.s u.k u.n u.s.a d.c l.a n.y n.j n.c s.c n.h n.d s.d r.i b.c a.d ph.d m.d b.a m.a j.d "
                            + "mr mrs ms dr prof rev hon gen col maj capt lt sgt cmdr adm sen rep gov pres st jr sr "
                            + "messrs inc corp co ltd bros dept univ assn vs v etc al approx est "
                            + "jan feb mar apr jun jul aug sept sep oct nov dec "
                            + "ave blvd rd ft mt no nos fig figs vol pp ed eds ariz calif colo conn fla ill ind kan "
                            + "ky mass mich minn miss mo mont neb nev okla ore pa tenn tex va vt wash wis wyo")
                    .split(" "));

    private static final Set<String> OPENERS = Set.of(
            ("the a an in it he she they we i you but and this that these those there however if when while for as "
                            + "at on by with after before since although what why how who where which my our your "
                            + "his her their its so then now also yet to from not no some all many most one two")
                    .split(" "));

    private Sentences() {}

    static List<String> of(String text) {
        List<String> sentences = new ArrayList<>();
        Matcher candidate = CANDIDATE.matcher(text);
        int start = 0;
        while (candidate.find()) {
            String after = candidate.group("after");
            String next = candidate.group("next");
            if (candidate.end() > start && ends(text.substring(tokenStart(text, candidate), candidate.end()), after, next)) {
                int end = closed(text, candidate.end());
                add(sentences, text.substring(start, end));
                start = end;
            }
        }
        add(sentences, text.substring(start));
        return sentences;
    }

    private static void add(List<String> sentences, String sentence) {
        if (!PythonText.isBlank(sentence)) {
            sentences.add(PythonText.strip(sentence));
        }
    }

    private static int tokenStart(String text, Matcher candidate) {
        int start = candidate.end();
        while (start > 0 && !Character.isWhitespace(text.charAt(start - 1))) {
            start--;
        }
        return start;
    }

    private static int closed(String text, int end) {
        Matcher closing = CLOSING.matcher(text).region(end, text.length());
        return closing.lookingAt() ? closing.end() : end;
    }

    /** @param token up to and with its mark */
    private static boolean ends(String token, String after, @org.jspecify.annotations.Nullable String next) {
        if (!token.endsWith(".")) {
            return true;
        }
        if (token.endsWith("..")) {
            return next != null && opens(next);
        }
        String word = bare(token.substring(0, token.length() - 1));
        boolean initial = word.length() == 1 && Character.isLetter(word.charAt(0));
        if (!initial && !ABBREVIATIONS.contains(word) && !isDotted(word)) {
            return next == null ? !Character.isLetterOrDigit(after.charAt(0)) : true;
        }
        return !initial && next != null && opens(next);
    }

    /** Initials with dots between them, such as {@code u.s}. */
    private static boolean isDotted(String word) {
        return word.matches("(?:\\p{L}\\.)+\\p{L}");
    }

    private static boolean opens(String next) {
        String word = next.replaceAll("^[^\\p{L}\\p{N}]+", "");
        return !word.isEmpty()
                && Character.isUpperCase(word.codePointAt(0))
                && OPENERS.contains(bare(word));
    }

    private static String bare(String token) {
        return PythonText.lower(token.replaceAll("^[^\\p{L}\\p{N}]+|[^\\p{L}\\p{N}]+$", ""));
    }
}
