package dev.tribunal.judge.sdk;

import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.VerdictError;
import org.jspecify.annotations.Nullable;

/** What a judge thinks of one item. */
public sealed interface ItemVerdict {

    static ItemVerdict satisfied(String reason) {
        return new Decided(true, 1.0, reason);
    }

    static ItemVerdict violated(String reason) {
        return new Decided(false, 0.0, reason);
    }

    /** @param code snake case, for counting */
    static ItemVerdict undecided(String code, String detail) {
        return new Undecided(new VerdictError(code, false, detail));
    }

    /** This verdict as the contract writes it. */
    default Result of(String itemId) {
        return switch (this) {
            case Decided decided -> Result.of(itemId, decided.satisfied(), decided.score(), decided.reason());
            case Undecided undecided -> Result.undecided(itemId, undecided.error());
        };
    }

    /** @param score finite, the judge's own scale */
    record Decided(boolean satisfied, @Nullable Double score, String reason) implements ItemVerdict {

        public Decided {
            if (score != null && !Double.isFinite(score)) {
                throw new IllegalArgumentException("a score must be finite, not " + score);
            }
        }
    }

    /** It cannot be said: never a guess. */
    record Undecided(VerdictError error) implements ItemVerdict {}
}
