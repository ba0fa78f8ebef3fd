package dev.tribunal.mathanswers;

import dev.tribunal.mathanswers.Phrase.Around;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the words in which a text gives its answer. The last place counts, since a text may correct itself; places that
 * only an "or" or nothing at all joins are one answer of several parts. It looks from the end of the text, since
 * completions are long and answers near their end.
 */
final class AnswerExtractor {

    private static final String BOXED = "\\boxed";
    private static final String FBOX = "\\fbox";
    private static final String ANSWER = "answer";
    private static final String FINAL = "the final ";
    private static final String HASHES = "####";

    /** How many places are looked at that may belong together. */
    private static final int MAX_PLACES = 16;

    /** Longer texts between two places are a way from one to the other. */
    private static final int MAX_GAP = 160;

    private static final int MAX_GAP_WORDS = 12;

    /** How much of the sentence around a box is looked at. */
    private static final int AROUND = 200;

    private static final Pattern WORD = Pattern.compile("(?<!\\\\)\\p{L}[\\p{L}']*");
    private static final Set<String> ALTERNATIVE = Set.of(
            "or",
            "oder",
            "ou",
            "или",
            "maybe",
            "perhaps",
            "possibly",
            "either",
            "might",
            "alternatively",
            "otherwise",
            "alternative",
            "guess",
            "else",
            "could",
            "unless",
            "may");
    private static final Set<String> CORRECTING =
            Set.of("wait", "no", "not", "actually", "sorry", "oops", "correction", "rather", "instead", "mean");
    private static final Set<String> LISTING = Set.of(
            "and",
            "the",
            "answer",
            "answers",
            "option",
            "attempt",
            "try",
            "choice",
            "candidate",
            "solution",
            "is",
            "my",
            "also",
            "another",
            "next",
            "quad",
            "text");

    /** "Wait, no, it is 3": words between which and the number stand only such as say that it counts now. */
    private static final Pattern CORRECTION = Pattern.compile(
            "(?:^|[\\s.(,;:!?*$])(?:wait|no(?=[,.:;!])|actually|sorry|oops|correction|i mean|make that|scratch that)"
                    + "(?:[\\s,.:;!*$(\\\\]|-(?!\\d)|no\\b|wait\\b|sorry\\b|actually\\b|i mean\\b|make that\\b"
                    + "|it's\\b|its\\b|it\\b|is\\b"
                    + "|that's\\b|that\\b|was\\b|wrong\\b|should\\b|be\\b|must\\b|boxed\\{|scratch\\b){1,20}"
                    + "(?<number>-?[\\d.][^\\n]{0,100})",
            Pattern.CASE_INSENSITIVE);

    /** "Or 4" right behind an answer. */
    private static final Pattern ALTERNATIVELY = Pattern.compile(
            "[\\s.?!,;:)*$}\\\\]*(?:or|maybe|perhaps|possibly|alternatively|otherwise)\\b"
                    + "(?:[\\s,$*(]|(?:or|maybe|perhaps|possibly|it|is|be|could|might|may|also|even|just|the|answer)\\b){1,20}"
                    + "(?<number>-?[\\d.][^\\n]{0,100})",
            Pattern.CASE_INSENSITIVE);

