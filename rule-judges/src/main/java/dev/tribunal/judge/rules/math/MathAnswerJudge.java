package dev.tribunal.judge.rules.math;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.PromptItem;
import dev.tribunal.input.Default;
import dev.tribunal.judge.rules.math.AnswerExtractor.Claim;
import dev.tribunal.judge.rules.math.AnswerExtractor.Formula;
import dev.tribunal.judge.rules.math.NumberReader.Found;
import dev.tribunal.judge.rules.math.Phrase.Around;
import dev.tribunal.judge.rules.math.Phrase.Sense;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemVerdict;
import dev.tribunal.judge.sdk.TypedJudge;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether a completion's answer is the reference's, in whatever form. A completion without a readable answer is violated: it is
 * the completion that failed. Of a reference that cannot be read nothing is said but that the same text is the same.
 */
public final class MathAnswerJudge implements TypedJudge<MathAnswerJudge.Parameters> {

    /** @param form in which a completion states its answer */
    record Parameters(@Default("any") Form form) {}

    enum Form {
        /** A box, "the answer is", or else the last number or formula. */
        ANY,
        /** Only the sentence "The final answer is ..." (CGPO, arXiv 2409.20370, section 4). */
        FINAL_ANSWER
    }

    private static final int MAX_BATCH_ITEMS = 256;
    private static final int MAX_QUOTED = 80;
    private static final Pattern HEDGE = Pattern.compile("\\bor\\b", Pattern.CASE_INSENSITIVE);
    private static final int MAX_ALTERNATIVES = 16;
    private static final int MAX_LISTED = 500;
    private static final Pattern DENIAL = Pattern.compile(
            "^(?:is |are |was )?(?:not|isn|wrong|incorrect|false|never)\\b"
                    + "|\\b(?:is|are) (?:wrong|incorrect|false|not (?:right|correct|true|it|the answer))\\b",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern PROSE = Pattern.compile("(?<!\\\\)\\b\\p{L}{2,}");

    @Override
    public JudgeDescriptor descriptor() {
        return new JudgeDescriptor(
                        "math-answer", "1", JudgeApi.CONTRACT, "Gives the reference's answer.", true, MAX_BATCH_ITEMS)
                .withRequires("reference.answer");
    }

    @Override
    public List<FieldError> checkItem(PromptItem item, Parameters parameters) {
        String unreadable = unreadable(item.reference().get("answer"));
        return unreadable == null ? List.of() : List.of(new FieldError("/reference/answer", unreadable));
    }

    @Override
    public ItemVerdict judge(JudgeItem item, Parameters parameters, Deadline deadline) {
        String reference = reference(item.reference().get("answer"));
        if (reference == null) {
            return ItemVerdict.undecided("missing_reference", "reference.answer is missing or neither text nor number");
        }
        boolean strict = parameters.form() == Form.FINAL_ANSWER;
        String prompt =
                item.messages().isEmpty() ? "" : item.messages().getLast().content();
        String text = Thoughts.answer(item.completion().text(), prompt);
        if (text == null) {
            return ItemVerdict.violated("has no answer outside its thoughts");
        }
        text = Writing.plain(text);
        Claim claim = strict ? AnswerExtractor.finalAnswer(text) : AnswerExtractor.anyAnswer(text);
        if (claim == null && strict) {
            return ItemVerdict.violated("has no sentence 'The final answer is ...'");
        }
        if (claim != null
                && claim.only() instanceof String answer
                && answer.strip().equals(reference.strip())) {
            return ItemVerdict.satisfied("its answer is " + quoted(answer));
        }
        try {
            Answer expected = expected(reference);
            return claim == null ? unmarked(text, reference, expected) : stated(claim, reference, expected);
        } catch (Unreadable why) {
            return ItemVerdict.undecided("unreadable_reference", unreadable(reference, why));
        } catch (Undecidable why) {
            return ItemVerdict.undecided("undecidable", why.getMessage() + ": " + quoted(reference));
        }
    }

    /**
     * Why nobody can say whether an answer is this reference, for who writes prompt files; null if it can be read.
     *
     * @param answer a prompt's {@code reference.answer}
     */
    public static @Nullable String unreadable(@Nullable Object answer) {
        String reference = reference(answer);
        if (reference == null) {
            return "reference.answer is missing or neither text nor number";
        }
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

    /** A reference that is a worked solution, as GSM8K's are, holds its answer in the same forms. */
    private static @Nullable String reference(@Nullable Object answer) {
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

    private static ItemVerdict stated(Claim claim, String reference, Answer expected) {
        if (claim.answers().isEmpty()) {
            return ItemVerdict.violated("says what its answer is not, and not what it is");
        }
        List<Answer> given = new ArrayList<>();
        String said = String.join(" or ", claim.answers());
        for (String answer : claim.answers()) {
            try {
                given.addAll(read(Writing.single(answer)));
            } catch (Unreadable why) {
                return ItemVerdict.violated("its answer " + quoted(answer) + " cannot be read: " + why.getMessage());
            }
        }
        given.addAll(claim.others());
        return compared("its answer is " + quoted(said), given, reference, expected);
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

    /** A text that does not say which is its answer: all of it is, or its last number, or its last formula. */
    private static ItemVerdict unmarked(String text, String reference, Answer expected) {
        Answer whole = brief(text) ? whole(text) : null;
        if (whole != null && (expected instanceof Answer.Words || !(whole instanceof Answer.Words))) {
            return compared("its answer is " + quoted(text), List.of(whole), reference, expected);
        }
        Formula formula = AnswerExtractor.formula(text, true);
        Answer last = formula == null ? null : scaled(formula);
        if (formula != null && last != null && endsTheNumbers(text, formula.text())) {
            return compared("its answer is " + quoted(formula.text()), List.of(last), reference, expected);
        }
        if (expected instanceof Answer.Value(Expression.Number _, var _)) {
            return lastNumber(text, reference, expected);
        }
        return formula == null || last == null
                ? ItemVerdict.violated("has no answer")
                : compared("its answer is " + quoted(formula.text()), List.of(last), reference, expected);
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

    private static ItemVerdict lastNumber(String text, String reference, Answer expected) {
        Phrase sentence = Phrase.of(AnswerExtractor.lastSentence(text));
        if (!sentence.hasNumbers()) {
            return ItemVerdict.violated("has no answer");
        }
        List<Answer> numbers = sentence.said(false);
        if (numbers.isEmpty()) {
            return ItemVerdict.violated("its last sentence says of no number that it is the answer");
        }
        if (text.length() <= MAX_LISTED && Phrase.of(text).onlyNumbers()) {
            return ItemVerdict.violated("is a list of numbers and does not say which is its answer");
        }
        return compared("its last number is " + shown(numbers), numbers, reference, expected);
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

    /**
     * @param given several if the text does not choose: they are one answer if they say the same, or if the reference is
     *     all of them
     */
    private static ItemVerdict compared(String answer, List<Answer> given, String reference, Answer expected) {
        String difference;
        try {
            Answer one = one(given);
            difference = Comparison.difference(expected, one);
            if (difference != null && one instanceof Answer.Several several) {
                difference = each(expected, several) ? null : difference;
            }
        } catch (Unreadable why) {
            return ItemVerdict.violated(answer + ", which cannot be read: " + why.getMessage());
        }
        if (difference == null) {
            return ItemVerdict.satisfied(answer);
        }
        return ItemVerdict.violated(
                answer + ", not " + quoted(reference) + (difference.isEmpty() ? "" : ": " + difference));
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
