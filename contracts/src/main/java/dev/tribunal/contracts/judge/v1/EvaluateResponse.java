package dev.tribunal.contracts.judge.v1;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Exactly one result an item, in any order. */
public record EvaluateResponse(String requestId, JudgeVersion judge, List<Result> results) {

    public record JudgeVersion(String name, String version) {}

    /**
     * @param score finite, the judge's own scale; absent when undecided
     * @param error present exactly when undecided
     */
    public record Result(
            String itemId,
            Verdict verdict,
            @Nullable Double score,
            @Nullable String reason,
            @Nullable VerdictError error) {

        public static Result of(String itemId, boolean satisfied, @Nullable Double score, String reason) {
            return new Result(itemId, satisfied ? Verdict.SATISFIED : Verdict.VIOLATED, score, reason, null);
        }

        public static Result undecided(String itemId, VerdictError error) {
            return new Result(itemId, Verdict.UNDECIDED, null, null, error);
        }
    }
}