    /** Before "the answer is": what says that it is not said. */
    private static final Pattern UNSAID = Pattern.compile(
            "(?:\\b(?:not|never|nobody|no one)|n't)\\s+(?:\\w+\\s+)?"
                    + "(?:think|believe|say|mean|claim|sure|certain|true|convinced|case|knows?)\\b[^,;:]{0,30}$"
                    + "|\\b(?:(?:false|wrong|unlikely|impossible|untrue)\\s+(?:that|to)|doubt|knows if)\\b[^,;:]{0,20}$"
                    + "|\\b(?:if|whether)\\s+the\\s*$",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern ANOTHER_VALUE =
            Pattern.compile("[\\s$,]*(?:and|or)[\\s$]*\\p{L}(?:_\\d)?\\s*=[\\s$]*", Pattern.CASE_INSENSITIVE);

    private static final Pattern NEVERTHELESS = Pattern.compile("\\b(?:but|so|however)\\b", Pattern.CASE_INSENSITIVE);

    private AnswerExtractor() {}

    /**
     * What a text says its answer is.
     *
     * @param answers in its own words, several where it does not choose among them; none if it says only what its answer
     *     is not
     * @param others numbers that it gives beside them as well
     */
    record Claim(List<String> answers, List<Answer> others) {

        /** The answer, if it is one alone. */
        @Nullable
        String only() {
            return answers.size() == 1 && others.isEmpty() ? answers.getFirst() : null;
        }

        static Claim of(String answer) {
            return new Claim(List.of(answer), List.of());
        }
    }

    /** A place in a text that says an answer. */
    private record Place(int start, int end, String answer, boolean closed) {}

    /** The sentence "The final answer is ...", and nothing else. */
    static @Nullable Claim finalAnswer(String text) {
        Claim claim = sentences(text, true, 0);
        if (claim == null || claim.answers().size() != 1) {
            return claim;
        }
        Claim boxed = boxes(claim.answers().getFirst());
        return boxed != null ? boxed : claim;
    }

    /** A box, the final answer's sentence, four hashes, "the answer is", in that order; a later sentence before a box. */
    static @Nullable Claim anyAnswer(String text) {
        Claim boxed = boxes(text);
        if (boxed != null) {
            int end = lastBox(text);
            Claim later = sentences(text, false, end);
            boolean number = later != null
                    && later.answers().size() == 1
                    && !later.answers().getFirst().contains(BOXED)
                    && !Phrase.of(later.answers().getFirst()).said(true).isEmpty();
            return number ? later : boxed;
        }
        Claim finalAnswer = finalAnswer(text);
        if (finalAnswer != null) {
            return finalAnswer;
        }
        int hashes = text.lastIndexOf(HASHES);
        return hashes >= 0 ? Claim.of(line(text, hashes + HASHES.length())) : sentences(text, false, 0);
    }

    /** The last {@code $...$}, {@code \(...\)} or {@code \[...\]} of a text, or the first. */
    record Formula(String text, String before, String after) {}

    /** @return null if the text has no formula */
    static @Nullable Formula formula(String text, boolean last) {
        Formula found = null;
        for (int i = 0; i < text.length(); i++) {
            String close = closing(text, i);
            if (close != null) {
                int start = i + close.length();
                int end = text.indexOf(close, start);
                if (end < 0) {
                    break;
                }
                int next = end + close.length();
                if (!last) {
                    return new Formula(text.substring(start, end), before(text, i, 0), after(text, next));
                }
                found = new Formula(text.substring(start, end), before(text, i, 0), after(text, next));
                i = next - 1;
            }
        }
        return found;
    }

    /** What a sentence says something "is", such as the largest $n$, before it names any number; null if nothing. */
    static @Nullable String predicate(String sentence) {
        boolean formula = false;
        int predicate = -1;
        for (int i = 0; i < sentence.length(); i++) {
            char c = sentence.charAt(i);
            if (c == '$') {
                formula = !formula;
            } else if (!formula && c >= '0' && c <= '9') {
                break;
            } else if (!formula && sentence.startsWith(" is ", i)) {
                predicate = i + " is ".length();
            }
        }
        return predicate < 0 ? null : sentence.substring(predicate);
    }

    /** How the formula ends that begins here; null if none does. */
    private static @Nullable String closing(String text, int at) {
        char c = text.charAt(at);
        if (c == '$' && (at == 0 || text.charAt(at - 1) != '\\')) {
            return text.startsWith("$$", at) ? "$$" : "$";
        }
        return c != '\\' ? null : text.startsWith("\\(", at) ? "\\)" : text.startsWith("\\[", at) ? "\\]" : null;
    }

    /** The sentences after the last "answer is" or "answer:", those that nothing but an "or" joins together. */
    private static @Nullable Claim sentences(String text, boolean finalOnly, int from) {
        List<String> answers = new ArrayList<>();
        Place later = null;
        int unsaid = 0;
        for (int i = text.length() - ANSWER.length();
                i >= from && answers.size() < MAX_PLACES && unsaid < MAX_PLACES;
                i--) {
            char c = text.charAt(i);
            if ((c == 'a' || c == 'A') && text.regionMatches(true, i, ANSWER, 0, ANSWER.length())) {
                int after = introduced(text, i, finalOnly);
                if (after < 0) {
                    continue;
                }
                if (unsaid(before(text, i, from))) {
                    unsaid++;
                    continue;
                }
                Place place = statement(text, i, after);
                if (later == null) {
                    String corrected = corrected(text, place.end());
                    if (corrected != null) {
                        return Claim.of(corrected);
                    }
                    alternatively(text, place.end(), answers);
                } else if (place.end() > later.start()) {
                    // "The answer is 3, or perhaps the answer is 4": one sentence for both.
                    place = new Place(i, later.start(), text.substring(after, later.start()), true);
                    if (!joined(text, after, later.start())
                            || !Phrase.of(place.answer()).hasNumbers()) {
                        break;
                    }
                } else if (!joined(text, place.end(), later.start())) {
                    break;
                }
                answers.addFirst(place.answer());
                later = place;
            }
        }
        return answers.isEmpty() && unsaid == 0 ? null : new Claim(answers, List.of());
    }

    /** "I do not think the answer is", "if the answer is". */
    private static boolean unsaid(String before) {
        return UNSAID.matcher(before).find() && !NEVERTHELESS.matcher(before).find();
    }

    private static void alternatively(String text, int end, List<String> answers) {
        String rest = text.substring(end, Math.min(text.length(), end + AROUND));
        Matcher alternative = ALTERNATIVELY.matcher(rest);
        if (alternative.lookingAt()) {
            answers.add(sentence(alternative.group("number")));
        }
    }

    /** Where the answer begins that the word "answer" here introduces; negative if it introduces none. */
    private static int introduced(String text, int at, boolean finalOnly) {
        int before = finalOnly ? at - FINAL.length() : at;
        boolean words = !finalOnly || before >= 0 && text.regionMatches(true, before, FINAL, 0, FINAL.length());
        if (!words || before > 0 && Character.isLetterOrDigit(text.charAt(before - 1))) {
            return -1;
        }
        int end = at + ANSWER.length();
        int next = skipped(text, end);
        boolean is = next > end && text.regionMatches(true, next, "is", 0, 2) && !letter(text, next + 2);
        if (is) {
            int colon = skipped(text, next + 2);
            return colon < text.length() && text.charAt(colon) == ':' ? colon + 1 : next + 2;
        }
        // "**Answer**: 25" and "Answer: 25", but not "The final answer: 25", which lacks the verb.
        int sign = finalOnly ? text.length() : text.startsWith("**", next) ? skipped(text, next + 2) : next;
        return sign < text.length() && (text.charAt(sign) == ':' || text.charAt(sign) == '=') ? sign + 1 : -1;
    }

    private static boolean letter(String text, int at) {
        return at < text.length() && Character.isLetterOrDigit(text.charAt(at));
    }

    private static int skipped(String text, int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /** The rest of a line, or the next line if that is empty, up to the end of its sentence. */
    private static Place statement(String text, int word, int from) {
        int start = from;
        while (start < text.length() && (Character.isWhitespace(text.charAt(start)) || text.charAt(start) == '*')) {
            start++;
        }
        if (text.startsWith("\\[", start) || text.startsWith("$$", start)) {
            int end = text.indexOf(text.startsWith("$$", start) ? "$$" : "\\]", start + 2);
            if (end >= 0) {
                return new Place(word, end + 2, text.substring(start + 2, end), true);
            }
            String rest = line(text, start);
            return new Place(word, start + rest.length(), rest, true);
        }
        String sentence = sentence(line(text, start));
        return new Place(word, start + sentence.length(), sentence, true);
    }

    private static String line(String text, int from) {
        int end = text.indexOf('\n', from);
        return text.substring(from, end < 0 ? text.length() : end);
    }

    /** What the text says right after an answer to take it back: "No, it is 3"; null if it does not. */
    private static @Nullable String corrected(String text, int end) {
        String rest = text.substring(end, Math.min(text.length(), end + AROUND));
        Matcher correction = CORRECTION.matcher(rest);
        String corrected = null;
        while (correction.find()) {
            corrected = sentence(correction.group("number"));
        }
        return corrected;
    }

    /** Whether what stands between two answers makes them alternatives, or a list. */
    private static boolean joined(String text, int from, int to) {
        if (to < from || to - from > MAX_GAP) {
            return false;
        }
        // "x = 3 and x = -2" are two answers, "x = 3, so that x + 1 = 4" is a way to one.
        String gap = text.substring(from, to);
        if (gap.indexOf('=') >= 0 && !ANOTHER_VALUE.matcher(gap).matches()) {
            return false;
        }
        Matcher word = WORD.matcher(text).region(from, to).useTransparentBounds(true);
        int words = 0;
        boolean alternative = false;
        boolean listed = true;
        while (word.find()) {
            String lower = word.group().toLowerCase(Locale.ROOT);
            if (CORRECTING.contains(lower)) {
                return false;
            }
            words++;
            alternative |= ALTERNATIVE.contains(lower);
            listed &= lower.length() == 1 || LISTING.contains(lower);
        }
        return listed || alternative && words <= MAX_GAP_WORDS;
    }

    private static int lastBox(String text) {
        Place last = box(text, Math.max(text.lastIndexOf(BOXED), text.lastIndexOf(FBOX)));
        return last == null ? 0 : last.end();
    }

    /** The last {@code \boxed{...}}, and those before that are joined to it; null if there is none. */
    private static @Nullable Claim boxes(String text) {
        List<String> answers = new ArrayList<>();
        List<Answer> others = new ArrayList<>();
        int start = Math.max(text.lastIndexOf(BOXED), text.lastIndexOf(FBOX));
        if (start < 0) {
            return null;
        }
        Place later = null;
        for (int i = 0; i < MAX_PLACES && start >= 0; i++) {
            Place box = box(text, start);
            int earlier =
                    start == 0 ? -1 : Math.max(text.lastIndexOf(BOXED, start - 1), text.lastIndexOf(FBOX, start - 1));
            Place outer = earlier < 0 ? null : box(text, earlier);
            if (outer != null && outer.closed() && outer.end() > start) {
                // A box within a box.
                start = earlier;
                continue;
            }
            if (box == null || later != null && !joined(text, box.end(), later.start())) {
                break;
            }
            if (later == null) {
                String corrected = corrected(text, box.end());
                if (corrected != null) {
                    return Claim.of(corrected);
                }
            }
            Around around = Phrase.around(
                    before(text, start, outer == null ? 0 : outer.end()), later == null ? after(text, box.end()) : "");
            switch (around.sense()) {
                case DENIED -> {}
                case ANOTHER -> answers.addFirst(lead(text, start) + box.answer());
                case SAID -> {
                    if (later == null) {
                        alternatively(text, box.end(), answers);
                    }
                    answers.addFirst(
                            around.factor() == null
                                    ? lead(text, start) + box.answer()
                                    : around.factor().equals(Fraction.ONE)
                                            ? box.answer()
                                            : "(" + around.factor() + ")(" + box.answer() + ")");
                    others.addAll(around.others());
                    later = box;
                }
            }
            start = earlier;
        }
        return new Claim(answers, others);
    }

    /** The words before a box, without which it says something else. */
    private static String lead(String text, int start) {
        String before = before(text, start, 0);
        return before.substring(Math.max(0, before.length() - 40)).strip() + " ";
    }

    /** What stands before a place in its sentence. */
    private static String before(String text, int at, int least) {
        int from = at;
        int first = Math.max(least, at - AROUND);
        while (from > first
                && text.charAt(from - 1) != '\n'
                && !(from < at && ends(text, from) && stop(text, from - 1))) {
            from--;
        }
        return text.substring(from, at);
    }

    /** What stands after a place in its sentence. */
    private static String after(String text, int at) {
        int end = at;
        int last = Math.min(text.length(), at + AROUND);
        while (end < last && text.charAt(end) != '\n' && !(stop(text, end) && ends(text, end + 1))) {
            end++;
        }
        return text.substring(at, end);
    }

    private static boolean stop(String text, int at) {
        char c = text.charAt(at);
        return c == '.' || c == '!' || c == '?';
    }

    /**
     * What stands in the box that begins here, braces within it balanced. Of a box that is never closed the brace stays,
     * and nobody can read it. Null if there is none.
     */
    private static @Nullable Place box(String text, int start) {
        if (start < 0) {
            return null;
        }
        int name = text.startsWith(BOXED, start) ? BOXED.length() : FBOX.length();
        int open = skipped(text, start + name);
        if (open == text.length() || text.charAt(open) != '{') {
            // \boxed 5
            int end = open;
            while (end < text.length() && !Character.isWhitespace(text.charAt(end)) && text.charAt(end) != '$') {
                end++;
            }
            return new Place(start, end, text.substring(open, end), true);
        }
        int depth = 0;
        for (int i = open; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean escaped = text.charAt(i - 1) == '\\';
            depth += c == '{' && !escaped ? 1 : c == '}' && !escaped ? -1 : 0;
            if (depth == 0) {
                return new Place(start, i + 1, unboxed(text.substring(open + 1, i)), true);
            }
        }
        return new Place(start, text.length(), text.substring(open), false);
    }

    private static String unboxed(String content) {
        return content.contains(BOXED) ? content.replace(BOXED, "") : content;
    }

    /** Up to the sign that ends the sentence, which is none within a number or a formula. */
    private static String sentence(String line) {
        boolean dollars = line.chars().filter(c -> c == '$').count() % 2 == 0;
        boolean formula = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '$' && dollars) {
                formula = !formula;
            } else if (c == '\\' && (line.startsWith("\\(", i) || line.startsWith("\\)", i))) {
                formula = line.charAt(i + 1) == '(';
            } else if (!formula && stop(line, i) && ends(line, i + 1)) {
                return line.substring(0, i);
            }
        }
        return line;
    }

    /** The sentence of a text's last digit; the text's end if it has no digit. */
    static String lastSentence(String text) {
        int digit = text.length() - 1;
        while (digit >= 0 && !(text.charAt(digit) >= '0' && text.charAt(digit) <= '9')) {
            digit--;
        }
        if (digit < 0) {
            return text.substring(Math.max(0, text.length() - AROUND));
        }
        String before = before(text, digit, 0);
        int from = digit - before.length();
        while (from > 0 && from < digit && numeric(text.charAt(from - 1)) && numeric(text.charAt(from))) {
            // Not the end of a longer number.
            from++;
        }
        boolean cut = from == digit && from > 0 && before.length() >= AROUND;
        return cut ? "" : text.substring(from, digit) + after(text, digit);
    }

    private static boolean numeric(char c) {
        return c >= '0' && c <= '9' || c == ',' || c == '.';
    }

    private static boolean ends(String line, int at) {
        return at == line.length() || Character.isWhitespace(line.charAt(at)) || "*\"<".indexOf(line.charAt(at)) >= 0;
    }
}
