package dev.tribunal.judge.rules.math;

import dev.tribunal.contracts.http.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.judge.rules.math.NumberReader.Found;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemJudge;
import dev.tribunal.judge.sdk.Opinion;
import dev.tribunal.judge.sdk.Parameters;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a completion's answer is the reference's, in whatever form. Parameter {@code form}: {@code any} (the default)
 * takes a box, "the answer is", or else the last number or formula; {@code final-answer} takes only the sentence "The
 * final answer is ..." (CGPO, arXiv 2409.20370, section 4). A completion without a readable answer is violated: it is
 * the completion that failed. Of a reference that cannot be read nothing is said but that the same text is the same.
 */
public final class MathAnswerJudge implements ItemJudge {

    private static final int MAX_BATCH_ITEMS = 256;
    private static final int MAX_QUOTED = 80;
    private static final Pattern HEDGE = Pattern.compile("\\bor\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern PROSE = Pattern.compile("(?<!\\\\)\\b\\p{L}{2,}");

    @Override
    public JudgeDescriptor descriptor() {
        return new JudgeDescriptor(
                        "math-answer", "1", JudgeApi.CONTRACT, "Gives the reference's answer.", true, MAX_BATCH_ITEMS)
                .withRequires("reference.answer");
    }

    @Override
    public List<FieldError> check(Map<String, Object> parameters) {
        return Parameters.of(parameters).oneOf("form", "any", "final-answer").errors();
    }

    @Override
    public Opinion judge(JudgeItem item, Map<String, Object> parameters, Deadline deadline) {
        String reference = reference(item.reference().get("answer"));
        if (reference == null) {
            return Opinion.undecided("missing_reference", "reference.answer is missing or neither text nor number");
        }
        boolean strict = "final-answer".equals(parameters.get("form"));
        String text = item.completion().text();
        String answer = strict ? AnswerExtractor.finalAnswer(text) : AnswerExtractor.anyAnswer(text);
        if (answer == null && strict) {
            return Opinion.violated("has no sentence 'The final answer is ...'");
        }
        if (answer != null && answer.strip().equals(reference.strip())) {
            return Opinion.satisfied("its answer is " + quoted(answer));
        }
        try {
            Answer expected = expected(reference);
            return answer == null ? unmarked(text, reference, expected) : stated(answer, reference, expected);
        } catch (Unreadable why) {
            return Opinion.undecided(
                    "unreadable_reference",
                    "reference.answer " + quoted(reference) + " cannot be read: " + why.getMessage());
        } catch (Undecidable why) {
            return Opinion.undecided("undecidable", why.getMessage() + ": " + quoted(reference));
        }
    }

    /** A reference that is a worked solution, as GSM8K's are, holds its answer in the same forms. */
    private static @Nullable String reference(@Nullable Object answer) {
        return switch (answer) {
            case Number number -> number.toString();
            case String text
            when !text.isBlank() -> {
                String extracted = AnswerExtractor.anyAnswer(text);
                yield extracted == null ? text : extracted;
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

    private static Opinion stated(String answer, String reference, Answer expected) {
        Answer given;
        try {
            given = read(answer);
        } catch (Unreadable why) {
            Found number = number(answer);
            if (number == null) {
                return Opinion.violated("its answer " + quoted(answer) + " cannot be read: " + why.getMessage());
            }
            given = number.answer();
        }
        return compared("its answer is " + quoted(answer), given, reference, expected);
    }

    /** The text as it is, or else what it says something "is", or else the formula in it. */
    private static Answer read(String answer) {
        try {
            return MathReader.read(answer);
        } catch (Unreadable why) {
            String what = AnswerExtractor.predicate(answer);
            Answer said = what == null ? null : readable(what);
            if (said != null && !(said instanceof Answer.Words)) {
                return said;
            }
            String formula = AnswerExtractor.formula(answer, false);
            if (formula == null || formula.isBlank() || hedges(answer)) {
                throw why;
            }
            return MathReader.read(formula);
        }
    }

    /** The first number of an answer in words that names no other; null if it is none or names several. */
    private static @Nullable Found number(String answer) {
        String normalized = NumberReader.normalized(answer);
        String side = normalized.substring(normalized.lastIndexOf('=') + 1);
        boolean prose =
                normalized.indexOf('\\') < 0 && PROSE.matcher(normalized).find();
        List<Found> numbers = prose ? NumberReader.all(side) : List.of();
        boolean one = numbers.size() == 1
                || !numbers.isEmpty()
                        && !hedges(side.substring(numbers.getFirst().end()));
        return one ? numbers.getFirst() : null;
    }

    private static boolean hedges(String text) {
        return HEDGE.matcher(text).find();
    }

    /** A text that does not say which is its answer: all of it is, or its last number, or its last formula. */
    private static Opinion unmarked(String text, String reference, Answer expected) {
        Answer whole = brief(text) ? readable(text) : null;
        if (whole != null && (expected instanceof Answer.Words || !(whole instanceof Answer.Words))) {
            return compared("its answer is " + quoted(text), whole, reference, expected);
        }
        String formula = AnswerExtractor.formula(text, true);
        Answer last = formula == null ? null : readable(formula);
        if (formula != null && last != null && endsTheNumbers(text, formula)) {
            return compared("its answer is " + quoted(formula), last, reference, expected);
        }
        if (expected instanceof Answer.Value(Expression.Number _, var _)) {
            Found number = NumberReader.last(text);
            return number == null
                    ? Opinion.violated("has no answer")
                    : compared("its last number is " + number.value(), number.answer(), reference, expected);
        }
        return formula == null || last == null
                ? Opinion.violated("has no answer")
                : compared("its answer is " + quoted(formula), last, reference, expected);
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

    private static Opinion compared(String answer, Answer given, String reference, Answer expected) {
        String difference;
        try {
            difference = Comparison.difference(expected, given);
        } catch (Unreadable why) {
            return Opinion.violated(answer + ", which cannot be read: " + why.getMessage());
        }
        if (difference == null) {
            return Opinion.satisfied(answer);
        }
        return Opinion.violated(
                answer + ", not " + quoted(reference) + (difference.isEmpty() ? "" : ": " + difference));
    }

    private static String quoted(String text) {
        String stripped = text.strip();
        return "'" + (stripped.length() > MAX_QUOTED ? stripped.substring(0, MAX_QUOTED) + "..." : stripped) + "'";
    }
}
