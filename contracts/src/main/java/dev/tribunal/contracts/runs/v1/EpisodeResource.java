package dev.tribunal.contracts.runs.v1;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
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
 * @param score raw score r
 * @param baseline the prompt's baseline completion; absent where the task has none
 * @param baselineScore raw score of the prompt's baseline completion, by the same version of the reward model
 * @param calibratedReward eq. 5
 * @param regularizedReward eq. 11; only where the method uses it
 * @param logRatio log pi/pi_ref summed over the completion; absent without a reference
 * @param feasible absent while undecided
 * @param weight advantage or other factor of the completion's log-likelihood in the ascent direction, before the
 *     division by the size of the batch; 0 if it left the batch
 * @param role what the method took it for
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
        @Nullable String baseline,
        @Nullable Double baselineScore,
        @Nullable Double calibratedReward,
        @Nullable Double regularizedReward,
        @Nullable Double logRatio,
        @Nullable Boolean feasible,
        List<JudgeVerdict> verdicts,
        double weight,
        @Nullable String role) {

    public enum Split {
        @JsonProperty("train")
        TRAIN,
        @JsonProperty("held-out")
        HELD_OUT
    }
}
