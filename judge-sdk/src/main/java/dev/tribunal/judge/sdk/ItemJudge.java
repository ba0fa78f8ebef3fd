package dev.tribunal.judge.sdk;

import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.VerdictError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;

/** A judge that looks at each item by itself. */
public interface ItemJudge extends Judge {

    /**
     * @param parameters have passed {@link #check}
     * @param deadline the batch's; only a judge that can be slow on one item need look at it
     */
    Opinion judge(JudgeItem item, Map<String, Object> parameters, Deadline deadline);

    /**
     * How many items of one batch a service asks about at once: more than 1 for a judge that waits for somebody else,
     * such as a model's server. Each has a virtual thread then.
     */
    default int parallelism() {
        return 1;
    }

    /** One item after the other; those that the deadline leaves over, or that the judge fails on, are undecided. */
    @Override
    default List<Result> evaluate(List<JudgeItem> items, Map<String, Object> parameters, Deadline deadline) {
        List<Result> results = new ArrayList<>(items.size());
        for (JudgeItem item : items) {
            results.add(judgeSafely(item, parameters, deadline));
        }
        return results;
    }

    private Result judgeSafely(JudgeItem item, Map<String, Object> parameters, Deadline deadline) {
        if (deadline.passed()) {
            return Result.undecided(item.itemId(), new VerdictError("timeout", true, "its turn came too late"));
        }
        try {
            return judge(item, parameters, deadline).of(item.itemId());
        } catch (RuntimeException | StackOverflowError e) {
            // An exception's message may hold what the item says, which no log is to hold.
            StackTraceElement[] trace = e.getStackTrace();
            LoggerFactory.getLogger(getClass())
                    .warn(
                            "failed on item {}: {} at {}",
                            item.itemId(),
                            e.getClass().getName(),
                            trace.length == 0 ? "?" : trace[0]);
            // Nor is a class name a text for who reads verdicts.
            String what = e instanceof StackOverflowError
                    ? "the item is nested too deeply for this judge"
                    : "the judge failed on this item; its log names the item and the place";
            return Result.undecided(item.itemId(), new VerdictError("judge_error", false, what));
        }
    }
}
