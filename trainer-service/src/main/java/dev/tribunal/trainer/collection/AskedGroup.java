package dev.tribunal.trainer.collection;

import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource.Split;
import dev.tribunal.trainer.generation.Completion;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.reward.Scores;
import dev.tribunal.trainer.rollout.BaselineCompletion;
import dev.tribunal.trainer.rollout.Group;
import dev.tribunal.trainer.rollout.Rollout;
import dev.tribunal.trainer.task.Assessor;
import dev.tribunal.trainer.task.Assessor.Item;
import dev.tribunal.trainer.task.BaselineCompletions;
import dev.tribunal.trainer.task.SampledPrompts.GroupPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;

/**
 * A sampled group that the task's reward models and judges are asked about.
 *
 * @param scores one a completion, and one of the baseline completion where it had none yet
 * @param verdicts likewise, where the policy optimizer needs the baseline completion's
 */
public record AskedGroup(
        GroupPlan plan,
        List<Completion> completions,
        CompletableFuture<List<Scores>> scores,
        CompletableFuture<List<List<JudgeVerdict>>> verdicts) {

    /** How often a wait for answers is broken to see whether the run is to pause or to end. */
    private static final Duration LOOK = Duration.ofMillis(250);

    /** Asks, and returns at once. */
    static AskedGroup ask(int step, GroupPlan plan, List<Completion> completions) {
        BaselineCompletions baselineCompletions = plan.prompts().baselineCompletions();
        String name = (plan.prompts().set().split() == Split.TRAIN ? "p" : "h") + plan.prompt() + ".s";
        List<Item> items = new ArrayList<>();
        for (int k = 0; k < completions.size(); k++) {
            items.add(new Item(
                    step,
                    name + (plan.firstSample() + k),
                    plan.line(),
                    completions.get(k).asText()));
        }
        List<Item> withBaseline = new ArrayList<>(items);
        if (baselineCompletions != null) {
            withBaseline.add(new Item(
                    step,
                    name + plan.firstSample() + ".baseline",
                    plan.line(),
                    baselineCompletions.text(plan.prompt())));
        }

        Assessor assessor = plan.task().assessor();
        return new AskedGroup(
                plan,
                completions,
                assessor.scores(
                        baselineCompletions != null && baselineCompletions.needsScore(plan.prompt())
                                ? withBaseline
                                : items),
                assessor.verdicts(needsBaselineVerdicts(plan) ? withBaseline : items));
    }

    private static boolean needsBaselineVerdicts(GroupPlan plan) {
        BaselineCompletions baselineCompletions = plan.prompts().baselineCompletions();
        return baselineCompletions != null
                && plan.task().needsBaselineVerdicts()
                && plan.prompts().set().split() == Split.TRAIN
                && baselineCompletions.needsVerdicts(plan.prompt());
    }

    /**
     * Waits for the answers.
     *
     * @param referenceLogProbs one a completion
     * @throws RunJournal.RunCancelledException if the run is cancelled meanwhile
     */
    Group await(List<float[]> referenceLogProbs, RunJournal journal) {
        List<Scores> scored = answer(scores, journal);
        List<List<JudgeVerdict>> judged = answer(verdicts, journal);
        int size = completions.size();
        List<Rollout> rollouts = new ArrayList<>();
        for (int k = 0; k < size; k++) {
            rollouts.add(new Rollout(
                    plan.firstSample() + k,
                    finite(completions.get(k)),
                    referenceLogProbs.get(k),
                    scored.get(k),
                    judged.get(k),
                    plan.task().spec().overlong()));
        }
        BaselineCompletions baselineCompletions = plan.prompts().baselineCompletions();
        BaselineCompletion baseline = baselineCompletions == null
                ? null
                : baselineCompletions.completion(
                        plan.prompt(),
                        scored.size() > size ? scored.get(size) : null,
                        judged.size() > size ? judged.get(size) : null);
        return new Group(
                plan.line(),
                plan.promptIds(),
                baseline,
                plan.task().rewards().askedBy(plan.line()::text),
                rollouts,
                plan.selection());
    }

    /**
     * With other log-probabilities under the policy, one a completion.
     *
     * @param change of a completion and its log-probabilities
     */
    AskedGroup withLogProbs(List<float[]> logProbs, BiFunction<Completion, float[], Completion> change) {
        List<Completion> with = new ArrayList<>();
        for (int k = 0; k < completions.size(); k++) {
            with.add(change.apply(completions.get(k), logProbs.get(k)));
        }
        return new AskedGroup(plan, with, scores, verdicts);
    }

    private static Completion finite(Completion completion) {
        requireFinite(completion.logProbs());
        return completion;
    }

    /** @throws TrainingFailedException if the policy's log-probabilities are not */
    static void requireFinite(float[] logProbs) {
        for (float logProb : logProbs) {
            if (!Float.isFinite(logProb)) {
                throw new TrainingFailedException("the policy's log-probabilities are not finite any more: training has"
                        + " diverged; start again with a lower training.learningRate");
            }
        }
    }

    /** Nobody waits for the answers any more: what was not asked yet never is. */
    void forget() {
        scores.cancel(false);
        verdicts.cancel(false);
    }

    public static <T> T answer(CompletableFuture<T> future, RunJournal journal) {
        try {
            while (true) {
                try {
                    return future.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                } catch (TimeoutException stillAsking) {
                    journal.stopIfAsked();
                }
            }
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for scores and verdicts", interrupted);
        }
    }
}
