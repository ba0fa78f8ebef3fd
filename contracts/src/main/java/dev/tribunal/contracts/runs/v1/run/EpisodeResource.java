package dev.tribunal.contracts.runs.v1.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.methods.reward.ScoreValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rollout as stored: all that is needed to rebuild its reward and its weight.
 *
 * @param stage of the run that it is of
 * @param prompt index of the prompt in the task's file, from 0
 * @param sample index of the rollout in its group, from 0; below 0 for the prompt's baseline completion, where the
 *     method trained on it
 * @param policyVersion committed steps of the policy that sampled it
 * @param tokenIds the completion's tokens
 * @param logProbs natural, at the run's temperature, under the policy that sampled it
 * @param referenceLogProbs likewise under the reference; empty where there is none
 * @param score raw score r of the task's reward model; absent where it has several, whose scores are in {@code scores}
 * @param scoreError why there is no score
 * @param rewardModel {@code NAME@VERSION}; absent where the task has several
 * @param scores by reward model, in the order of the task; with {@code logRatio} and the transforms of the task they
 *     make {@code reward}
 * @param baseline the prompt's baseline completion; absent where the task has none
 * @param baselineScore raw score of the prompt's baseline completion, by the same version of the reward model
 * @param reward what the transforms of the task make of the scores, constraints aside; absent where a score is
 * @param calibratedReward eq. 5; where the task has several reward models and compares them with the baseline
 *     completion, the same as {@code reward}
 * @param regularizedReward eq. 11; only where the method uses it
 * @param logRatio log pi/pi_ref summed over the completion; absent without a reference
 * @param feasible absent while undecided
 * @param weight advantage or other factor of the completion's log-likelihood in the ascent direction, before the
 *     division by the size of the batch; 0 if it left the batch
 * @param role what the method took it for
 * @param heldOutScores of the reward models that training does not use; absent without them
 * @param heldOutVerdicts of the judges that training does not use; absent without them
 */
public record EpisodeResource(
        String id,
        String stage,
        int step,
        String task,
        Split split,
        int prompt,
        int sample,
        int policyVersion,
        List<Message> messages,
        String completion,
        String finishReason,
        List<Integer> tokenIds,
        List<Float> logProbs,
        List<Float> referenceLogProbs,
        @Nullable Double score,
        @Nullable String scoreError,
        @Nullable String rewardModel,
        List<ModelScore> scores,
        @Nullable String baseline,
        @Nullable Double baselineScore,
        @Nullable Double reward,
        @Nullable Double calibratedReward,
        @Nullable Double regularizedReward,
        @Nullable Double logRatio,
        @Nullable Boolean feasible,
        List<JudgeVerdict> verdicts,
        double weight,
        @Nullable String role,
        @Nullable List<ModelScore> heldOutScores,
        @Nullable List<JudgeVerdict> heldOutVerdicts) {

    /**
     * What one reward model said of the completion, and of the prompt's baseline completion.
     *
     * @param name as the task's {@code rewards} call the reward model
     * @param rewardModel {@code NAME@VERSION}
     * @param score raw; absent exactly where there is an error
     * @param error why there is no score
     * @param baseline absent where the task has no baseline completion, or it was not scored
     */
    public record ModelScore(
            String name,
            String rewardModel,
            @Nullable ScoreValue score,
            @Nullable String error,
            @Nullable ScoreValue baseline) {}

    public enum Split {
        @JsonProperty("train")
        TRAIN,
        @JsonProperty("held-out")
        HELD_OUT
    }
}
