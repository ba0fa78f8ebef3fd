package dev.tribunal.contracts.judge.v1;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ask all judges of a task about all items. Each judge has its own deadline, so the answer takes as long as the
 * slowest judge's deadline at most.
 *
 * @param shortCircuit whether an item that one judge found violated is kept from the others, which are then asked one
 *     after the other, the cheapest first; default false: all are asked at the same time, for the audit
 * @param deadlineMs milliseconds from receipt until the answer is of no use any more; default the longest of the
 *     judges' deadlines, or their sum where they are asked one after the other
 */
public record JudgementRequest(
        String requestId,
        @Nullable EvaluationContext context,
        List<JudgeReference> judges,
        List<JudgeItem> items,
        @Nullable Boolean shortCircuit,
        @Nullable Long deadlineMs) {

    /** All judges are asked, each within its own deadline. */
    public JudgementRequest(
            String requestId, @Nullable EvaluationContext context, List<JudgeReference> judges, List<JudgeItem> items) {
        this(requestId, context, judges, items, null, null);
    }

    public JudgementRequest withDeadline(Duration deadline) {
        return new JudgementRequest(requestId, context, judges, items, shortCircuit, deadline.toMillis());
    }
}
