package dev.tribunal.judge.sdk;

import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** A judge that looks at each item by itself. */
public interface ItemJudge extends Judge {

    /**
     * @param parameters have passed {@link #check}
     * @param deadline the batch's; only a judge that can be slow on one item need look at it
     */
    ItemVerdict judge(JudgeItem item, Map<String, Object> parameters, Deadline deadline);

    /**
     * The judge of one batch, for what is worth doing once for all of its items, such as reading the parameters.
     *
     * @param parameters have passed {@link #check}
     */
    default BiFunction<JudgeItem, Deadline, ItemVerdict> judgeWith(Map<String, Object> parameters) {
        return (item, deadline) -> judge(item, parameters, deadline);
    }

    /**
     * How many items of one batch a service asks about at once: more than 1 for a judge that waits for another service,
     * such as a model's server. Each has a virtual thread then.
     */
    default int parallelism() {
        return 1;
    }

    /** One item after the other; those that the deadline leaves over, or that the judge fails on, are undecided. */
    @Override
    default List<Result> evaluate(List<JudgeItem> items, Map<String, Object> parameters, Deadline deadline) {
        OneByOne verdicts = new OneByOne(this, parameters);
        List<Result> results = new ArrayList<>(items.size());
        for (JudgeItem item : items) {
            results.add(verdicts.of(item, deadline));
        }
        return results;
    }
}
