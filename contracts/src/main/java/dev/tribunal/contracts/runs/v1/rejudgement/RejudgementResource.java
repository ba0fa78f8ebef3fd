package dev.tribunal.contracts.runs.v1.rejudgement;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.methods.statistics.Estimate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stored completions of a run, judged again. Nothing of the run itself is changed by it.
 *
 * @param run whose completions they are
 * @param request as it was read
 * @param judges by task, what is asked and in whose place
 * @param state where it is in its life
 * @param done completions that are judged
 * @param total completions that are to be judged, as far as they were stored when it was created
 * @param failure why it failed, and what to do; absent unless it did
 * @param result absent until it has succeeded
 */
public record RejudgementResource(
        String id,
        String run,
        RejudgementRequest request,
        Map<String, TaskJudge> judges,
        State state,
        long done,
        long total,
        @Nullable String failure,
        @Nullable Result result,
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
        CANCELLED;

        /** Whether nothing can change any more. */
        public boolean terminal() {
            return this == SUCCEEDED || this == FAILED || this == CANCELLED;
        }
    }

    /**
     * What is asked of a task's completions.
     *
     * @param judge {@code NAME@VERSION}
     * @param digest of the judge
     * @param parameters that it is given
     * @param replaces {@code NAME@VERSION} of the task's judge in whose place its verdicts are taken; absent where they
     *     stand beside those of the task's judges
     * @param asked whether the judge is asked; else the stored scores are held against the threshold
     */
    public record TaskJudge(
            String judge,
            @Nullable String digest,
            Map<String, Object> parameters,
            @Nullable String replaces,
            boolean asked) {}

    /**
     * What came of it.
     *
     * @param all of all tasks together
     * @param tasks of each task, by its steps
     */
    public record Result(Comparison all, List<TaskResult> tasks) {}

    /**
     * @param weights how far the weights could be computed again
     * @param steps in their order; of many steps several are counted together
     */
    public record TaskResult(String task, Comparison comparison, Weights weights, List<StepComparison> steps) {}

    /**
     * Verdicts and what they do, before and after.
     *
     * @param rollouts that are judged again
     * @param confusion by the verdict before, {@code none} where no judge was replaced, and {@code not-asked} where a
     *     violation by another judge spared it: how often each verdict came after it
     * @param agreement share of the completions with both verdicts decided that have the same one
     * @param kappa Cohen's, over the same completions, with the bootstrap interval over prompts; absent where it has no
     *     value
     * @param feasible share of the decided completions that satisfy every constraint, as it was
     * @param feasibleNow likewise, with the new verdicts
     * @param verdictsChanged completions with another verdict than before
     * @param feasibleChanged completions of which another thing is known: feasible, infeasible or undecided
     * @param rewardsChanged completions with another reward, constraints included
     * @param weightsChanged completions that would have had another weight in training, as far as that is computed; absent
     *     where it is not at all
     */
    public record Comparison(
            long rollouts,
            Map<String, Map<String, Long>> confusion,
            @Nullable Estimate agreement,
            @Nullable Estimate kappa,
            @Nullable Estimate feasible,
            @Nullable Estimate feasibleNow,
            long verdictsChanged,
            long feasibleChanged,
            long rewardsChanged,
            @Nullable Long weightsChanged) {}

    /**
     * How far weights could be computed again. A step counts only if the method, given the verdicts as they were, makes
     * the very weights that are stored.
     *
     * @param steps of training that have rollouts
     * @param computed of how many of them the weights are known
     * @param reasons why they are not, where they are not
     */
    public record Weights(long steps, long computed, List<String> reasons) {}

    /**
     * What changed in some steps.
     *
     * @param feasible decided completions that satisfied every constraint
     * @param infeasible decided completions that did not; {@code undecided} the others; and the same with the new verdicts
     */
    public record StepComparison(
            int fromStep,
            int toStep,
            long rollouts,
            long feasible,
            long infeasible,
            long undecided,
            long feasibleNow,
            long infeasibleNow,
            long undecidedNow,
            long verdictsChanged,
            long rewardsChanged) {}
}
