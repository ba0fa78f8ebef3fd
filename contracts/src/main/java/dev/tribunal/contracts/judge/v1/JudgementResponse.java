package dev.tribunal.contracts.judge.v1;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** For every item, in the order asked, one verdict of every judge, in the order asked. */
public record JudgementResponse(String requestId, List<ItemJudgement> items) {

    public record ItemJudgement(String itemId, List<JudgeVerdict> verdicts) {}

    /**
     * @param latencyMs how long the judge's answer took, waiting and retries included
     * @param attempts requests sent for this verdict; 0 if none was: it is cached, the breaker was open, or the judge
     *     was not asked
     * @param cached whether the judge gave this verdict earlier, about the same completion, and was not asked again
     */
    public record JudgeVerdict(
            String judge,
            String version,
            Verdict verdict,
            @Nullable Double score,
            @Nullable String reason,
            @Nullable VerdictError error,
            long latencyMs,
            int attempts,
            boolean cached) {

        /** A verdict that was asked for. */
        public JudgeVerdict(
                String judge,
                String version,
                Verdict verdict,
                @Nullable Double score,
                @Nullable String reason,
                @Nullable VerdictError error,
                long latencyMs,
                int attempts) {
            this(judge, version, verdict, score, reason, error, latencyMs, attempts, false);
        }
    }
}
