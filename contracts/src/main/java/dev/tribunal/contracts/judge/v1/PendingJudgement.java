package dev.tribunal.contracts.judge.v1;

import java.time.Instant;

/**
 * A judge that has been asked and has not answered yet.
 *
 * @param requestId of the {@link JudgementRequest}
 * @param items that it is asked about
 * @param since when it was asked
 */
public record PendingJudgement(String requestId, String judge, String version, int items, Instant since) {}
