package dev.tribunal.trainer.collection;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Overlong;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import dev.tribunal.servicekit.trace.Span;
import dev.tribunal.trainer.generation.Completion;
import dev.tribunal.trainer.generation.GroupSampler;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import dev.tribunal.trainer.rollout.BaselineCompletion;
import dev.tribunal.trainer.rollout.Group;
import dev.tribunal.trainer.rollout.Rollout;
import dev.tribunal.trainer.task.BaselineCompletions;
import dev.tribunal.trainer.task.Collected;
import dev.tribunal.trainer.task.Collected.Times;
import dev.tribunal.trainer.task.DynamicSampling;
import dev.tribunal.trainer.task.LogProbs;
import dev.tribunal.trainer.task.SampledPrompts;
import dev.tribunal.trainer.task.SampledPrompts.GroupPlan;
import dev.tribunal.trainer.task.StageReference;
import dev.tribunal.trainer.task.TrainingTask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Algorithm 1, lines 4 and 5, for any tasks' prompts at once: the policy answers, and while it is still answering, each
 * finished group goes to its reward model and its judges. Sampling waits for neither. Meanwhile the reference says how
 * likely it finds the completions.
 */
public final class RolloutCollector {

    private static final Logger LOG = LoggerFactory.getLogger(RolloutCollector.class);

    private final LanguageModel policy;
    private final StageReference reference;
    private final SamplingOptions options;
    private final @Nullable RemoteSampling remote;
    private final double temperature;
    private final LogProbs logProbs;
    private final boolean packed;
    private final RunJournal journal;

    /**
     * @param packed whether the log-probabilities under the policy come from the kernels of the update, and not from the
     *     sampler's
     * @param remote what samples in place of the policy; absent if it samples itself
     */
    public RolloutCollector(
            LanguageModel policy,
            StageReference reference,
            SamplingOptions options,
            LogProbs logProbs,
            boolean packed,
            @Nullable RemoteSampling remote) {
        this.policy = policy;
        this.reference = reference;
        this.packed = packed;
        this.options = options;
        this.remote = remote;
        this.temperature = options.temperature() == 0 ? 1 : options.temperature(); // as the sampler records them
        this.logProbs = logProbs;
        this.journal = logProbs.journal();
    }

    /** Fills in the groups of plans. What is asked about them belongs to the step, and not to the sampling that it outlasts. */
    private interface Sampling {

        /** @return the seconds that it took before, while other work was done; and the step that the weights were after */
        Ahead into(AskedGroup[] asked);
    }

    private record Ahead(double seconds, int version) {}

    /** A step's groups; tasks that sample until their groups teach something draw further prompts, round by round. */
    public Collected collect(int step, List<TrainingTask> tasks) {
        Collected collected = remote != null && remote.isAhead()
                ? collectAhead(step, tasks, remote)
                : collectPlans(step, step - 1, SampledPrompts.plan(tasks, step));
        for (int round = 2; ; round++) {
            List<GroupPlan> more = new ArrayList<>();
            for (TrainingTask task : tasks) {
                more.addAll(DynamicSampling.more(task, collected, step, round));
            }
            if (more.isEmpty()) {
                return collected;
            }
            collected = collected.plus(collectPlans(step, step - 1, more));
        }
    }

    /** Of a batch that was ordered steps ago, where there are so many; and those of the next steps are ordered. */
    private Collected collectAhead(int step, List<TrainingTask> tasks, RemoteSampling ahead) {
        List<GroupPlan> plans = SampledPrompts.plan(tasks, step);
        ahead.order(step, step - 1, requests(plans));
        for (int later = step + 1; later <= ahead.orderedUntil(step); later++) {
            ahead.order(later, step - 1, requests(SampledPrompts.planAhead(tasks, later, later - step)));
        }
        Span trace = Span.current();
        return collectPlans(step, plans, asked -> {
            RemoteSampling.Sampled sampled = ahead.await(step);
            for (int group = 0; group < asked.length; group++) {
                GroupPlan plan = plans.get(group);
                List<Completion> completions = sampled.groups().get(group);
                asked[group] = trace.run(() -> AskedGroup.ask(step, plan, completions));
            }
            return new Ahead(sampled.seconds(), sampled.version());
        });
    }

    /**
     * @param version committed steps of the policy
     * @throws RunJournal.RunCancelledException at once, whatever is still being sampled, scored or judged
     */
    public Collected collectPlans(int step, int version, List<GroupPlan> plans) {
        Span trace = Span.current();
        return collectPlans(step, plans, asked -> {
            sampler(version)
                    .sample(
                            requests(plans),
                            (group, completions) ->
                                    asked[group] = trace.run(() -> AskedGroup.ask(step, plans.get(group), completions)),
                            journal::stopIfAsked);
            return new Ahead(0, version);
        });
    }

