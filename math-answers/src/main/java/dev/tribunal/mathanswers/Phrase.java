package dev.tribunal.mathanswers;

import dev.tribunal.mathanswers.NumberReader.Found;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the words around a number in a sentence make of it. "Not 3" says nothing, "less than 3" no number, "half of 3" and
 * "minus 3" another one; "3 or 4" leaves the choice to the reader, "4, no, 3" corrects itself.
 */
final class Phrase {

    /** What is left of a number after the words around it. */
    enum Sense {
        SAID,
        DENIED,
        /** A bound, or part of a sum that is not worked out here. */
        ANOTHER
    }

    private static final Set<String> FILLERS = Set.of(
            "the",
            "a",
            "an",
            "number",
            "value",
            "amount",
            "total",
            "only",
            "just",
            "exactly",
            "precisely",
            "simply",
            "about",
            "approximately",
            "approx",
            "around",
            "roughly",
            "equal",
            "equals",
            "to",
            "be",
            "being",
            "is",
            "are",
            "of",
            "probably",
            "really",
            "definitely",
            "actually",
            "correct",
            "right",
            "answer",
            "itself",
            "usd",
            "going");
    private static final Set<String> NOT = Set.of(
            "not",
            "never",
            "neither",
            "nor",
            "isn't",
            "aren't",
            "wasn't",
            "weren't",
            "isnt",
            "arent",
            "wasnt",
            "cannot",
            "can't",
            "cant",
            "couldn't",
            "wouldn't",
            "won't",
            "doesn't",
            "don't",
            "instead",
            "except",
            "without",
            "excluding",
            "hardly",
            "unlikely",
            "no",
            "nicht",
            "kein",
            "keine",
            "pas",
            "не");
    private static final Set<String> BOUNDS = Set.of(
            "than",
            "above",
            "below",
            "over",
            "under",
            "beyond",
            "between",
            "exceeds",
            "exceeding",
            "exceed",
            "outside",
            "near",
            "nearly",
            "almost",
            "until",
            "beneath",
            "close",
            "from",
            "<",
            ">",
            "≤",
            "≥");
    private static final Set<String> FUNCTIONS = Set.of(
            "percent",
            "%",
            "root",
            "square",
            "cube",
            "multiple",
            "multiples",
            "factor",
            "factors",
            "divisor",
            "divisors",
            "sum",
            "product",
            "difference",
            "quotient",
            "ratio",
            "power",
            "powers",
            "reciprocal",
            "inverse",
            "logarithm",
            "factorial",
            "remainder",
            "opposite",
            "negation",
            "short",
            "excess",
            "outside",
            "digits",
            "log",
            "one",
            "any",
            "none",
            "either");
    private static final Set<String> OPERATORS =
            Set.of("minus", "plus", "times", "over", "multiplied", "divided", "squared", "cubed", "factorial");
    private static final Set<String> POWERS = Set.of("squared", "cubed", "factorial");
    private static final Set<String> OR =
            Set.of("or", "oder", "ou", "o", "или", "或", "|", "alternatively", "otherwise");
    private static final Set<String> MORE = Set.of(
            "more", "less", "fewer", "greater", "higher", "lower", "larger", "smaller", "above", "below", "over",
            "under", "up");
    private static final Set<String> HEDGES = Set.of(
            "maybe",
            "perhaps",
            "possibly",
            "possible",
            "either",
            "might",
            "may",
            "could",
            "unsure",
            "guess",
            "alternative",
            "?");
    private static final Set<String> CORRECTIONS =
            Set.of("wait", "actually", "sorry", "correction", "oops", "rather", "mean", "hmm", "scratch");
    private static final Set<String> WRONG =
            Set.of("wrong", "incorrect", "false", "impossible", "not", "isn't", "isnt");
    private static final Set<String> AWAY = Set.of("short", "away", "off");
    private static final Set<String> TRUE =
            Set.of("", ".", "right", "correct", "true", "it", "the", "possible", "valid", "an");
    private static final Set<String> ASKED = Set.of(
            "need",
            "needs",
            "must",
            "has",
            "have",
            "should",
            "requires",
            "require",
            "required",
            "minimum",
            "maximum",
            "can",
            "could",
            "smallest",
            "largest",
            "least",
            "most",
            "needed");

