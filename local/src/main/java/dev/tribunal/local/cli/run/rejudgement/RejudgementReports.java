package dev.tribunal.local.cli.run.rejudgement;

import dev.tribunal.contracts.runs.v1.rejudgement.RejudgedSample;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgedSample.Worth;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementResource;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementResource.Comparison;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementResource.Result;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementResource.StepComparison;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementResource.TaskJudge;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementResource.TaskResult;
import dev.tribunal.local.cli.screen.Paint;
import dev.tribunal.local.cli.screen.TextTable;
import dev.tribunal.methods.statistics.Estimate;
import dev.tribunal.servicekit.input.Words;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rejudgements for people. */
final class RejudgementReports {

    /** Steps that are told one by one; of more, as many parts. */
    private static final int MOST_STEPS = 20;

    private RejudgementReports() {}

    static List<String> whole(RejudgementResource rejudgement) {
        List<String> lines = new ArrayList<>();
        lines.add(rejudgement.id() + "  " + Paint.state(Words.of(rejudgement.state())) + ", " + rejudgement.done()
                + " of " + rejudgement.total() + " completions"
                + (rejudgement.failure() == null ? "" : ": " + rejudgement.failure()));
        rejudgement.judges().forEach((task, judge) -> lines.add("  " + task + ": " + asked(judge, rejudgement)));
        Result result = rejudgement.result();
        if (result != null) {
            result.tasks().forEach(task -> add(task, lines));
            if (result.tasks().size() > 1) {
                lines.add("");
                lines.add("All tasks");
                add(result.all(), lines);
            }
        }
        return lines;
    }

    private static String asked(TaskJudge judge, RejudgementResource rejudgement) {
        return judge.judge()
                + judge.parameters().entrySet().stream()
                        .map(parameter -> " " + parameter.getKey() + "=" + parameter.getValue())
                        .collect(Collectors.joining())
                + (rejudgement.request().threshold() == null
                        ? ""
                        : ", satisfied from " + rejudgement.request().threshold() + " on")
                + (judge.replaces() == null ? ", beside the task's judges" : ", in place of " + judge.replaces())
                + (judge.asked() ? "" : " (by the stored scores)");
    }

    private static void add(TaskResult task, List<String> lines) {
        lines.add("");
        lines.add("Task " + task.task());
        add(task.comparison(), lines);
        if (task.comparison().weightsChanged() == null) {
            lines.add("  weights            not computed: "
                    + (task.weights().reasons().isEmpty()
                            ? "none of these rollouts was trained on"
                            : String.join("; ", task.weights().reasons())));
        } else {
            lines.add("  other weights      " + task.comparison().weightsChanged() + ", in "
                    + task.weights().computed() + " of " + task.weights().steps() + " steps"
                    + (task.weights().reasons().isEmpty()
                            ? ""
                            : "; the others are not computed: "
                                    + String.join("; ", task.weights().reasons())));
        }
        TextTable steps = new TextTable("  STEPS", "ROLLOUTS", "FEASIBLE", "NOW", "OTHER VERDICTS", "OTHER REWARDS");
        for (StepComparison step : thinned(task.steps())) {
            steps.add(
                    "  " + step.fromStep() + (step.toStep() == step.fromStep() ? "" : "-" + step.toStep()),
                    String.valueOf(step.rollouts()),
                    share(step.feasible(), step.infeasible()),
                    share(step.feasibleNow(), step.infeasibleNow()),
                    String.valueOf(step.verdictsChanged()),
                    String.valueOf(step.rewardsChanged()));
        }
        lines.addAll(steps.lines());
    }

    private static List<StepComparison> thinned(List<StepComparison> steps) {
        if (steps.size() <= MOST_STEPS) {
            return steps;
        }
        List<StepComparison> parts = new ArrayList<>();
        for (int i = 0; i < MOST_STEPS; i++) {
            steps.subList(i * steps.size() / MOST_STEPS, (i + 1) * steps.size() / MOST_STEPS).stream()
                    .reduce(RejudgementReports::sum)
                    .ifPresent(parts::add);
        }
        return parts;
    }

    private static StepComparison sum(StepComparison one, StepComparison other) {
        return new StepComparison(
                one.fromStep(),
                other.toStep(),
                one.rollouts() + other.rollouts(),
                one.feasible() + other.feasible(),
                one.infeasible() + other.infeasible(),
                one.undecided() + other.undecided(),
                one.feasibleNow() + other.feasibleNow(),
                one.infeasibleNow() + other.infeasibleNow(),
                one.undecidedNow() + other.undecidedNow(),
                one.verdictsChanged() + other.verdictsChanged(),
                one.rewardsChanged() + other.rewardsChanged());
    }

