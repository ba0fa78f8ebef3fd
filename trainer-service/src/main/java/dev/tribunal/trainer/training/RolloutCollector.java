package dev.tribunal.trainer.training;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.runs.v1.EpisodeResource.Split;
import dev.tribunal.languagemodel.FinishReason;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.SamplingOptions;
import dev.tribunal.languagemodel.SamplingRequest;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.trainer.feasibility.BaselineCompletion;
import dev.tribunal.trainer.feasibility.Group;
import dev.tribunal.trainer.feasibility.Rollout;
import dev.tribunal.trainer.generation.Completion;
import dev.tribunal.trainer.generation.GroupSampler;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.reward.Score;
import dev.tribunal.trainer.training.Assessor.Item;
import dev.tribunal.trainer.training.TrainingTask.GroupPlan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Algorithm 1, lines 4 and 5, for any tasks' prompts at once: the policy answers, and while it is still answering, each
 * finished group goes to its reward model and its judges. Sampling waits for neither. Meanwhile the reference says how
 * likely it finds the completions.
 */
final class RolloutCollector {

    private static final Logger LOG = LoggerFactory.getLogger(RolloutCollector.class);

    private final LanguageModel policy;
    private final LanguageModel reference;
    private final GroupSampler sampler;
    private final int microBatchTokens;
    private final RunJournal journal;

    RolloutCollector(
            LanguageModel policy,
            LanguageModel reference,
            SamplingOptions options,
            int microBatchTokens,
            RunJournal journal) {
        this.policy = policy;
        this.reference = reference;
        this.sampler = new GroupSampler(policy, options);
        this.microBatchTokens = microBatchTokens;
        this.journal = journal;
    }

    /** @param groups one a plan, in order */
    record Collected(List<GroupPlan> plans, List<Group> groups, double samplingSeconds) {

        List<Group> of(TrainingTask task) {
            return IntStream.range(0, plans.size())
                    .filter(i -> plans.get(i).task() == task)
                    .mapToObj(groups::get)
                    .toList();
        }
    }

    /** A group that services are asked about. */
    private record Asked(
            GroupPlan plan,
            List<Completion> completions,
            CompletableFuture<List<Score>> scores,
            CompletableFuture<List<List<JudgeVerdict>>> verdicts) {}

    Collected collect(int step, List<GroupPlan> plans) {
        plans.stream()
                .collect(Collectors.groupingBy(plan -> plan.prompts().baselines()))
                .forEach((baselines, group) ->
                        baselines.prepare(group.stream().map(GroupPlan::prompt).toList()));

        long start = System.nanoTime();
        Asked[] asked = new Asked[plans.size()];
        sampler.sample(
                plans.stream()
                        .map(plan -> new SamplingRequest(promptIds(plan), plan.randomKeys()))
                        .toList(),
                (group, completions) -> asked[group] = ask(step, plans.get(group), completions));
        double samplingSeconds = (System.nanoTime() - start) / 1e9;

        List<List<float[]>> referenceLogProbs = referenceLogProbs(List.of(asked));
        List<Group> groups = new ArrayList<>();
        for (int i = 0; i < asked.length; i++) {
            groups.add(group(asked[i], referenceLogProbs.get(i)));
        }
        Collected collected = new Collected(plans, groups, samplingSeconds);
        warn(step, collected);
        return collected;
    }

    private void warn(int step, Collected collected) {
        List<TaskMetrics> tasks = collected.plans().stream()
                .map(GroupPlan::task)
                .distinct()
                .map(task -> new TaskMetrics(task.name(), collected.of(task)))
                .toList();
        warn(step, "judge_undecided", tasks, TaskMetrics::undecidedVerdicts);
        warn(step, "score_failed", tasks, TaskMetrics::failedScores);
    }

    private void warn(int step, String type, List<TaskMetrics> tasks, Function<TaskMetrics, String> counted) {
        String message = tasks.stream()
                .filter(task -> !counted.apply(task).isEmpty())
                .map(task -> task.task() + ": " + counted.apply(task))
                .collect(Collectors.joining("; "));
        if (!message.isEmpty()) {
            LOG.warn("{} in step {}: {}", type, step, message);
            journal.warn(type, "step " + step + ": " + message + "; these rollouts have left the batch");
        }
    }

