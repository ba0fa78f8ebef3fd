package dev.tribunal.contracts.judge.v1;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.JudgeVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * @param problems what is wrong with the items, in any order; an item that is not named can be judged
 * @param unchecked why the judge could not look at the items, or at some of them; nothing is known of those. Absent if
 *     all were checked
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CheckResponse(
        JudgeVersion judge,
        List<ItemProblem> problems,
        @Nullable String unchecked) {

    public CheckResponse {
        problems = problems == null ? List.of() : List.copyOf(problems);
    }

    /**
     * @param pointer JSON pointer (RFC 6901) from the item's root, for example {@code /reference/answer}
     * @param detail what is wrong and what to do
     */
    public record ItemProblem(String itemId, String pointer, String detail) {}
}