    private GroupSampler sampler(int version) {
        return remote == null
                ? new GroupSampler(policy, options)
                : new GroupSampler(
                        (requests, wanted, listener) -> remote.sample(version, requests, wanted, listener),
                        policy.tokenizer(),
                        options);
    }

    private static List<SamplingRequest> requests(List<GroupPlan> plans) {
        return plans.stream()
                .map(plan -> new SamplingRequest(plan.promptIds(), plan.randomKeys()))
                .toList();
    }

    private Collected collectPlans(int step, List<GroupPlan> plans, Sampling sampling) {
        if (plans.isEmpty()) {
            return Collected.of(List.of(), List.of(), Times.NONE, List.of());
        }
        prepareBaselines(plans);

        AskedGroup[] asked = new AskedGroup[plans.size()];
        try {
            long start = System.nanoTime();
            Ahead ahead;
            try (Span span = Span.begin("sampling")) {
                span.tag("tribunal.groups", plans.size());
                ahead = sampling.into(asked);
            }
            plans.forEach(plan -> plan.task().assessor().flush());
            List<AskedGroup> all = packed || remote != null ? repacked(List.of(asked)) : List.of(asked);
            long sampled = System.nanoTime();
            List<List<float[]>> ofReference;
            try (Span _ = Span.begin("reference")) {
                ofReference = ofReference(all);
            }
            long referred = System.nanoTime();
            all.forEach(one -> AskedGroup.answer(one.scores(), journal));
            long scored = System.nanoTime();
            all.forEach(one -> AskedGroup.answer(one.verdicts(), journal));
            long judged = System.nanoTime();
            List<Group> groups = new ArrayList<>();
            for (int i = 0; i < asked.length; i++) {
                groups.add(all.get(i).await(ofReference.get(i), journal));
            }
            redrawBaselines(step, plans, groups);
            Collected collected = Collected.of(
                    plans,
                    groups,
                    new Times(
                            seconds(start, sampled),
                            ahead.seconds() > 0 ? ahead.seconds() : seconds(start, sampled),
                            seconds(sampled, referred),
                            seconds(referred, scored),
                            seconds(scored, judged)),
                    ofSampler(step - 1 - ahead.version()));
            warn(step, collected);
            return collected;
        } finally { // where all is answered, this changes nothing
            Arrays.stream(asked).filter(Objects::nonNull).forEach(AskedGroup::forget);
        }
    }

    private void prepareBaselines(List<GroupPlan> plans) {
        Map<BaselineCompletions, List<Integer>> prompts = new LinkedHashMap<>();
        for (GroupPlan plan : plans) {
            BaselineCompletions baselineCompletions = plan.prompts().baselineCompletions();
            if (baselineCompletions != null) {
                prompts.computeIfAbsent(baselineCompletions, first -> new ArrayList<>())
                        .add(plan.prompt());
            }
        }
        prompts.forEach((baselineCompletions, ofThem) -> baselineCompletions.prepare(ofThem, journal));
    }

    private static double seconds(long from, long to) {
        return (to - from) / 1e9;
    }

    private List<Metric> ofSampler(int staleness) {
        if (remote == null) {
            return List.of();
        }
        List<Metric> metrics = new ArrayList<>(remote.metrics());
        metrics.add(new Metric(MetricNames.STALENESS, null, staleness));
        return metrics;
    }

    /**
     * A generated baseline completion that cannot be scored leaves its group without rewards, for the whole run: another
     * one is drawn, scored and judged in its place, a few times.
     *
     * @param groups one a plan; get the new baseline completions
     */
    private void redrawBaselines(int step, List<GroupPlan> plans, List<Group> groups) {
        Map<String, List<Integer>> told = new TreeMap<>();
        while (true) {
            Map<BaselineCompletions, Map<Integer, GroupPlan>> failed = new LinkedHashMap<>();
            for (int i = 0; i < groups.size(); i++) {
                GroupPlan plan = plans.get(i);
                BaselineCompletions baselineCompletions = plan.prompts().baselineCompletions();
                if (baselineCompletions != null
                        && groups.get(i).ofBaselineCompletion().isEmpty()
                        && baselineCompletions.mayRedraw(plan.prompt())) {
                    failed.computeIfAbsent(baselineCompletions, first -> new LinkedHashMap<>())
                            .putIfAbsent(plan.prompt(), plan);
                }
            }
            if (failed.isEmpty()) {
                break;
            }
            failed.forEach((baselineCompletions, ofThem) -> {
                baselineCompletions.redraw(List.copyOf(ofThem.keySet()), journal);
                Map<Integer, Group> redrawn = askAgain(step, ofThem);
                for (int i = 0; i < groups.size(); i++) {
                    Group other = redrawn.get(plans.get(i).prompt());
                    if (plans.get(i).prompts().baselineCompletions() == baselineCompletions && other != null) {
                        groups.set(i, groups.get(i).against(Objects.requireNonNull(other.baselineCompletion())));
                    }
                }
                ofThem.forEach(
                        (prompt, plan) -> told.computeIfAbsent(plan.task().name(), first -> new ArrayList<>())
                                .add(prompt));
            });
        }
        tellRedrawn(
                step,
                told,
                IntStream.range(0, groups.size())
                        .filter(i -> plans.get(i).prompts().baselineCompletions() != null
                                && groups.get(i).ofBaselineCompletion().isEmpty())
                        .count());
    }