    private Asked ask(int step, GroupPlan plan, List<Completion> completions) {
        String name = (plan.prompts().set().split() == Split.TRAIN ? "p" : "h") + plan.prompt() + ".s";
        Prompt prompt = plan.prompts().set().prompts().get(plan.prompt());
        Baselines baselines = plan.prompts().baselines();
        List<Item> items = new ArrayList<>();
        for (int k = 0; k < completions.size(); k++) {
            items.add(new Item(
                    step, name + (plan.firstSample() + k), prompt, completions.get(k).asText()));
        }
        Item baseline = new Item(
                step,
                name + plan.firstSample() + ".baseline",
                prompt,
                new CompletionText(baselines.text(plan.prompt()), "stop"));
        Assessor assessor = plan.task().assessor();
        return new Asked(
                plan,
                completions,
                assessor.scores(baselines.needsScore(plan.prompt()) ? with(items, baseline) : items),
                assessor.verdicts(needsBaselineVerdicts(plan) ? with(items, baseline) : items));
    }

    private static boolean needsBaselineVerdicts(GroupPlan plan) {
        return plan.task().optimizer().needsBaselineVerdicts()
                && plan.prompts().set().split() == Split.TRAIN
                && plan.prompts().baselines().needsVerdicts(plan.prompt());
    }

    private static List<Item> with(List<Item> items, Item last) {
        List<Item> all = new ArrayList<>(items);
        all.add(last);
        return all;
    }

    private List<List<float[]>> referenceLogProbs(Collection<Asked> groups) {
        List<TokenSequence> sequences = groups.stream()
                .flatMap(asked -> asked.completions().stream()
                        .map(completion -> new TokenSequence(promptIds(asked.plan()), completion.ids())))
                .toList();
        List<float[]> logProbs = new ArrayList<>();
        for (List<TokenSequence> batch : MicroBatches.of(sequences, sequence -> sequence, microBatchTokens)) {
            logProbs.addAll(reference.logProbs(batch));
        }
        List<List<float[]>> byGroup = new ArrayList<>();
        int from = 0;
        for (Asked asked : groups) {
            int to = from + asked.completions().size();
            byGroup.add(logProbs.subList(from, to));
            from = to;
        }
        return byGroup;
    }

    /** Waits for what was asked. */
    private static Group group(Asked asked, List<float[]> referenceLogProbs) {
        List<Score> scores = answer(asked.scores());
        List<List<JudgeVerdict>> verdicts = answer(asked.verdicts());
        int size = asked.completions().size();
        List<Rollout> rollouts = new ArrayList<>();
        for (int k = 0; k < size; k++) {
            rollouts.add(new Rollout(
                    asked.plan().firstSample() + k,
                    finite(asked.completions().get(k)),
                    referenceLogProbs.get(k),
                    scores.get(k),
                    verdicts.get(k)));
        }
        int prompt = asked.plan().prompt();
        return new Group(
                asked.plan().prompts().set().prompts().get(prompt),
                promptIds(asked.plan()),
                asked.plan()
                        .prompts()
                        .baselines()
                        .completion(
                                prompt,
                                scores.size() > size ? scores.get(size) : null,
                                verdicts.size() > size ? verdicts.get(size) : null),
                rollouts);
    }

    /**
     * A group's baseline completion as a rollout, as if the policy had sampled it, for the record of what was trained
     * on. It is numbered below 0.
     */
    Rollout baselineRollout(Group group) {
        BaselineCompletion baseline = group.baseline();
        List<TokenSequence> sequence = List.of(new TokenSequence(group.promptIds(), baseline.ids()));
        Completion completion = new Completion(
                baseline.ids(), policy.logProbs(sequence).getFirst(), baseline.text(), FinishReason.STOP);
        return new Rollout(
                -1 - group.rollouts().getFirst().sample(),
                completion,
                reference.logProbs(sequence).getFirst(),
                baseline.score(),
                baseline.verdicts() == null ? List.of() : baseline.verdicts());
    }

    private static Completion finite(Completion completion) {
        for (float logProb : completion.logProbs()) {
            if (!Float.isFinite(logProb)) {
                throw new TrainingFailedException("the policy's log-probabilities are not finite any more: training has"
                        + " diverged; start again with a lower training.learningRate");
            }
        }
        return completion;
    }

    private static <T> T answer(CompletableFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for scores and verdicts", interrupted);
        }
    }

    private static int[] promptIds(GroupPlan plan) {
        return plan.prompts().set().ids().get(plan.prompt());
    }
}
