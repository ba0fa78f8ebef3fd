package dev.tribunal.judge.sdk;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.PromptItem;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A judge that looks at a batch of items at once. One that looks at each item by itself is simpler written as an
 * {@link ItemJudge}.
 */
public interface Judge {

    JudgeDescriptor descriptor();

    /**
     * What is wrong with a task's parameters, all at once, by JSON pointer from the parameters' root.
     *
     * @return empty if a call with these parameters makes sense
     */
    default List<FieldError> check(Map<String, Object> parameters) {
        return List.of();
    }

    /**
     * What is wrong with a prompt's data, so that the judge could not judge any completion of it: asked when a run is
     * created, for every line of its prompt file. A judge that overrides it {@linkplain JudgeDescriptor#checksItems says
     * so} in the descriptor that its service tells.
     *
     * @param item a prompt with its reference and metadata
     * @param parameters have passed {@link #check}
     * @return all mistakes at once, by JSON pointer from the item's root, for example {@code /reference/answer}; empty if
     *     each completion can be judged
     */
    default List<FieldError> checkItem(PromptItem item, Map<String, Object> parameters) {
        return List.of();
    }

    /**
     * {@link #checkItem} for all prompts of one request, for what is worth doing once for all of them.
     *
     * @param parameters have passed {@link #check}
     */
    default Function<PromptItem, List<FieldError>> checkItemWith(Map<String, Object> parameters) {
        return item -> checkItem(item, parameters);
    }

    /**
     * Judges a batch. Called from many threads.
     *
     * @param items at most {@link JudgeDescriptor#maxBatchItems}, each with an id of its own
     * @param parameters have passed {@link #check}
     * @param deadline answers after it are thrown away: give up in time, with the rest undecided
     * @return exactly one result an item, in any order; an item that cannot be judged is undecided and says why
     */
    List<Result> evaluate(List<JudgeItem> items, Map<String, Object> parameters, Deadline deadline);
}