    /** About the baseline completions alone. */
    private Map<Integer, Group> askAgain(int step, Map<Integer, GroupPlan> plans) {
        Map<Integer, AskedGroup> asked = new LinkedHashMap<>();
        try {
            plans.forEach((prompt, plan) -> asked.put(prompt, AskedGroup.ask(step, plan, List.of())));
            plans.values().stream()
                    .map(GroupPlan::task)
                    .distinct()
                    .forEach(task -> task.assessor().flush());
            Map<Integer, Group> groups = new LinkedHashMap<>();
            asked.forEach((prompt, one) -> groups.put(prompt, one.await(List.of(), journal)));
            return groups;
        } finally {
            asked.values().forEach(AskedGroup::forget);
        }
    }

    private void tellRedrawn(int step, Map<String, List<Integer>> told, long without) {
        if (!told.isEmpty()) {
            String prompts = told.entrySet().stream()
                    .map(task -> task.getKey() + ": prompts "
                            + task.getValue().stream()
                                    .distinct()
                                    .map(String::valueOf)
                                    .collect(Collectors.joining(", ")))
                    .collect(Collectors.joining("; "));
            journal.warn(
                    "baseline_redrawn",
                    "step " + step + ": baseline completions that could not be scored were drawn again ("
                            + prompts + ")"
                            + (without == 0
                                    ? ""
                                    : "; " + without
                                            + " groups are still without a score of theirs and have no rewards"));
        }
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

    /** By group, one a completion; empty arrays without a reference. */
    private List<List<float[]>> ofReference(List<AskedGroup> groups) {
        return reference.exists()
                ? logProbs(reference.now(), groups)
                : groups.stream()
                        .map(asked -> Collections.nCopies(asked.completions().size(), new float[0]))
                        .toList();
    }

    private List<AskedGroup> repacked(List<AskedGroup> groups) {
        List<List<float[]>> ofPolicy = logProbs(policy, groups);
        return IntStream.range(0, groups.size())
                .mapToObj(i -> groups.get(i).withLogProbs(ofPolicy.get(i), this::underPolicy))
                .toList();
    }

    private Completion underPolicy(Completion sampled, float[] ofPolicy) {
        if (remote == null) {
            return sampled.withLogProbs(ofPolicy);
        }
        AskedGroup.requireFinite(ofPolicy);
        return sampled.underPolicy(ofPolicy, remote.cap());
    }

    /** By group, one a completion. */
    private List<List<float[]>> logProbs(LanguageModel model, List<AskedGroup> groups) {
        List<TokenSequence> sequences = groups.stream()
                .flatMap(asked -> asked.completions().stream()
                        .map(completion -> new TokenSequence(asked.plan().promptIds(), completion.ids())))
                .toList();
        List<float[]> all = logProbs.of(model, sequences, temperature);
        List<List<float[]>> byGroup = new ArrayList<>();
        int from = 0;
        for (AskedGroup asked : groups) {
            int to = from + asked.completions().size();
            byGroup.add(all.subList(from, to));
            from = to;
        }
        return byGroup;
    }

    /**
     * A group's baseline completion as a rollout, as if the policy had sampled it, for the record of what was trained
     * on. It is numbered below 0.
     */
    public Rollout baselineCompletionRollout(Group group) {
        BaselineCompletion baseline = Objects.requireNonNull(group.baselineCompletion(), "it was trained on");
        List<TokenSequence> sequence = List.of(new TokenSequence(group.promptIds(), baseline.ids()));
        Completion completion = new Completion(
                baseline.ids(),
                policy.logProbs(sequence, temperature).getFirst(),
                baseline.text(),
                baseline.finishReason());
        return new Rollout(
                -1 - group.rollouts().getFirst().sample(),
                completion,
                reference.exists()
                        ? reference.now().logProbs(sequence, temperature).getFirst()
                        : new float[0],
                baseline.scores(),
                baseline.verdicts() == null ? List.of() : baseline.verdicts(),
                Overlong.KEEP);
    }
}
