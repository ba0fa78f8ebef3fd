package dev.tribunal.judge.sdk;

import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.VerdictError;
import java.util.Map;
import java.util.function.BiFunction;
import org.slf4j.LoggerFactory;

/** The verdicts of one batch's items, each by itself: one that the judge fails on, or that is late, is undecided. */
final class OneByOne {

    private final Class<? extends ItemJudge> judge;
    private final BiFunction<JudgeItem, Deadline, ItemVerdict> verdicts;

    /** @param parameters of the whole batch; have passed {@link ItemJudge#check} */
    OneByOne(ItemJudge judge, Map<String, Object> parameters) {
        this.judge = judge.getClass();
        this.verdicts = judge.judgeWith(parameters);
    }

    Result of(JudgeItem item, Deadline deadline) {
        if (deadline.passed()) {
            return Result.undecided(item.itemId(), new VerdictError("timeout", true, "its turn came too late"));
        }
        try {
            return verdicts.apply(item, deadline).of(item.itemId());
        } catch (RuntimeException | StackOverflowError e) {
            // An exception's message may hold what the item says, which no log is to hold.
            StackTraceElement[] trace = e.getStackTrace();
            LoggerFactory.getLogger(judge)
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
