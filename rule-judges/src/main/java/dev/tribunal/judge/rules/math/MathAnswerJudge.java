package dev.tribunal.judge.rules.math;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.PromptItem;
import dev.tribunal.input.Default;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemVerdict;
import dev.tribunal.judge.sdk.TypedJudge;
import dev.tribunal.mathanswers.MathAnswers;
import dev.tribunal.mathanswers.MathAnswers.Outcome;
import java.util.List;
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
        String reference = MathAnswers.reference(item.reference().get("answer"));
        if (reference == null) {
            return ItemVerdict.undecided("missing_reference", "reference.answer is missing or neither text nor number");
        }
        String prompt =
                item.messages().isEmpty() ? "" : item.messages().getLast().content();
        boolean strict = parameters.form() == Form.FINAL_ANSWER;
        return switch (MathAnswers.compare(item.completion().text(), prompt, reference, strict)) {
            case Outcome.Same(String detail) -> ItemVerdict.satisfied(detail);
            case Outcome.Different(String detail) -> ItemVerdict.violated(detail);
            case Outcome.Unknown(String code, String detail) -> ItemVerdict.undecided(code, detail);
        };
    }

    /**
     * Why nobody can say whether an answer is this reference, for who writes prompt files; null if it can be read.
     *
     * @param answer a prompt's {@code reference.answer}
     */
    public static @Nullable String unreadable(@Nullable Object answer) {
        String reference = MathAnswers.reference(answer);
        return reference == null
                ? "reference.answer is missing or neither text nor number"
                : MathAnswers.unreadable(reference);
    }
}
