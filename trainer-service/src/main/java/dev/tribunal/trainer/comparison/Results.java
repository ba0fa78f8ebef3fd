package dev.tribunal.trainer.comparison;

import dev.tribunal.contracts.runs.v1.comparison.ComparisonResource.Result;
import dev.tribunal.methods.statistics.Estimate;
import dev.tribunal.methods.statistics.SeededMeans;
import dev.tribunal.methods.statistics.SeededMeans.Cells;
import dev.tribunal.trainer.comparison.ComparisonStore.MetricOfTask;
import dev.tribunal.trainer.comparison.ComparisonStore.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the arms were at the end, on held-out prompts, with intervals over seeds and prompts. */
final class Results {

    private final Map<String, List<MeasuredRun>> arms;
    private final String base;
    private final List<String> tasks;

    /**
     * @param arms the runs of each
     * @param base the arm that the others are compared with
     * @param tasks of all arms
     */
    Results(Map<String, List<MeasuredRun>> arms, String base, List<String> tasks) {
        this.base = base;
        this.tasks = tasks;
        this.arms = arms;
    }

    /** Tasks whose held-out prompts are not the base's in some arm, so that there is no difference to tell. */
    Set<String> otherPrompts() {
        return tasks.stream()
                .filter(task -> arms.values().stream().anyMatch(runs -> !samePrompts(task, runs)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private boolean samePrompts(String task, List<MeasuredRun> runs) {
        return Stream.concat(runs.stream(), ofBase().stream())
                        .map(run -> run.heldOutPrompts(task))
                        .filter(Objects::nonNull)
                        .distinct()
                        .count()
                < 2;
    }

    private List<MeasuredRun> ofBase() {
        return Objects.requireNonNull(arms.get(base), "the base is one of the arms");
    }

    /** By task, the mean over the tasks first where there are several, then by arm. */
    List<Result> of(String metric) {
        List<Result> results = new ArrayList<>();
        List<String> having = tasks.stream()
                .filter(task -> arms.values().stream()
                        .flatMap(List::stream)
                        .anyMatch(run ->
                                !of(run, metric, task, MeasuredRun::after).isEmpty()))
                .toList();
        if (having.size() > 1) {
            arms.forEach((arm, runs) -> add(results, metric, null, having, arm, runs));
        }
        for (String task : having) {
            arms.forEach((arm, runs) -> add(results, metric, task, List.of(task), arm, runs));
        }
        return results;
    }

    private void add(
            List<Result> results,
            String metric,
            @Nullable String task,
            List<String> among,
            String arm,
            List<MeasuredRun> all) {
        List<MeasuredRun> runs = all.stream().filter(MeasuredRun::succeeded).toList();
        List<String> own = among.stream()
                .filter(each -> runs.stream()
                        .anyMatch(run ->
                                !of(run, metric, each, MeasuredRun::after).isEmpty()))
                .toList();
        if (own.isEmpty()) {
            return;
        }
        Estimate value = SeededMeans.mean(cells(runs, metric, own, runs, MeasuredRun::after));
        if (value != null) {
            results.add(new Result(
                    metric,
                    task,
                    arm,
                    runs.size(),
                    before(runs, metric, own),
                    value,
                    arm.equals(base) ? null : difference(runs, metric, own)));
        }
    }

    private static @Nullable Estimate before(List<MeasuredRun> runs, String metric, List<String> own) {
        boolean measured = own.stream()
                .allMatch(task -> runs.stream()
                        .anyMatch(run ->
                                !of(run, metric, task, MeasuredRun::before).isEmpty()));
        return measured ? SeededMeans.mean(cells(runs, metric, own, runs, MeasuredRun::before)) : null;
    }

    /** On the seeds and prompts of both; of the mean over the tasks, all have to be there in both. */
    private @Nullable Estimate difference(List<MeasuredRun> runs, String metric, List<String> own) {
        Map<Long, MeasuredRun> bySeed = ofBase().stream()
                .filter(MeasuredRun::succeeded)
                .collect(Collectors.toMap(MeasuredRun::seed, Function.identity()));
        List<MeasuredRun> mine =
                runs.stream().filter(run -> bySeed.containsKey(run.seed())).toList();
        List<MeasuredRun> others = mine.stream()
                .map(run -> Objects.requireNonNull(bySeed.get(run.seed())))
                .toList();
        boolean comparable = !mine.isEmpty()
                && own.stream()
                        .allMatch(task -> samePrompts(task, runs)
                                && others.stream()
                                        .anyMatch(run -> !of(run, metric, task, MeasuredRun::after)
                                                .isEmpty()));
        if (!comparable) {
            return null;
        }
        List<MeasuredRun> both = Stream.concat(mine.stream(), others.stream()).toList();
        return SeededMeans.difference(
                cells(mine, metric, own, both, MeasuredRun::after),
                cells(others, metric, own, both, MeasuredRun::after));
    }

    /** @param prompts the runs whose prompts are the columns */
    private static List<Cells> cells(
            List<MeasuredRun> runs,
            String metric,
            List<String> own,
            List<MeasuredRun> prompts,
            Function<MeasuredRun, Map<MetricOfTask, Map<Integer, Values>>> when) {
        return own.stream()
                .map(task -> {
                    List<Integer> columns = prompts.stream()
                            .flatMap(run -> of(run, metric, task, when).keySet().stream())
                            .distinct()
                            .sorted()
                            .toList();
                    List<double[]> sums = new ArrayList<>();
                    List<int[]> counts = new ArrayList<>();
                    for (MeasuredRun run : runs) {
                        Map<Integer, Values> values = of(run, metric, task, when);
                        double[] sum = new double[columns.size()];
                        int[] count = new int[columns.size()];
                        for (int p = 0; p < sum.length; p++) {
                            Values ofPrompt = values.get(columns.get(p));
                            sum[p] = ofPrompt == null ? 0 : ofPrompt.sum();
                            count[p] = ofPrompt == null ? 0 : ofPrompt.count();
                        }
                        sums.add(sum);
                        counts.add(count);
                    }
                    return new Cells(sums, counts);
                })
                .toList();
    }

    private static Map<Integer, Values> of(
            MeasuredRun run,
            String metric,
            String task,
            Function<MeasuredRun, Map<MetricOfTask, Map<Integer, Values>>> when) {
        return when.apply(run).getOrDefault(new MetricOfTask(metric, task), Map.of());
    }
}
