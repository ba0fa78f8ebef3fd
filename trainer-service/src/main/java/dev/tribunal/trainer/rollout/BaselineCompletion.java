package dev.tribunal.trainer.rollout;

import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.languagemodel.sampling.FinishReason;
import dev.tribunal.methods.rollout.Feasibility;
import dev.tribunal.trainer.feasibility.Constraints;
import dev.tribunal.trainer.reward.Scores;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A prompt's baseline completion (a-bar), which rewards are calibrated against.
 *
 * @param ids its tokens, with the end-of-sequence token unless it was cut off
 * @param scores by the same versions of the reward models as the rollouts'
 * @param verdicts present where the policy optimizer may train on it
 */
public record BaselineCompletion(
        String text,
        int[] ids,
        FinishReason finishReason,
        Scores scores,
        @Nullable List<JudgeVerdict> verdicts) {

    public Feasibility feasibility() {
        return verdicts == null ? Feasibility.UNDECIDED : Constraints.of(verdicts);
    }
}
