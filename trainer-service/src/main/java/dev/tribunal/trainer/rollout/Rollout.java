package dev.tribunal.trainer.rollout;

import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Overlong;
import dev.tribunal.languagemodel.sampling.FinishReason;
import dev.tribunal.methods.rollout.Feasibility;
import dev.tribunal.trainer.feasibility.Constraints;
import dev.tribunal.trainer.generation.Completion;
import dev.tribunal.trainer.reward.Scores;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A completion with its per-token log-probabilities, scores and verdicts.
 *
 * @param sample unique among a prompt's rollouts of one step
 * @param referenceLogProbs {@code [tokens]}, as the completion's own, under the reference; empty if there is none
 * @param verdicts one a judge of the task
 * @param overlong what becomes of it if it was cut off
 */
public record Rollout(
        int sample,
        Completion completion,
        float[] referenceLogProbs,
        Scores scores,
        List<JudgeVerdict> verdicts,
        Overlong overlong) {

    public Rollout {
        if (referenceLogProbs.length > 0 && referenceLogProbs.length != completion.ids().length) {
            throw new IllegalArgumentException(completion.ids().length + " tokens, but " + referenceLogProbs.length
                    + " log-probabilities under the reference");
        }
        verdicts = List.copyOf(verdicts);
    }

    public Feasibility feasibility() {
        Feasibility judged = Constraints.of(verdicts);
        return judged == Feasibility.FEASIBLE && isCutOff() && overlong == Overlong.INFEASIBLE
                ? Feasibility.INFEASIBLE
                : judged;
    }

    /** Whether it did not come to an end. */
    public boolean isCutOff() {
        return completion.finishReason() == FinishReason.LENGTH;
    }

    /** Whether nothing is learnt of it because it was cut off. */
    public boolean isMasked() {
        return isCutOff() && overlong == Overlong.MASK;
    }

    /** log pi(a|s) - log pi_ref(a|s), summed over the tokens, nats; absent without a reference. */
    public @Nullable Double logRatio() {
        if (referenceLogProbs.length == 0) {
            return null;
        }
        double sum = 0;
        for (int t = 0; t < referenceLogProbs.length; t++) {
            sum += (double) completion.logProbs()[t] - referenceLogProbs[t];
        }
        return sum;
    }

    /**
     * Sum over the tokens of pi_ref/pi - 1 - log(pi_ref/pi), nats: not negative, and its expectation is that of the
     * tokens' KL(pi || pi_ref) (Schulman, Approximating KL divergence, 2020: k3); absent without a reference.
     */
    public @Nullable Double k3() {
        if (referenceLogProbs.length == 0) {
            return null;
        }
        double sum = 0;
        for (int t = 0; t < referenceLogProbs.length; t++) {
            double logRatio = (double) referenceLogProbs[t] - completion.logProbs()[t];
            sum += Math.expm1(logRatio) - logRatio;
        }
        return sum;
    }
}
