package dev.tribunal.trainer.rollout;

import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.methods.loss.Feasibility;
import dev.tribunal.trainer.feasibility.Constraints;
import dev.tribunal.trainer.generation.Completion;
import dev.tribunal.trainer.reward.Score;
import java.util.List;

/**
 * A completion with its per-token log-probabilities, score and verdicts.
 *
 * @param sample unique among a prompt's rollouts of one step
 * @param referenceLogProbs {@code [tokens]}, as the completion's own, under the reference
 * @param verdicts one a judge of the task
 */
public record Rollout(
        int sample, Completion completion, float[] referenceLogProbs, Score score, List<JudgeVerdict> verdicts) {

    public Rollout {
        if (referenceLogProbs.length != completion.ids().length) {
            throw new IllegalArgumentException(completion.ids().length + " tokens, but " + referenceLogProbs.length
                    + " log-probabilities under the reference");
        }
        verdicts = List.copyOf(verdicts);
    }

    public Feasibility feasibility() {
        return Constraints.of(verdicts);
    }

    /** log pi(a|s) - log pi_ref(a|s), summed over the tokens, nats. */
    public double logRatio() {
        double sum = 0;
        for (int t = 0; t < referenceLogProbs.length; t++) {
            sum += (double) completion.logProbs()[t] - referenceLogProbs[t];
        }
        return sum;
    }
}
