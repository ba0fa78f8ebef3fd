package dev.tribunal.trainer.strategy;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.runs.v1.generation.GenerationResource;
import dev.tribunal.languagemodel.sampling.FinishReason;
import dev.tribunal.methods.rollout.Feasibility;
import dev.tribunal.trainer.feasibility.Constraints;
import dev.tribunal.trainer.generation.Completion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A completion that may be taken.
 *
 * @param score raw; NaN if it was not scored, or could not be
 * @param verdicts one a judge; empty if it was not judged
 */
record Candidate(int[] ids, String text, FinishReason finishReason, double score, List<JudgeVerdict> verdicts) {

    static Candidate of(int[] ids, String text, FinishReason finishReason) {
        return new Candidate(ids, text, finishReason, Double.NaN, List.of());
    }

    Candidate with(double otherScore, List<JudgeVerdict> otherVerdicts) {
        return new Candidate(ids, text, finishReason, otherScore, otherVerdicts);
    }

    boolean isScored() {
        return !Double.isNaN(score);
    }

    boolean isJudged() {
        return !verdicts.isEmpty();
    }

    /** Undecided where it was not judged. */
    Feasibility feasibility() {
        return isJudged() ? Constraints.of(verdicts) : Feasibility.UNDECIDED;
    }

    CompletionText asText() {
        return Completion.asText(text, finishReason);
    }

    GenerationResource.Candidate resource(@Nullable String answer, @Nullable Double weight) {
        return new GenerationResource.Candidate(
                text,
                String.valueOf(asText().finishReason()),
                ids.length,
                isScored() ? (Double) score : null,
                answer,
                weight,
                Constraints.asBoolean(feasibility()),
                verdicts);
    }
}
