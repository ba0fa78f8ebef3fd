package dev.tribunal.judge.rules.instruction;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parts a text into sentences by the decisions of Punkt (Kiss and Strunk, Unsupervised Multilingual Sentence Boundary
 * Detection, 2006): a question or exclamation mark ends a sentence, and so does a period, unless it belongs to an
 * abbreviation, an initial, a number or an ellipsis and the next word does not look like a sentence's first. Punkt
 * learns its abbreviations and first words from newspapers (which is why "etc." is none); here they are short lists,
 * so rare cases differ.
 */
final class Sentences {

    /** A mark followed by other punctuation, or by space and another token. */
    private static final Pattern CANDIDATE =
            Pattern.compile("[.?!](?=[)\";}\\]*:@'({\\[!?]|\\s+(?<next>\\S+))", Response.PYTHON);

    /** What still belongs to the sentence after its mark: quotes and brackets. */
    private static final Pattern CLOSING = Pattern.compile("[\"')\\]}]+?(?:\\s+|(?=--)|$)", Response.PYTHON);

    /** What parts words beside space; an apostrophe stays with what follows it. */
    private static final Pattern WORD_START = Pattern.compile("^.*(?:[)\";}\\]*:@({\\[!?#&`]|(?='))", Response.PYTHON);

    private static final Pattern INITIAL = Pattern.compile("\\p{L}");
    private static final Pattern NUMBER = Pattern.compile("-?[.,]?\\d[\\d,.-]*");

    private static final Set<String> ABBREVIATIONS =
            words("mr mrs ms dr prof st jr sr maj gen col lt adm sen rep reps messrs inc corp co cos ltd bros cie "
                    + "jan feb aug sept sep oct nov dec tues wed fri a.m p.m ave ft vs yr mg ct ok "
                    + "u.s u.k u.n d.c l.a n.y n.j n.c s.c n.h n.d n.m r.i ph.d "
                    + "ariz calif colo conn fla ga ill kan ky mich minn nev okla ore pa tenn va vt wash wis");

    /** Letters that newspapers use as abbreviations, and not only as initials of names. */
    private static final String ABBREVIATED_LETTERS = "cdefghklmnprstvw";

    /** Words that begin a sentence when they are written large. */
    private static final Set<String> FIRST_WORDS = words(
            "the a an in it he she they we i you but and this that these those there however if when while for as at "
                    + "on by with after before since although though what why how who where which my our your his "
                    + "her their its so then now also yet not some all many most both even indeed instead meanwhile "
                    + "moreover nevertheless nor despite among according similarly thus under");

    private Sentences() {}

    static List<String> of(String text) {
        List<String> sentences = new ArrayList<>();
        Matcher candidate = CANDIDATE.matcher(text);
        int start = 0;
        while (candidate.find()) {
            if (candidate.end() > start && ends(token(text, candidate.end()), candidate.group("next"))) {
                int end = closed(text, candidate.end());
                addUnlessBlank(sentences, text.substring(start, end));
                start = end;
            }
        }
        addUnlessBlank(sentences, text.substring(start));
        return sentences;
    }

    private static void addUnlessBlank(List<String> sentences, String sentence) {
        if (!PythonText.isBlank(sentence)) {
            sentences.add(PythonText.strip(sentence));
        }
    }

    /** The token that ends here. */
    private static String token(String text, int end) {
        int start = end;
        while (start > 0 && !Character.isWhitespace(text.charAt(start - 1))) {
            start--;
        }
        return text.substring(start, end);
    }

    private static int closed(String text, int end) {
        Matcher closing = CLOSING.matcher(text).region(end, text.length());
        return closing.lookingAt() ? closing.end() : end;
    }

    /**
     * @param token up to and with its mark
     * @param next the next token, unless punctuation follows
     */
    private static boolean ends(String token, @Nullable String next) {
        if (!token.endsWith(".")) {
            return true;
        }
        if (token.endsWith("..")) {
            return next != null && isFirstWord(next);
        }
        String word = PythonText.lower(
                WORD_START.matcher(token.substring(0, token.length() - 1)).replaceFirst(""));
        if (INITIAL.matcher(word).matches()) {
            boolean name = next != null && isLarge(next) && !isFirstWord(next);
            return !name && !isSmall(next) && !ABBREVIATED_LETTERS.contains(word);
        }
        if (NUMBER.matcher(word).matches()) {
            return !isSmall(next);
        }
        if (ABBREVIATIONS.contains(word) || ABBREVIATIONS.contains(word.substring(word.lastIndexOf('-') + 1))) {
            return next != null && isFirstWord(next);
        }
        return true;
    }

    private static boolean isFirstWord(String next) {
        return isLarge(next) && FIRST_WORDS.contains(PythonText.lower(next).replaceAll("[^\\p{L}]+$", ""));
    }

    private static boolean isLarge(String token) {
        return Character.isUpperCase(token.codePointAt(0));
    }

    private static boolean isSmall(@Nullable String token) {
        return token != null && Character.isLowerCase(token.codePointAt(0));
    }

    private static Set<String> words(String words) {
        return Set.of(words.split(" "));
    }
}