    /** A word with what belongs to it, or one sign. */
    private static final Pattern PIECE = Pattern.compile("\\p{L}[\\p{L}']*|[^\\s\\p{L}$\"*_`~\\\\{}]");

    /** Of a longer sentence the rest is not looked at. */
    private static final int MAX_LENGTH = 600;

    /** How many words before a number can deny it. */
    private static final int REACH = 3;

    /** How many words between two numbers can make one the other's alternative. */
    private static final int MAX_BETWEEN = 8;

    private final List<Piece> pieces;

    /** Whether one of the numbers is set apart as the answer. */
    private final boolean apart;

    private Phrase(List<Piece> pieces, boolean apart) {
        this.pieces = pieces;
        this.apart = apart;
    }

    private record Piece(String text, @Nullable Fraction number, boolean percent) {

        boolean word() {
            return number == null && Character.isLetter(text.charAt(0));
        }
    }

    /** A number as its words leave it. */
    private record Meant(Fraction value, @Nullable String unit) {

        Answer answer() {
            return new Answer.Value(new Expression.Number(value), unit);
        }
    }

    /** @param sentence of numbers with words around them */
    static Phrase of(String sentence) {
        List<Piece> pieces = pieces(sentence);
        return new Phrase(pieces.stream().allMatch(piece -> piece.number() == null) ? spelled(pieces) : pieces, false);
    }

    private static List<Piece> pieces(String sentence) {
        boolean longer = sentence.length() > MAX_LENGTH;
        String normalized = NumberReader.normalized(longer ? sentence.substring(0, MAX_LENGTH) : sentence);
        List<Piece> pieces = new ArrayList<>();
        int at = 0;
        for (Found number : NumberReader.all(normalized)) {
            words(normalized.substring(at, number.start()), pieces);
            pieces.add(new Piece("#", number.value(), number.percent()));
            at = number.end();
        }
        words(normalized.substring(at), pieces);
        return pieces;
    }

    private static void words(String text, List<Piece> into) {
        Matcher piece = PIECE.matcher(text);
        while (piece.find()) {
            into.add(new Piece(piece.group().toLowerCase(Locale.ROOT), null, false));
        }
    }