    private static void add(Comparison comparison, List<String> lines) {
        Set<String> columns = new LinkedHashSet<>(List.of("satisfied", "violated", "undecided"));
        comparison.confusion().values().forEach(row -> columns.addAll(row.keySet()));
        List<String> header = new ArrayList<>(List.of("  BEFORE \\ NOW"));
        header.addAll(columns);
        TextTable matrix = new TextTable(header.toArray(String[]::new));
        Set<String> rows = new LinkedHashSet<>(columns);
        rows.addAll(comparison.confusion().keySet());
        for (String before : rows) {
            Map<String, Long> row = comparison.confusion().get(before);
            if (row != null) {
                List<String> cells = new ArrayList<>(List.of("  " + before));
                columns.forEach(column -> cells.add(String.valueOf(row.getOrDefault(column, 0L))));
                matrix.add(cells.toArray(String[]::new));
            }
        }
        lines.addAll(matrix.lines());
        if (comparison.agreement() != null) {
            lines.add("  agreement          " + rate(comparison.agreement()));
            lines.add("  kappa              " + kappa(comparison.kappa()));
        }
        lines.add("  feasible           " + rate(comparison.feasible()) + ", now " + rate(comparison.feasibleNow()));
        lines.add("  other verdicts     " + comparison.verdictsChanged() + " of " + comparison.rollouts());
        lines.add("  other rewards      " + comparison.rewardsChanged());
    }

    private static String share(long feasible, long infeasible) {
        long decided = feasible + infeasible;
        return decided == 0 ? "-" : String.format(Locale.ROOT, "%.0f %%", 100.0 * feasible / decided);
    }

    private static String rate(@Nullable Estimate share) {
        return share == null
                ? "-"
                : String.format(
                        Locale.ROOT,
                        "%.1f %% (%.0f\u2013%.0f, n=%d)",
                        100 * share.value(),
                        100 * share.low(),
                        100 * share.high(),
                        share.n());
    }

    private static String kappa(@Nullable Estimate kappa) {
        return kappa == null
                ? "- (one of the two always says the same)"
                : String.format(
                        Locale.ROOT,
                        "%.2f (%.2f\u2013%.2f, n=%d)",
                        kappa.value(),
                        kappa.low(),
                        kappa.high(),
                        kappa.n());
    }

    static TextTable table(List<RejudgementResource> rejudgements) {
        TextTable table = new TextTable("ID", "JUDGE", "STATE", "DONE", "CREATED");
        for (RejudgementResource rejudgement : rejudgements) {
            table.add(
                    rejudgement.id(),
                    rejudgement.request().judge()
                            + (rejudgement.request().threshold() == null
                                    ? ""
                                    : " from " + rejudgement.request().threshold()),
                    Paint.state(Words.of(rejudgement.state())),
                    rejudgement.done() + "/" + rejudgement.total(),
                    rejudgement.createdAt().toString());
        }
        return table;
    }

    static List<String> sample(RejudgedSample sample) {
        List<String> lines = new ArrayList<>();
        lines.add(sample.episode() + "  step " + sample.step() + ", task " + sample.task() + ", "
                + Words.of(sample.split()) + ", prompt " + sample.prompt() + ", sample " + sample.sample());
        sample.messages().forEach(message -> lines.add("  " + message.role() + ": " + message.content()));
        lines.add("  > " + sample.completion());
        lines.add("  before: " + worth(sample.before()));
        lines.add("  now:    " + worth(sample.now())
                + (sample.error() == null
                        ? ""
                        : " (" + sample.error().code() + ": " + sample.error().detail() + ")"));
        lines.add("");
        return lines;
    }

    private static String worth(Worth worth) {
        List<String> parts = new ArrayList<>();
        if (worth.verdict() != null) {
            parts.add(Paint.state(Words.of(worth.verdict())));
        }
        add("score", worth.score(), parts);
        parts.add(worth.feasible() == null ? "undecided" : worth.feasible() ? "feasible" : "infeasible");
        add("reward", worth.reward(), parts);
        add("weight", worth.weight(), parts);
        return String.join(", ", parts) + (worth.reason() == null ? "" : " (" + worth.reason() + ")");
    }

    private static void add(String what, @Nullable Double value, List<String> parts) {
        if (value != null) {
            parts.add(String.format(Locale.ROOT, "%s %.4f", what, value));
        }
    }
}
