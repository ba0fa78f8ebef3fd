package dev.tribunal.contracts.runs.v1.generation;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint answers prompts, each with the completion that a strategy finds.
 *
 * @param request as it was read, with versions and digests pinned; absent in a list
 * @param state where it is in its life
 * @param done prompts that are answered
 * @param total prompts
 * @param totals of the prompts that are answered
 * @param failure why it failed, and what to do; absent unless it did
 */
public record GenerationResource(
        String id,
        @Nullable GenerationRequest request,
        State state,
        int done,
        int total,
        Totals totals,
        @Nullable String failure,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt) {

    /** Where it is in its life. */
    public enum State {
        @JsonProperty("queued")
        QUEUED,
        @JsonProperty("running")
        RUNNING,
        @JsonProperty("succeeded")
        SUCCEEDED,
        @JsonProperty("failed")
        FAILED,
        @JsonProperty("cancelled")
        CANCELLED
    }

    /**
     * What strategies are compared by.
     *
     * @param strategy its name
     * @param tokensSampled of all prompts together, those of completions that were not taken included
     * @param tokensPerPrompt their mean
     * @param meanScore of the completions that were taken and could be scored; absent without any
     * @param feasibleShare of the completions that were taken and are decided, those that every judge is satisfied with;
     *     absent without any
     * @param meanKlBound of best of n, the mean over prompts of log n - (n-1)/n, nats; absent for other strategies
     */
    public record Totals(
            String strategy,
            long tokensSampled,
            double tokensPerPrompt,
            @Nullable Double meanScore,
            @Nullable Double feasibleShare,
            @Nullable Double meanKlBound) {}

    /**
     * The completion of a prompt.
     *
     * @param prompt its index
     * @param text the completion that was taken
     * @param finishReason {@code stop} or {@code length}
     * @param tokens of the completion
     * @param tokensSampled for the prompt, those of completions that were not taken included
     * @param taken index of the completion among the candidates
     * @param why it was taken, for people
     * @param klBound of best of n: the most that it moved away from the policy, log n - (n-1)/n nats; absent for other
     *     strategies
     * @param candidates that there were, in the order in which they were sampled
     */
    @JsonPropertyOrder({"prompt", "text", "finishReason", "tokens", "tokensSampled", "taken", "why"})
    public record Answer(
            int prompt,
            String text,
            String finishReason,
            int tokens,
            long tokensSampled,
            int taken,
            String why,
            @Nullable Double klBound,
            List<Candidate> candidates) {

        /** What the completion that was taken was found to be worth. */
        public Candidate chosen() {
            return candidates.get(taken);
        }
    }

    /**
     * A completion that might have been taken.
     *
     * @param tokens of it
     * @param score raw, of the reward model; absent if it was not scored
     * @param answer as votes count it; absent where nothing votes, empty if the completion gives none
     * @param weight of its vote; absent where nothing votes
     * @param feasible whether every judge is satisfied; absent if that is not decided, or it was not judged
     * @param verdicts one a judge; empty if it was not judged
     */
    public record Candidate(
            String text,
            String finishReason,
            int tokens,
            @Nullable Double score,
            @Nullable String answer,
            @Nullable Double weight,
            @Nullable Boolean feasible,
            List<JudgeVerdict> verdicts) {}
}
