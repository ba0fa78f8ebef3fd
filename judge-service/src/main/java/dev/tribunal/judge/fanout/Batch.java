package dev.tribunal.judge.fanout;

import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.VerdictError;
import dev.tribunal.judge.fanout.JudgeClient.Evaluation;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.servicekit.work.Batches;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Items of a evaluation that travel to a judge together, and what became of them so far. */
final class Batch {

    private final JudgeReference judge;
    private final Evaluation evaluation;
    private final String requestId;
    private final List<JudgeItem> items;
    private final Deadline deadline;
    private final AtomicInteger attempts = new AtomicInteger();
    private final long start = System.nanoTime();

    private Batch(
            JudgeReference judge, Evaluation evaluation, String requestId, List<JudgeItem> items, Deadline deadline) {
        this.judge = judge;
        this.evaluation = evaluation;
        this.requestId = requestId;
        this.items = items;
        this.deadline = deadline;
    }

    static List<Batch> of(JudgeReference judge, Evaluation evaluation, int maxItems, Deadline deadline) {
        List<JudgeItem> items = evaluation.items();
        List<Batch> batches = new ArrayList<>();
        for (List<JudgeItem> part : Batches.of(items, maxItems)) {
            String requestId = evaluation.requestId() + "." + batches.size();
            batches.add(new Batch(judge, evaluation, requestId, part, deadline));
        }
        return batches;
    }

    Deadline deadline() {
        return deadline;
    }

    /** Counts an attempt, from 1. */
    int nextAttempt() {
        return attempts.incrementAndGet();
    }

    EvaluateRequest request() {
        long deadlineMs = Math.max(1, deadline.remaining().toMillis());
        return new EvaluateRequest(requestId, deadlineMs, evaluation.context(), judge, items);
    }

    List<JudgeVerdict> undecided(VerdictError error) {
        return items.stream()
                .map(item -> verdict(Result.undecided(item.itemId(), error)))
                .toList();
    }

    /** In the items' order; an item without a result is undecided. */
    List<JudgeVerdict> verdicts(List<Result> results) {
        Map<String, Result> byItem = new HashMap<>();
        results.forEach(result -> byItem.put(result.itemId(), result));
        VerdictError missing = new VerdictError("missing_item", false, "the answer has no result for this item");
        return items.stream()
                .map(item -> verdict(byItem.getOrDefault(item.itemId(), Result.undecided(item.itemId(), missing))))
                .toList();
    }

    private JudgeVerdict verdict(Result result) {
        return new JudgeVerdict(
                judge.name(),
                judge.version(),
                result.verdict(),
                result.score(),
                result.reason(),
                result.error(),
                Duration.ofNanos(System.nanoTime() - start).toMillis(),
                attempts.get());
    }
}
