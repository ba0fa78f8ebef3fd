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
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a completion's answer is the reference's. Parameter {@code form}: {@code any} (the default) takes a box,
 * "the answer is", or else the last number; {@code final-answer} takes only the sentence "The final answer is ..."
 * (CGPO, arXiv 2409.20370, section 4). A completion without an answer is violated: it is the completion that failed.
 */
public final class MathAnswerJudge implements ItemJudge {

    private static final int MAX_BATCH_ITEMS = 256;
    private static final int MAX_QUOTED = 80;
    private static final Pattern HEDGE = Pattern.compile("\\bor\\b", Pattern.CASE_INSENSITIVE);

    @Override
    public JudgeDescriptor descriptor() {
        return new JudgeDescriptor(
                "math-answer", "1", JudgeApi.CONTRACT, "Gives the reference's answer.", true, MAX_BATCH_ITEMS);
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
        String text = item.completion().text();
        boolean strict = "final-answer".equals(parameters.get("form"));
        String answer = strict ? AnswerExtractor.finalAnswer(text) : AnswerExtractor.anyAnswer(text);
        if (answer != null) {
            return same(answer, reference)
                    ? Opinion.satisfied("answers " + quoted(answer))
                    : Opinion.violated("answers " + quoted(answer) + ", not " + quoted(reference));
        }
        return strict
                ? Opinion.violated("has no sentence 'The final answer is ...'")
                : judgeLastNumber(text, reference);
    }

    private static Opinion judgeLastNumber(String text, String reference) {
        List<Found> numbers = NumberReader.all(text);
        Found expected = NumberReader.only(reference);
        if (numbers.isEmpty() || expected == null) {
            return Opinion.violated("has no answer");
        }
        Found last = numbers.getLast();
        return last.same(expected)
                ? Opinion.satisfied("its last number is " + last.value())
                : Opinion.violated("its last number is " + last.value() + ", not " + quoted(reference));
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

    /** As numbers where the reference is one, perhaps with a unit; else as the same text but for spaces and case. */
    private static boolean same(String answer, String reference) {
        Found expected = NumberReader.only(reference);
        String side = NumberReader.normalized(answer);
        side = side.substring(side.lastIndexOf('=') + 1);
        List<Found> given = NumberReader.all(side);
        if (expected == null || given.isEmpty()) {
            return plain(answer).equals(plain(reference));
        }
        boolean hedges = given.size() > 1
                && HEDGE.matcher(side.substring(given.getFirst().end())).find();
        return !hedges && given.getFirst().same(expected);
    }

    private static String plain(String text) {
        return NumberReader.normalized(text).replaceAll("[\\s.]+", "").toLowerCase(Locale.ROOT);
    }

    private static String quoted(String text) {
        String stripped = text.strip();
        return "'" + (stripped.length() > MAX_QUOTED ? stripped.substring(0, MAX_QUOTED) + "..." : stripped) + "'";
    }
}
