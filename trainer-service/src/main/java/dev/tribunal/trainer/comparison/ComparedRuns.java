package dev.tribunal.trainer.comparison;

import dev.tribunal.contracts.runs.v1.comparison.ComparisonRequest;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonResource;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonResource.Arm;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonResource.SeedRun;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonSummary;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonsApi;
import dev.tribunal.contracts.runs.v1.metric.MetricCatalogue;
import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.metric.MetricResource;
import dev.tribunal.contracts.runs.v1.metric.MetricSeries;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunResource.Alarm;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.page.QueryMistakes;
import dev.tribunal.trainer.TrainerError;
import dev.tribunal.trainer.comparison.ComparisonStore.Evaluated;
import dev.tribunal.trainer.comparison.ComparisonStore.MetricOfTask;
import dev.tribunal.trainer.comparison.ComparisonStore.Values;
import dev.tribunal.trainer.store.Columns;
import dev.tribunal.trainer.store.MetricLog;
import dev.tribunal.trainer.store.RunEntity;
import dev.tribunal.trainer.store.RunFilter;
import dev.tribunal.trainer.store.RunStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** How the arms of comparisons did, from the rows of their runs. */
@Component
public final class ComparedRuns {

    /** Of one comparison, those that newer ones stand for counted. */
    private static final int MOST_RUNS = 10_000;

    private static final String HELD_OUT = "heldOut.";

    /** Metrics that are one by judge, reward model and so on. */
    private static final Set<String> OF_SEVERAL = MetricCatalogue.all().stream()
            .filter(metric -> metric.of() != null)
            .map(MetricResource::name)
            .collect(Collectors.toUnmodifiableSet());

    private final RunStore runs;
    private final MetricLog metrics;
    private final ComparisonStore store;

    ComparedRuns(RunStore runs, MetricLog metrics, ComparisonStore store) {
        this.runs = runs;
        this.metrics = metrics;
        this.store = store;
    }

    /** Newest first. */
    public List<ComparisonSummary> all() {
        return store.comparisons();
    }

    /** The runs of a comparison, oldest first. A fork has the labels of its parent, but is trained in another way. */
    public List<RunEntity> runs(String comparison) {
        String labels = Columns.json(Map.of(ComparisonRequest.COMPARISON, comparison));
        return runs.page(new RunFilter(null, labels, null, null), null, MOST_RUNS).reversed().stream()
                .filter(run -> run.parent() == null
                        && run.spec().labels().containsKey(ComparisonRequest.ARM)
                        && seed(run) != null)
                .toList();
    }

    /** The arm that a run of a comparison is of. */
    public static String arm(RunEntity run) {
        return String.valueOf(run.spec().labels().get(ComparisonRequest.ARM));
    }

    /** The seed that a run's label names; absent if it names none. */
    public static @Nullable Long seed(RunEntity run) {
        String label = run.spec().labels().get(ComparisonRequest.SEED);
        return label != null && label.matches("[0-9]{1,18}") ? Long.valueOf(label) : null;
    }

    /** Refuses what there are no runs of. */
    public List<RunEntity> existing(String comparison) {
        List<RunEntity> found = runs(comparison);
        if (found.isEmpty()) {
            throw new TribunalException(
                    TrainerError.COMPARISON_NOT_FOUND,
                    "There is no comparison '" + comparison + "': no run has it as the label "
                            + ComparisonRequest.COMPARISON + ".");
        }
        return found;
    }

    /**
     * @param asked metrics; default the main ones
     * @param base the arm that the others are compared with; default the first
     * @param maxPoints of each curve
     */
    public ComparisonResource of(
            String comparison, @Nullable List<String> asked, @Nullable String base, int maxPoints) {
        Map<String, Map<Long, RunEntity>> arms = new LinkedHashMap<>();
        for (RunEntity run : existing(comparison)) {
            arms.computeIfAbsent(arm(run), name -> new TreeMap<>())
                    .merge(Objects.requireNonNull(seed(run)), run, ComparedRuns::thatCounts);
        }
        if (base != null && !arms.containsKey(base)) {
            throw QueryMistakes.of("base", "is '" + base + "', must be an arm: " + String.join(", ", arms.keySet()));
        }
        String first = base == null ? arms.keySet().iterator().next() : base;
        List<String> wanted = asked == null || asked.isEmpty() ? ComparisonsApi.MAIN_METRICS : asked;

        Set<String> known = new TreeSet<>();
        Map<String, List<MeasuredRun>> measured = new LinkedHashMap<>();
        arms.forEach((arm, bySeed) -> measured.put(
                arm,
                bySeed.values().stream()
                        .map(run -> measured(run, wanted, known))
                        .toList()));
        List<String> tasks = measured.values().stream()
                .flatMap(List::stream)
                .flatMap(run -> run.resource().tasks().stream())
                .distinct()
                .toList();
        List<String> shown = wanted.stream()
                .flatMap(name -> known.stream().filter(each -> isOf(name, each)))
                .distinct()
                .toList();
        Results results = new Results(measured, first, tasks);
        List<Arm> each = arms.keySet().stream()
                .map(arm -> arm(arm, measured.getOrDefault(arm, List.of())))
                .toList();
        return new ComparisonResource(
                comparison,
                first,
                tasks,
                List.copyOf(known),
                each,
                shown.stream().flatMap(name -> results.of(name).stream()).toList(),
                shown.stream()
                        .flatMap(name -> Curves.of(name, measured, tasks, maxPoints).stream())
                        .toList(),
                Notes.of(each, first, results.otherPrompts()));
    }

