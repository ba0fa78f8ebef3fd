package dev.tribunal.contracts.runs.v1.spec;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.contracts.runs.v1.metric.MetricCatalogue;
import dev.tribunal.contracts.runs.v1.metric.MetricResource;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Task;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.Findings;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Before the first step and after the last, each task's held-out prompts are answered, scored and judged; with
 * {@code every} also in between.
 *
 * @param samples completions of each held-out prompt, drawn at the policy's temperature; default 1
 * @param every also after so many steps of the stage, again and again; default never
 * @param prompts of each task at most so many of its held-out prompts, the first ones; default all
 * @param greedy whether completions have the most probable token at each place in place of a drawn one; default false
 * @param heldOutJudges judges that are asked about the held-out completions alone: what training does not see, it cannot
 *     game; default none
 * @param heldOutRewardModels likewise reward models; default none
 * @param best which checkpoint is the best one and is never dropped; default none
 * @param stopEarly when the stage ends before its last step; default never
 */
public record Evaluation(
        @Min(1) @Max(1000) @Default("1") int samples,
        @Min(1) @Max(1_000_000) @Nullable Integer every,
        @Min(1) @Max(1_000_000) @Nullable Integer prompts,
        @Default("false") boolean greedy,
        @Default("[]") @Size(max = 16) List<HeldOutJudge> heldOutJudges,

        @Default("[]") @Size(max = RunSpec.MAX_REWARD_MODELS)
        List<HeldOutRewardModel> heldOutRewardModels,

        @Nullable Best best,
        @Nullable StopEarly stopEarly)
        implements Checked {

    public Evaluation {
        heldOutJudges = heldOutJudges == null ? List.of() : List.copyOf(heldOutJudges); // specs from before have none
        heldOutRewardModels = heldOutRewardModels == null ? List.of() : List.copyOf(heldOutRewardModels);
    }

    /** With what lookups found of its judges and reward models. */
    public Evaluation pinned(List<HeldOutJudge> judges, List<HeldOutRewardModel> models) {
        return new Evaluation(samples, every, prompts, greedy, judges, models, best, stopEarly);
    }

    /**
     * A judge without parameters and of all tasks may be written as its name alone.
     *
     * @param judge {@code NAME@VERSION}; {@code NAME} alone is pinned to its latest version
     * @param digest of the version, pinned at creation; a person who writes it demands it
     * @param parameters what the judge says it takes; default none
     * @param tasks whose completions it judges; default all that sample
     */
    public record HeldOutJudge(
            @Pattern(regexp = RunSpec.VERSIONED, message = RunSpec.MUST_BE_VERSIONED)
            String judge,

            @Nullable String digest,
            @Default("{}") Map<String, Object> parameters,
            @Default("[]") @Size(max = RunSpec.MAX_TASKS) List<String> tasks) {

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static HeldOutJudge of(String judge) {
            return new HeldOutJudge(judge, null, Map.of(), List.of());
        }

        @JsonCreator
        public HeldOutJudge {}

        public boolean isOf(String task) {
            return tasks.isEmpty() || tasks.contains(task);
        }

        /** As tasks write theirs. */
        public RunSpec.Judge asJudge() {
            return new RunSpec.Judge(judge, digest, parameters);
        }
    }

    /**
     * A reward model of all tasks may be written as {@code NAME@VERSION} alone.
     *
     * @param model {@code NAME@VERSION}; {@code NAME} alone is pinned to its latest version
     * @param digest of the version, pinned at creation; a person who writes it demands it
     * @param name what metrics and episodes call it; default the reward model's own
     * @param tasks whose completions it scores; default all that sample
     */
    public record HeldOutRewardModel(
            @Pattern(regexp = RunSpec.VERSIONED, message = RunSpec.MUST_BE_VERSIONED)
            String model,

            @Nullable String digest,

            @Pattern(regexp = RunSpec.NAME, message = RunSpec.MUST_BE_A_NAME) @Nullable
            String name,

            @Default("[]") @Size(max = RunSpec.MAX_TASKS) List<String> tasks) {

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static HeldOutRewardModel of(String model) {
            return new HeldOutRewardModel(model, null, null, List.of());
        }

        @JsonCreator
        public HeldOutRewardModel {
            name = name == null ? model.split("@", 2)[0] : name;
        }

        /** What applies where none is written, too. */
        @Override
        public String name() {
            return Objects.requireNonNull(name, "the constructor puts one in");
        }

        public boolean isOf(String task) {
            return tasks.isEmpty() || tasks.contains(task);
        }
    }

    /**
     * @param metric one of the held-out ones, for example {@code heldOut.feasibleRate}
     * @param task whose metric it is; may be left out where one task alone has held-out prompts
     * @param direction which value is better; default the metric's own, as {@code GET /v1/metrics} tells
     */
    public record Best(
            String metric, @Nullable String task, @Nullable Direction direction) {

        /** Whether a value is better than another one by more than a margin. */
        public boolean isBetter(double value, double than, double margin) {
            return switch (better()) {
                case UP -> value > than + margin;
                case DOWN -> value < than - margin;
            };
        }

        private Direction better() {
            return direction != null
                    ? direction
                    : MetricCatalogue.good(metric).orElse(MetricResource.Good.NONE) == MetricResource.Good.DOWN
                            ? Direction.DOWN
                            : Direction.UP;
        }
    }

    public enum Direction {
        @JsonProperty("up")
        UP,
        @JsonProperty("down")
        DOWN
    }

    /**
     * The stage ends where its {@code best} metric has not improved for a while.
     *
     * @param patience evaluations in a row without an improvement
     * @param minImprovement what counts as one: by more than this; default 0
     */
    public record StopEarly(
            @Min(1) @Max(1_000_000) int patience,

            @PositiveOrZero @Max(1_000_000_000) @Default("0")
            double minImprovement) {}

    @Override
    public void check(Findings findings) {
        if (greedy && samples > 1 && findings.sound("/samples") && findings.sound("/greedy")) {
            findings.mistake("/samples", "is " + samples + ", but greedy completions are all the same; set it to 1");
        }
        if (every == null && findings.sound("/every") && (best != null || stopEarly != null)) {
            findings.mistake(
                    "/every", "is missing: best and stopEarly compare evaluations; say how often there is one");
        }
        if (best == null && stopEarly != null && findings.sound("/best")) {
            findings.mistake("/best", "is missing: it says which metric stopEarly looks at");
        }
        if (best != null && findings.sound("/best") && findings.sound("/best/metric")) {
            checkMetric(best, findings);
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < heldOutRewardModels.size(); i++) {
            String pointer = "/heldOutRewardModels/" + i;
            if (findings.sound(pointer) && !names.add(heldOutRewardModels.get(i).name())) {
                findings.mistake(
                        pointer,
                        "is named '" + heldOutRewardModels.get(i).name() + "' like an earlier one; give it a name");
            }
            if (findings.sound(pointer)
                    && Stage.named(heldOutRewardModels.get(i).model()).isPresent()) {
                findings.mistake(pointer, "is of a stage; a held-out reward model has to be there before the run");
            }
        }
    }

    private static void checkMetric(Best best, Findings findings) {
        MetricResource.Good good = MetricCatalogue.good(best.metric).orElse(null);
        if (good == null || !best.metric.startsWith("heldOut.")) {
            findings.mistake(
                    "/best/metric",
                    "is '" + best.metric + "', must be a metric of the held-out prompts, such as heldOut.feasibleRate;"
                            + " GET /v1/metrics lists them");
        } else if (good == MetricResource.Good.NONE && best.direction == null && findings.sound("/best/direction")) {
            findings.mistake("/best/direction", "is missing: " + best.metric + " has no direction that is good");
        }
    }

    /** What only the stage's tasks tell. */
    void check(String at, List<Task> tasks, Findings findings) {
        List<String> heldOut = tasks.stream()
                .filter(task -> task.prompts().heldOut() != null)
                .map(Task::name)
                .toList();
        if (heldOut.isEmpty()) {
            refuseWithoutPrompts(at, findings);
            return;
        }
        for (int i = 0; i < heldOutJudges.size(); i++) {
            checkTasks(at + "/heldOutJudges/" + i, heldOutJudges.get(i).tasks, heldOut, findings);
        }
        for (int i = 0; i < heldOutRewardModels.size(); i++) {
            checkTasks(at + "/heldOutRewardModels/" + i, heldOutRewardModels.get(i).tasks, heldOut, findings);
        }
        if (best != null && findings.sound(at + "/best") && findings.sound(at + "/best/task")) {
            if (best.task != null) {
                checkTask(at + "/best/task", best.task, heldOut, findings);
            } else if (heldOut.size() > 1) {
                findings.mistake(
                        at + "/best/task",
                        "is missing: " + String.join(", ", heldOut)
                                + " have held-out prompts; name the one that decides");
            }
        }
    }

    /** The task whose metric decides what is best. */
    public String taskOfBest(List<Task> tasks) {
        String named = Objects.requireNonNull(best, "asked where there is one").task;
        return named != null
                ? named
                : tasks.stream()
                        .filter(task -> task.prompts().heldOut() != null)
                        .map(Task::name)
                        .findFirst()
                        .orElseThrow();
    }

    private void refuseWithoutPrompts(String at, Findings findings) {
        Map.of(
                        "/every", every != null,
                        "/prompts", prompts != null,
                        "/heldOutJudges", !heldOutJudges.isEmpty(),
                        "/heldOutRewardModels", !heldOutRewardModels.isEmpty(),
                        "/best", best != null)
                .entrySet()
                .stream()
                .filter(given -> given.getValue() && findings.sound(at + given.getKey()))
                .map(Map.Entry::getKey)
                .sorted()
                .forEach(part -> findings.mistake(
                        at + part,
                        "has no meaning without held-out prompts, which no task has; set heldOut in its prompts, or"
                                + " remove this"));
    }

    private static void checkTasks(String at, List<String> tasks, List<String> known, Findings findings) {
        for (int i = 0; i < tasks.size(); i++) {
            if (findings.sound(at)) {
                checkTask(at + "/tasks/" + i, tasks.get(i), known, findings);
            }
        }
    }

    private static void checkTask(String at, String task, List<String> known, Findings findings) {
        if (!known.contains(task)) {
            findings.mistake(
                    at, "is '" + task + "', must be a task with held-out prompts: " + String.join(", ", known));
        }
    }
}
