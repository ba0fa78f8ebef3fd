package dev.tribunal.mathanswers;

import dev.tribunal.mathanswers.AnswerExtractor.Claim;
import dev.tribunal.mathanswers.AnswerExtractor.Formula;
import dev.tribunal.mathanswers.NumberReader.Found;
import dev.tribunal.mathanswers.Phrase.Around;
import dev.tribunal.mathanswers.Phrase.Sense;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the answer of a text, and compares two. */
public final class MathAnswers {

    private static final int MAX_QUOTED = 80;
    private static final Pattern HEDGE = Pattern.compile("\\bor\\b", Pattern.CASE_INSENSITIVE);
    private static final int MAX_ALTERNATIVES = 16;
    private static final int MAX_LISTED = 500;
    private static final Pattern DENIAL = Pattern.compile(
            "^(?:is |are |was )?(?:not|isn|wrong|incorrect|false|never)\\b"
                    + "|\\b(?:is|are) (?:wrong|incorrect|false|not (?:right|correct|true|it|the answer))\\b",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern PROSE = Pattern.compile("(?<!\\\\)\\b\\p{L}{2,}");

    private MathAnswers() {}

    /** What is known about a text's answer and a reference; the details are for people. */
    public sealed interface Outcome {

        /** They are the same. */
        record Same(String detail) implements Outcome {}

        /** They are not, or the text has no readable answer. */
        record Different(String detail) implements Outcome {}

        /** It cannot be said; {@code code} is for programs. */
        record Unknown(String code, String detail) implements Outcome {}
    }

    /**
     * The answer of a text.
     *
     * @param words in which it gives it
     * @param answers as they were read, several if the text does not choose; none if they cannot be read
     */
    private record Stated(String words, List<Answer> answers) {}

    /** Texts whose answers are compared with each other. */
    public static final class Classes {

        private final List<Stated> classes = new ArrayList<>();

        /**
         * The answer of a completion, in the words of the first completion that gave the same answer; empty if it gives
         * none. Two answers of which it cannot be said whether they are the same are two.
         *
         * @param prompt its last message, which may have begun the model's thoughts
         */
        public String answer(String completion, String prompt) {
            Stated stated = MathAnswers.stated(completion, prompt);
            if (stated == null) {
                return "";
            }
            return classes.stream()
                    .filter(earlier -> same(earlier, stated))
                    .findFirst()
                    .orElseGet(() -> {
                        classes.add(stated);
                        return stated;
                    })
                    .words();
        }
    }

    /** @return null if the text gives no answer */
    private static @Nullable Stated stated(String completion, String prompt) {
        String text = Thoughts.answer(completion, prompt);
        if (text == null) {
            return null;
        }
        text = Writing.plain(text);
        Claim claim = AnswerExtractor.anyAnswer(text);
        Reading reading = claim == null ? unmarked(text, null) : claimed(claim);
        return switch (reading) {
            case Reading.Given(var _, String words, List<Answer> answers) ->
                words.isBlank() ? null : new Stated(words.strip(), answers);
            case Reading.Unread(String words, var _) -> words.isBlank() ? null : new Stated(words.strip(), List.of());
            case Reading.None _ -> null;
        };
    }

    private static boolean same(Stated one, Stated other) {
        if (one.words().equals(other.words())) {
            return true;
        }
        if (one.answers().isEmpty() || other.answers().isEmpty()) {
            return false;
        }
        try {
            return Comparison.difference(one(one.answers()), one(other.answers())) == null;
        } catch (Unreadable | Undecidable why) {
            return false;
        }
    }

    /**
     * Whether a completion's answer is the reference's, in whatever form.
     *
     * @param prompt its last message, which may have begun the model's thoughts
     * @param finalAnswer whether only the sentence "The final answer is ..." gives one
     */
    public static Outcome compare(String completion, String prompt, String reference, boolean finalAnswer) {
        String text = Thoughts.answer(completion, prompt);
        if (text == null) {
            return new Outcome.Different("has no answer outside its thoughts");
        }
        text = Writing.plain(text);
        Claim claim = finalAnswer ? AnswerExtractor.finalAnswer(text) : AnswerExtractor.anyAnswer(text);
        if (claim == null && finalAnswer) {
            return new Outcome.Different("has no sentence 'The final answer is ...'");
        }
        if (claim != null
                && claim.only() instanceof String answer
                && answer.strip().equals(reference.strip())) {
            return new Outcome.Same("its answer is " + quoted(answer));
        }
        try {
            Answer expected = expected(reference);
            return compared(claim == null ? unmarked(text, expected) : claimed(claim), reference, expected);
        } catch (Unreadable why) {
            return new Outcome.Unknown("unreadable_reference", unreadable(reference, why));
        } catch (Undecidable why) {
            return new Outcome.Unknown("undecidable", why.getMessage() + ": " + quoted(reference));
        }
    }

    /**
     * Why nobody can say whether an answer is this reference, for who writes prompt files; null if it can be read.
     *
     * @param reference as {@link #reference} gives it
     */
    public static @Nullable String unreadable(String reference) {
        try {
            expected(reference);
            return null;
        } catch (Unreadable why) {
            return unreadable(reference, why);
        }
    }

    private static String unreadable(String reference, Unreadable why) {
        return "reference.answer " + quoted(reference) + " cannot be read: " + why.getMessage();
    }

    /**
     * A reference that is a worked solution, as GSM8K's are, holds its answer in the same forms.
     *
     * @param answer a prompt's {@code reference.answer}
     * @return null if it is neither a number nor a text that is not blank
     */
    public static @Nullable String reference(@Nullable Object answer) {
        return switch (answer) {
            case Number number -> number.toString();
            case String text
            when !text.isBlank() -> {
                String plain = Writing.plain(text);
                Claim claim = AnswerExtractor.anyAnswer(plain);
                yield claim == null || claim.answers().isEmpty() ? plain : String.join(" or ", claim.answers());
            }
            case null, default -> null;
        };
    }

    /** @throws Unreadable saying why the reference is none that can be compared */
    private static Answer expected(String reference) {
        try {
            return MathReader.read(reference);
        } catch (Unreadable why) {
            Found number = NumberReader.only(reference);
            if (number == null) {
                throw why;
            }
            return number.answer();
        }
    }

    /** What was read of a text. */
    private sealed interface Reading {

        /** @param how for people: "its last number is 5" */
        record Given(String how, String words, List<Answer> answers) implements Reading {}

        /** An answer in words that are not mathematics. */
        record Unread(String words, String why) implements Reading {}

        /** No answer. */
        record None(String why) implements Reading {}
    }

    private static Reading claimed(Claim claim) {
        if (claim.answers().isEmpty()) {
            return new Reading.None("says what its answer is not, and not what it is");
        }
        List<Answer> given = new ArrayList<>();
        String said = String.join(" or ", claim.answers());
        for (String answer : claim.answers()) {
            try {
                given.addAll(read(Writing.single(answer)));
            } catch (Unreadable why) {
                return new Reading.Unread(
                        said, "its answer " + quoted(answer) + " cannot be read: " + why.getMessage());
            }
        }
        given.addAll(claim.others());
        return new Reading.Given("its answer is " + quoted(said), said, given);
    }

    /**
     * The text as it is, or else what it says something "is", or else the formula in it, or else its number as the words
     * around it leave it; several if it leaves the choice to its reader.
     */
    private static List<Answer> read(String answer) {
        try {
            Answer whole = MathReader.read(answer);
            if (denied(whole)) {
                throw new Unreadable("it says what the answer is not");
            }
            return List.of(whole);
        } catch (Unreadable why) {
            String what = AnswerExtractor.predicate(answer);
            Answer said = what == null ? null : readable(what);
            if (said != null && !(said instanceof Answer.Words)) {
                return List.of(said);
            }
            Formula formula = AnswerExtractor.formula(answer, false);
            if (formula != null && !formula.text().isBlank() && !hedges(answer)) {
                Answer scaled = scaled(formula);
                if (scaled != null) {
                    return List.of(scaled);
                }
            }
            List<Answer> numbers = numbers(answer);
            if (numbers.isEmpty()) {
                throw why;
            }
            return numbers;
        }
    }

    /** A formula, times what the words before it make of it; null if they make another number of it, or none. */
    private static @Nullable Answer scaled(Formula formula) {
        Around around = Phrase.around(formula.before(), formula.after());
        if (around.sense() != Sense.SAID
                || around.factor() == null
                || !around.others().isEmpty()) {
            return null;
        }
        Answer read = readable(formula.text());
        if (around.factor().equals(Fraction.ONE) || read == null) {
            return read;
        }
        return read instanceof Answer.Value(Expression term, var unit)
                ? new Answer.Value(Expression.product(new Expression.Number(around.factor()), term), unit)
                : null;
    }

    /** The numbers that an answer in words may mean: one, or several if it does not choose; none if it says none. */
    private static List<Answer> numbers(String answer) {
        String normalized = NumberReader.normalized(answer);
        boolean prose =
                normalized.indexOf('\\') < 0 && PROSE.matcher(normalized).find();
        if (!prose) {
            return List.of();
        }
        Phrase phrase = Phrase.of(normalized.substring(normalized.lastIndexOf('=') + 1));
        Answer sum = phrase.sum();
        return sum == null ? phrase.said(true) : List.of(sum);
    }

    private static boolean hedges(String text) {
        return HEDGE.matcher(text).find();
    }

    /**
     * A text that does not say which is its answer: all of it is, or its last number, or its last formula.
     *
     * @param expected the answer that it is to be compared with; null if that is not known
     */
    private static Reading unmarked(String text, @Nullable Answer expected) {
        Answer whole = brief(text) ? whole(text) : null;
        if (whole != null && (expected instanceof Answer.Words || !(whole instanceof Answer.Words))) {
            return new Reading.Given("its answer is " + quoted(text), text, List.of(whole));
        }
        Formula formula = AnswerExtractor.formula(text, true);
        Answer last = formula == null ? null : scaled(formula);
        if (formula != null && last != null && endsTheNumbers(text, formula.text())) {
            return new Reading.Given("its answer is " + quoted(formula.text()), formula.text(), List.of(last));
        }
        if (expected == null || expected instanceof Answer.Value(Expression.Number _, var _)) {
            Reading number = lastNumber(text);
            if (expected != null || number instanceof Reading.Given) {
                return number;
            }
        }
        if (formula != null && last != null) {
            return new Reading.Given("its answer is " + quoted(formula.text()), formula.text(), List.of(last));
        }
        return whole != null && expected == null
                ? new Reading.Given("its answer is " + quoted(text), text, List.of(whole))
                : new Reading.None("has no answer");
    }

    /** The text as it is, or as a sum in words; null if it is neither. */
    private static @Nullable Answer whole(String text) {
        Answer whole = readable(text);
        return whole != null && !denied(whole) ? whole : Phrase.of(text).sum();
    }

    /** Whether the words behind a number say that it is not the answer. */
    private static boolean denied(Answer answer) {
        return answer instanceof Answer.Value(var _, var unit)
                && unit != null
                && DENIAL.matcher(unit).find();
    }

    private static Reading lastNumber(String text) {
        Phrase sentence = Phrase.of(AnswerExtractor.lastSentence(text));
        if (!sentence.hasNumbers()) {
            return new Reading.None("has no answer");
        }
        List<Answer> numbers = sentence.said(false);
        if (numbers.isEmpty()) {
            return new Reading.None("its last sentence says of no number that it is the answer");
        }
        if (text.length() <= MAX_LISTED && Phrase.of(text).onlyNumbers()) {
            return new Reading.None("is a list of numbers and does not say which is its answer");
        }
        return new Reading.Given("its last number is " + shown(numbers), shown(numbers), numbers);
    }

    private static String shown(List<Answer> numbers) {
        return numbers.stream()
                .map(number -> number instanceof Answer.Value(Expression.Number(Fraction value), var _)
                        ? value.toString()
                        : number.toString())
                .collect(Collectors.joining(" or "));
    }

    /** Whether the text's last number is part of the formula: of a fraction or a root it is not the answer. */
    private static boolean endsTheNumbers(String text, String formula) {
        int end = text.lastIndexOf(formula) + formula.length();
        return text.chars().skip(end).noneMatch(c -> c >= '0' && c <= '9');
    }

    private static boolean brief(String text) {
        return text.length() <= MAX_QUOTED && text.strip().indexOf('\n') < 0;
    }

    private static @Nullable Answer readable(String text) {
        try {
            return MathReader.read(text);
        } catch (Unreadable unreadable) {
            return null;
        }
    }

    /** Several answers are one if they say the same, or if the reference is all of them. */
    private static Outcome compared(Reading reading, String reference, Answer expected) {
        return switch (reading) {
            case Reading.Given(String how, var _, List<Answer> answers) -> compared(how, answers, reference, expected);
            case Reading.Unread(var _, String why) -> new Outcome.Different(why);
            case Reading.None(String why) -> new Outcome.Different(why);
        };
    }

    private static Outcome compared(String how, List<Answer> given, String reference, Answer expected) {
        String difference;
        try {
            Answer one = one(given);
            difference = Comparison.difference(expected, one);
            if (difference != null && one instanceof Answer.Several several) {
                difference = each(expected, several) ? null : difference;
            }
        } catch (Unreadable why) {
            return new Outcome.Different(how + ", which cannot be read: " + why.getMessage());
        }
        if (difference == null) {
            return new Outcome.Same(how);
        }
        return new Outcome.Different(
                how + ", not " + quoted(reference) + (difference.isEmpty() ? "" : ": " + difference));
    }

    private static Answer one(List<Answer> given) {
        return given.size() == 1 ? given.getFirst() : new Answer.Several(given, Answer.Joiner.OR);
    }

    /** Whether all of several alternatives are the reference: "2 hours or 120 minutes". */
    private static boolean each(Answer expected, Answer.Several several) {
        return several.joiner() == Answer.Joiner.OR
                && several.parts().size() <= MAX_ALTERNATIVES
                && several.parts().stream().allMatch(part -> Comparison.difference(expected, part) == null);
    }

    private static String quoted(String text) {
        String stripped = text.strip();
        return "'" + (stripped.length() > MAX_QUOTED ? stripped.substring(0, MAX_QUOTED) + "..." : stripped) + "'";
    }
}
