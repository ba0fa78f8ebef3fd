package dev.tribunal.contracts.judge.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.tribunal.contracts.common.ItemIds;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Findings;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ask all judges of a task about all items. Each judge has its own deadline, so the answer takes as long as the
 * slowest judge's deadline at most.
 *
 * @param requestId the asker's; judges see it with a suffix
 * @param shortCircuit whether an item that one judge found violated is kept from the others, which are then asked one
 *     after the other, the cheapest first; default false: all are asked at the same time, for the audit
 * @param deadlineMs milliseconds from receipt until the answer is of no use any more; default the longest of the
 *     judges' deadlines, or their sum where they are asked one after the other
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record JudgementRequest(
        String requestId,
        @Nullable EvaluationContext context,
        @Size(min = 1, max = JudgementRequest.MAX_JUDGES) List<JudgeReference> judges,
        @Size(min = 1, max = JudgementRequest.MAX_ITEMS) List<JudgeItem> items,
        @Nullable Boolean shortCircuit,

        @Nullable @Min(1) @Max(JudgementRequest.MAX_DEADLINE_MS)
        Long deadlineMs)
        implements Checked {

    public static final int MAX_JUDGES = 64;
    public static final int MAX_ITEMS = 10_000;
    public static final long MAX_DEADLINE_MS = 3_600_000;

    /** All judges are asked, each within its own deadline. */
    public JudgementRequest(
            String requestId, @Nullable EvaluationContext context, List<JudgeReference> judges, List<JudgeItem> items) {
        this(requestId, context, judges, items, null, null);
    }

    @Override
    public void check(Findings findings) {
        ItemIds.check(items, JudgeItem::itemId, findings);
    }

    public JudgementRequest withDeadline(Duration deadline) {
        return new JudgementRequest(requestId, context, judges, items, shortCircuit, deadline.toMillis());
    }
}
