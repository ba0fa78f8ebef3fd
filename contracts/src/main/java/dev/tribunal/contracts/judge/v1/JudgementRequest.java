package dev.tribunal.contracts.judge.v1;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ask all judges of a task about all items. Each judge has its own deadline, so the answer takes as long as the
 * slowest judge's deadline at most.
 */
public record JudgementRequest(
        String requestId,
        @Nullable EvaluationContext context,
        List<JudgeReference> judges,
        List<JudgeItem> items) {}
