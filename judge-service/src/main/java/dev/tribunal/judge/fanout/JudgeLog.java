package dev.tribunal.judge.fanout;

import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.VerdictError;
import dev.tribunal.contracts.judge.v1.registry.JudgeLogEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What was asked of one judge lately and what came of it, in memory and bounded. Calls that went well are told together. */
final class JudgeLog {

    private static final int MOST_ENTRIES = 500;
    private static final int MOST_DETAIL = 500;
    private static final Duration TOGETHER = Duration.ofMinutes(1);
    private static final String ANSWERED = "answered";

    private final Deque<JudgeLogEntry> entries = new ArrayDeque<>();

    /** @param batch of one call, not empty */
    synchronized void answered(String requestId, List<JudgeVerdict> batch) {
        long latency = batch.getFirst().latencyMs();
        Map<String, List<VerdictError>> errors = new TreeMap<>();
        batch.stream()
                .map(JudgeVerdict::error)
                .filter(Objects::nonNull)
                .forEach(error -> errors.computeIfAbsent(error.code(), code -> new ArrayList<>())
                        .add(error));
        if (errors.isEmpty()) {
            addAnswered(requestId, batch.size(), latency);
        }
        errors.forEach((code, all) -> add(new JudgeLogEntry(
                Instant.now(),
                "undecided",
                all.size() + " of " + batch.size() + " items are undecided: " + code
                        + detail(all.getFirst().detail()),
                code,
                1,
                all.size(),
                requestId,
                latency)));
    }

    private static String detail(@Nullable String detail) {
        return detail == null
                ? ""
                : ": " + (detail.length() <= MOST_DETAIL ? detail : detail.substring(0, MOST_DETAIL) + "...");
    }

    private void addAnswered(String requestId, int items, long latency) {
        JudgeLogEntry last = entries.peekLast();
        Instant now = Instant.now();
        boolean together = last != null
                && last.event().equals(ANSWERED)
                && Duration.between(last.time(), now).compareTo(TOGETHER) < 0;
        int calls = 1;
        int all = items;
        long slowest = latency;
        if (together) {
            entries.removeLast();
            calls += Objects.requireNonNullElse(last.calls(), 0);
            all += Objects.requireNonNullElse(last.items(), 0);
            slowest = Math.max(slowest, Objects.requireNonNullElse(last.latencyMs(), 0L));
        }
        add(new JudgeLogEntry(
                together ? last.time() : now,
                ANSWERED,
                all + " items in " + (calls == 1 ? "a call" : calls + " calls"),
                null,
                calls,
                all,
                requestId,
                slowest));
    }

    synchronized void breaker(String change) {
        add(new JudgeLogEntry(Instant.now(), "breaker", change, null, null, null, null, null));
    }

    private void add(JudgeLogEntry entry) {
        if (entries.size() == MOST_ENTRIES) {
            entries.removeFirst();
        }
        entries.addLast(entry);
    }

    /** Oldest first. */
    synchronized List<JudgeLogEntry> entries() {
        return List.copyOf(entries);
    }
}