    /** With numbers in place of the words for them. */
    private static List<Piece> spelled(List<Piece> pieces) {
        List<String> words = pieces.stream()
                .filter(piece -> !piece.text().equals("-"))
                .map(Piece::text)
                .toList();
        List<Piece> spelled = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            NumberWords.Spelled number = NumberWords.at(words, i);
            // "the one", "no one", "half of it": words that mostly are not numbers.
            boolean loose = number != null
                    && number.words() == 1
                    && (words.get(i).equals("one") && words.size() > 2
                            || words.get(i).equals("half"));
            if (number == null || loose) {
                spelled.add(new Piece(words.get(i), null, false));
            } else {
                spelled.add(new Piece("#", number.value(), false));
                i += number.words() - 1;
            }
        }
        return spelled;
    }

    /**
     * What the words around an answer that is set apart, such as a box, make of it.
     *
     * @param factor by what they multiply it; absent where that is not known
     * @param others numbers that the same sentence gives as well: "3 or" before the box
     */
    record Around(Sense sense, @Nullable Fraction factor, List<Answer> others) {}

    static Around around(String before, String after) {
        List<Piece> pieces = pieces(before);
        int at = pieces.size();
        pieces.add(new Piece("#", Fraction.ONE, false));
        pieces.addAll(pieces(after));
        Phrase phrase = new Phrase(pieces, true);
        List<Answer> others = new ArrayList<>();
        phrase.addOther(phrase.neighbour(at, -1), at, others);
        phrase.addOther(phrase.neighbour(at, 1), at, others);
        return new Around(phrase.sense(at), phrase.factor(at), others);
    }

    /** The next number before or after a place; negative if there is none. */
    private int neighbour(int at, int step) {
        int i = at + step;
        while (i >= 0 && i < pieces.size() && pieces.get(i).number() == null) {
            i += step;
        }
        return i < pieces.size() ? i : -1;
    }

    private void addOther(int other, int at, List<Answer> others) {
        int from = Math.min(other, at);
        int to = Math.max(other, at);
        // "13 dollars, or 1300 cents" says the same in another unit.
        boolean restated = other > at && Units.known(text(other + 1));
        if (other >= 0 && !restated && !corrects(from, to) && alternatives(from, to)) {
            Meant meant = meant(other);
            if (meant != null) {
                others.add(meant.answer());
            }
        }
    }

    /** The value of a sum in words that is all of the phrase: "3 less than 10"; null if it is none. */
    @Nullable
    Answer sum() {
        List<Expression.Number> numbers = new ArrayList<>();
        StringBuilder shape = new StringBuilder();
        for (Piece piece : pieces) {
            if (piece.number() != null) {
                numbers.add(new Expression.Number(
                        piece.percent() ? piece.number().over(Fraction.of(100)) : piece.number()));
                shape.append(piece.percent() ? " %" : " #");
            } else if (!FILLERS.contains(piece.text()) && piece.word()) {
                shape.append(' ').append(piece.text());
            } else if (!piece.word() && !piece.text().equals(".")) {
                return null;
            }
        }
        return numbers.isEmpty() || numbers.size() > 2
                ? null
                : sum(shape.toString().strip(), numbers);
    }

    private static @Nullable Answer sum(String shape, List<Expression.Number> numbers) {
        Expression.Number a = numbers.getFirst();
        Expression.Number b = numbers.getLast();
        Expression sum = switch (shape) {
            case "# less than #", "# fewer than #", "# subtracted from #" -> Expression.difference(b, a);
            case "# more than #", "# greater than #", "# plus #", "sum # and #" -> Expression.sum(a, b);
            case "# minus #" -> Expression.difference(a, b);
            case "# times #", "# multiplied by #", "product # and #", "% #" -> Expression.product(a, b);
            case "# divided by #", "# over #" -> Expression.quotient(a, b);
            case "# percent #", "# per cent #" -> Expression.product(Expression.quotient(a, Expression.of(100)), b);
            case "square root #" -> Expression.power(a, Expression.quotient(Expression.of(1), Expression.of(2)));
            case "# #" -> a.value().whole() ? null : Expression.product(a, b);
            case "square #", "# squared" -> Expression.power(a, Expression.of(2));
            case "cube #", "# cubed" -> Expression.power(a, Expression.of(3));
            default -> null;
        };
        return sum == null ? null : new Answer.Value(sum, null);
    }

    /** Whether the sentence names a number at all, in whatever sense. */
    boolean hasNumbers() {
        return pieces.stream().anyMatch(piece -> piece.number() != null);
    }

    /**
     * What the sentence says, which is several answers if it does not choose among them.
     *
     * @param first whether the first number counts, as after "the answer is", or the last, as where a text ends
     * @return empty if it says no number to be one
     */
    List<Answer> said(boolean first) {
        List<List<Meant>> choices = new ArrayList<>();
        int before = -1;
        for (int i = 0; i < pieces.size(); i++) {
            if (pieces.get(i).number() == null) {
                continue;
            }
            // "Or 4": of a choice that began elsewhere.
            boolean rest = before < 0 && i <= REACH && OR.contains(text(0));
            Meant meant = rest ? null : meant(i);
            boolean corrected = before >= 0 && corrects(before, i);
            boolean joined = before >= 0 && !corrected && alternatives(before, i);
            before = i;
            if (meant == null) {
                if (joined && sense(i) == Sense.ANOTHER) {
                    choices.add(new ArrayList<>());
                }
                continue;
            }
            if (corrected) {
                choices.clear();
            }
            if (joined && !choices.isEmpty()) {
                choices.getLast().add(meant);
            } else {
                choices.add(new ArrayList<>(List.of(meant)));
            }
        }
        if (choices.isEmpty()) {
            return List.of();
        }
        return (first ? choices.getFirst() : choices.getLast())
                .stream().map(Meant::answer).distinct().toList();
    }

    /** Whether all is numbers that differ, with nothing that says what they have to do with each other. */
    boolean onlyNumbers() {
        return pieces.stream()
                        .noneMatch(
                                piece -> piece.word() && piece.text().length() > 1 || "=+-*/<>^".contains(piece.text()))
                && pieces.stream()
                                .map(Piece::number)
                                .filter(Objects::nonNull)
                                .distinct()
                                .count()
                        > 1;
    }

    /** Whether the words between two numbers take the first one back. */
    private boolean corrects(int from, int to) {
        for (int i = from + 1; i < to; i++) {
            String word = pieces.get(i).text();
            boolean than = i + 1 < to && pieces.get(i + 1).text().equals("than");
            boolean no = word.equals("no") && !pieces.get(i + 1).word();
            if (no || CORRECTIONS.contains(word) && !than) {
                return true;
            }
        }
        return false;
    }

    /** Whether the words between two numbers, or a doubt before both, leave the choice between them. */
    private boolean alternatives(int from, int to) {
        if (to - from > MAX_BETWEEN || text(to + 1).equals("=")) {
            // "Or 160 = y" says the same in another way.
            return false;
        }
        boolean doubted = pieces.subList(0, from).stream().anyMatch(piece -> HEDGES.contains(piece.text()));
        boolean words = false;
        boolean hedged = false;
        for (Piece piece : pieces.subList(from + 1, to)) {
            if (piece.text().equals("=") || piece.text().equals(".")) {
                return false;
            }
            if (OR.contains(piece.text())) {
                return true;
            }
            hedged |= HEDGES.contains(piece.text());
            words |= piece.word();
        }
        return hedged || doubted && !words;
    }

    /** The number as the words around it leave it; null if they take it away. */
    private @Nullable Meant meant(int at) {
        if (sense(at) != Sense.SAID) {
            return null;
        }
        Piece piece = pieces.get(at);
        Fraction value = factor(at);
        if (value == null || piece.number() == null) {
            return null;
        }
        value = value.times(piece.number());
        String scale = NumberWords.scale(text(at + 1)) == null ? null : text(at + 1);
        return new Meant(value, piece.percent() ? Units.PERCENT : scale);
    }

    /** By what the words right before multiply: "minus" by -1, "half of" by 1/2; null if by what is not known. */
    private @Nullable Fraction factor(int at) {
        Fraction factor = Fraction.ONE;
        int i = at - 1;
        while (i >= 0) {
            String word = text(i);
            Fraction multiple = multiple(word);
            if (word.equals("minus") || word.equals("negative") || word.equals("-") && opens(i)) {
                factor = factor.negated();
            } else if (multiple != null) {
                factor = factor.times(multiple);
            } else if (word.equals("of") && i > 0 && FUNCTIONS.contains(text(i - 1))) {
                return null;
            } else if (word.equals("of") && i > 0 && NumberWords.part(text(i - 1)) instanceof Fraction part) {
                List<String> before = pieces.subList(Math.max(0, i - 2), i).stream()
                        .map(Piece::text)
                        .toList();
                NumberWords.Spelled many = NumberWords.at(before, 0);
                if (many != null && many.words() == 2) {
                    factor = factor.times(many.value());
                    i -= 2;
                } else {
                    factor = factor.times(part);
                    i--;
                }
            } else if (!FILLERS.contains(word)) {
                return factor;
            }
            i--;
        }
        return factor;
    }

    /** Whether a sign stands before a term, not between two. */
    private boolean opens(int sign) {
        return sign == 0 || text(sign - 1).equals("=") || text(sign - 1).equals("(");
    }

    private static @Nullable Fraction multiple(String word) {
        return switch (word) {
            case "twice", "double" -> Fraction.of(2);
            case "thrice", "triple" -> Fraction.of(3);
            case "quadruple" -> Fraction.of(4);
            default -> null;
        };
    }

    private Sense sense(int at) {
        Sense before = before(at);
        return before == Sense.SAID ? after(at) : before;
    }

    private Sense before(int at) {
        int i = at - 1;
        while (i >= 0 && (FILLERS.contains(text(i)) || text(i).equals("(") || text(i).equals(":"))) {
            if (text(i).equals("to") && i > 0 && text(i - 1).equals("up") && !adds(i - 2)) {
                return Sense.ANOTHER;
            }
            if (text(i).equals(":") || text(i).equals("of") && i > 0 && FUNCTIONS.contains(text(i - 1))) {
                break;
            }
            i--;
        }
        if (i < 0 || !pieces.get(i).word() && !BOUNDS.contains(text(i))) {
            return Sense.SAID;
        }
        String word = text(i);
        String previous = i > 0 ? text(i - 1) : "";
        if (word.equals("than")) {
            return previous.equals("rather") || previous.equals("other") ? Sense.DENIED : Sense.ANOTHER;
        }
        boolean range = (word.equals("and") || word.equals("to"))
                && previous.equals("#")
                && (text(i - 2).equals("between") || text(i - 2).equals("from"));
        boolean divisor = word.equals("by") && previous.equals("divisible");
        if (range || divisor || BOUNDS.contains(word) || OPERATORS.contains(word) && previous.equals("#")) {
            return Sense.ANOTHER;
        }
        if (previous.equals("at") && (word.equals("least") || word.equals("most")) && !asked(i - 1)) {
            return Sense.ANOTHER;
        }
        for (int j = i; j >= 0 && j > i - REACH && pieces.get(j).word(); j--) {
            if (text(j).equals("but") && j > 0 && text(j - 1).startsWith("any")) {
                return Sense.DENIED;
            }
            if (text(j).equals("but") || text(j).equals("so") || text(j).equals("only") || text(j).equals("think")) {
                return Sense.SAID;
            }
            if (text(j).equals("than")) {
                return Sense.ANOTHER;
            }
            if (NOT.contains(text(j)) || text(j).endsWith("不是")) {
                return Sense.DENIED;
            }
        }
        return Sense.SAID;
    }

    /** "Adds up to 3" is 3. */
    private boolean adds(int at) {
        return at >= 0
                && text(at).matches("adds?|sums?|works?|comes?|counts?|totals?|goes|adding|rounds?|rounded|rounding");
    }

    /** "He needs at least 3" is how many he needs at least; so is what is set apart, but for "the answer is at least". */
    private boolean asked(int before) {
        if (apart
                && pieces.subList(0, before).stream()
                        .noneMatch(piece -> piece.text().equals("answer"))) {
            return true;
        }
        for (int i = 0; i < before; i++) {
            if (ASKED.contains(text(i))) {
                return true;
            }
        }
        return false;
    }

    private Sense after(int at) {
        String next = text(at + 1);
        String second = text(at + 2);
        if ((OR.contains(next) || next.equals("and")) && MORE.contains(second)) {
            return Sense.ANOTHER;
        }
        boolean besides = next.equals("below") || next.equals("above") || next.equals("of") && part(at);
        boolean beside = besides && number(at + 2)
                || (second.equals("of") || second.equals("from")) && AWAY.contains(next) && number(at + 3);
        if (beside) {
            return Sense.ANOTHER;
        }
        // "3 less than 10", "3 apples more than 10": of two numbers neither.
        int end = Math.min(pieces.size(), at + 6);
        for (int i = at + 1; i < end && pieces.get(i).word(); i++) {
            boolean compares = MORE.contains(text(i)) && text(i + 1).equals("than");
            boolean operates = i == at + 1
                    && OPERATORS.contains(text(i))
                    && (number(i + 1) || text(i + 1).equals("by") || POWERS.contains(text(i)));
            if (compares && numberAfter(i + 2) || operates) {
                return Sense.ANOTHER;
            }
            boolean verb = text(i).equals("is") || text(i).equals("would") || text(i).equals("was");
            boolean wrong = WRONG.contains(text(verb ? i + 1 : i))
                    && (!text(i + 1).equals("not") || TRUE.contains(text(i + 2)));
            if (verb && wrong || wrong && i == at + 1 && !number(i + 1)) {
                return Sense.DENIED;
            }
        }
        return Sense.SAID;
    }

    private boolean part(int at) {
        Piece piece = pieces.get(at);
        return piece.percent() || piece.number() != null && !piece.number().whole();
    }

    private boolean numberAfter(int from) {
        return pieces.subList(Math.min(from, pieces.size()), Math.min(pieces.size(), from + REACH)).stream()
                .anyMatch(piece -> piece.number() != null);
    }

    private boolean number(int at) {
        return at < pieces.size() && pieces.get(at).number() != null;
    }

    private String text(int at) {
        return at >= 0 && at < pieces.size() ? pieces.get(at).text() : "";
    }
}