    /** The newer of two runs of an arm and seed, but one that was cancelled only if both were. */
    private static RunEntity thatCounts(RunEntity older, RunEntity newer) {
        return newer.state() == RunState.CANCELLED && older.state() != RunState.CANCELLED ? older : newer;
    }

    /** Whether a metric is the one asked for, or one of those that it is by judge, reward model and so on. */
    private static boolean isOf(String asked, String metric) {
        return metric.equals(asked) || OF_SEVERAL.contains(asked) && metric.startsWith(asked + ".");
    }

    private MeasuredRun measured(RunEntity run, List<String> wanted, Set<String> known) {
        List<String> names = store.metricNames(run.id()).stream()
                .filter(name -> Stream.concat(MetricNames.INTERVAL.stream(), MetricNames.SPREAD.stream())
                        .noneMatch(name::endsWith))
                .toList();
        known.addAll(names);
        List<String> shown = names.stream()
                .filter(name -> wanted.stream().anyMatch(asked -> isOf(asked, name)))
                .toList();
        List<MetricSeries> series = shown.isEmpty()
                ? List.of()
                : metrics.columns(run, MetricLog.Mark.BEGINNING, shown, null, null)
                        .series();
        Map<MetricOfTask, Map<Integer, Values>> after = new HashMap<>();
        Map<MetricOfTask, Map<Integer, Values>> before = new HashMap<>();
        if (run.state() == RunState.SUCCEEDED) {
            List<Evaluated> evaluations = store.evaluations(run.id());
            if (!evaluations.isEmpty()) {
                after.putAll(store.heldOut(run.id(), evaluations.getLast()));
            }
            if (evaluations.size() > 1) {
                before.putAll(store.heldOut(run.id(), evaluations.getFirst()));
            }
            series.forEach(one -> addIfOfNoPrompts(one, after, before));
        }
        return new MeasuredRun(
                run.resource(), Objects.requireNonNull(seed(run)), run.spec(), series, after, before, sampled(run));
    }

    /** What is not measured of single prompts, a loss, is one value, as if of one prompt. */
    private static void addIfOfNoPrompts(
            MetricSeries series,
            Map<MetricOfTask, Map<Integer, Values>> after,
            Map<MetricOfTask, Map<Integer, Values>> before) {
        if (series.name().startsWith(HELD_OUT) && series.task() != null) {
            MetricOfTask key = new MetricOfTask(series.name(), series.task());
            if (after.putIfAbsent(key, Map.of(0, new Values(series.values().getLast(), 1))) == null
                    && series.steps().size() > 1) {
                before.put(key, Map.of(0, new Values(series.values().getFirst(), 1)));
            }
        }
    }

    private long sampled(RunEntity run) {
        Map<String, List<RunSpec.Task>> tasks = ArmSpecs.tasksByStage(run.spec());
        return Math.round(store.groupsSampled(run.id(), MetricNames.GROUPS_SAMPLED).stream()
                .mapToDouble(groups -> tasks.getOrDefault(groups.stage(), List.of()).stream()
                        .filter(task -> task.name().equals(groups.task()) && task.samples())
                        .mapToDouble(task -> groups.count() * ArmSpecs.generations(task))
                        .sum())
                .sum());
    }

    private static Arm arm(String name, List<MeasuredRun> runs) {
        List<SeedRun> seeds = new ArrayList<>();
        for (MeasuredRun run : runs) {
            RunResource resource = run.resource();
            seeds.add(new SeedRun(
                    run.seed(),
                    resource.id(),
                    resource.state(),
                    resource.step(),
                    resource.steps(),
                    run.samples(),
                    resource.terminalReason(),
                    resource.alarms().stream()
                            .map(Alarm::type)
                            .collect(Collectors.toCollection(LinkedHashSet::new))
                            .stream()
                            .toList(),
                    resource.signal() == null ? 0 : resource.signal().stepsWithoutUpdate()));
        }
        seeds.sort(Comparator.comparingLong(SeedRun::seed));
        List<SeedRun> succeeded =
                seeds.stream().filter(run -> run.state() == RunState.SUCCEEDED).toList();
        return new Arm(
                name,
                succeeded.isEmpty()
                        ? null
                        : succeeded.stream()
                                .mapToLong(SeedRun::samples)
                                .average()
                                .orElseThrow(),
                seeds);
    }
}
