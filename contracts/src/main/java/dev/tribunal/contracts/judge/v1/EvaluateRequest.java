package dev.tribunal.contracts.judge.v1;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * @param deadlineMs milliseconds from receipt until the answer is of no use any more
 */
public record EvaluateRequest(
        String requestId,
        long deadlineMs,
        @Nullable EvaluationContext context,
        JudgeReference judge,
        List<JudgeItem> items) {}
