package dev.tribunal.contracts.runs.v1.comparison;

import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.methods.statistics.Estimate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the arms of a comparison did.
 *
 * @param name of the comparison
 * @param base the arm that the others are compared with
 * @param tasks of all arms
 * @param metrics that anything is known of; the query asks for some of them
 * @param arms in the order in which they were created
 * @param results by metric, then task, then arm
 * @param curves by metric, then task, then arm
 * @param notes what a reader should know before comparing
 */
public record ComparisonResource(
        String name,
        String base,
        List<String> tasks,
        List<String> metrics,
        List<Arm> arms,
        List<Result> results,
        List<Curve> curves,
        List<Note> notes) {

    /**
     * @param samples completions that training sampled, the mean over the runs that have succeeded; absent if none has
     * @param runs by seed
     */
    public record Arm(String name, @Nullable Double samples, List<SeedRun> runs) {}

    /**
     * @param run its id
     * @param samples completions that training sampled
     * @param terminalReason why it ended, when it did not succeed
     * @param alarms that are raised, the types
     * @param stepsWithoutUpdate steps that changed nothing
     */
    public record SeedRun(
            long seed,
            String run,
            RunState state,
            int step,
            int steps,
            long samples,
            @Nullable String terminalReason,
            List<String> alarms,
            int stepsWithoutUpdate) {}

    /**
     * What a metric of the held-out prompts was at the end. All intervals are those of 95 %, over seeds and prompts.
     *
     * @param metric its name
     * @param task absent for the mean over the tasks that have it
     * @param arm its name
     * @param seeds how many runs it is over
     * @param before at the first evaluation of the same runs; absent if there was no other than the last
     * @param value at the last evaluation
     * @param difference to the arm {@code base}, on the seeds and prompts of both; absent of the base itself, and where they
     *     have none in common
     */
    public record Result(
            String metric,
            @Nullable String task,
            String arm,
            int seeds,
            @Nullable Estimate before,
            Estimate value,
            @Nullable Estimate difference) {}

    /**
     * A metric over the steps: columns of the same length.
     *
     * @param metric its name
     * @param task absent for the mean over the tasks that have it
     * @param arm its name
     * @param steps ascending
     * @param values means over the seeds
     * @param low lower ends of the 95 % intervals over the seeds
     * @param high upper ends
     * @param seeds over how many each is; of one, there is no interval and the ends are the value
     */
    public record Curve(
            String metric,
            @Nullable String task,
            String arm,
            List<Integer> steps,
            List<Double> values,
            List<Double> low,
            List<Double> high,
            List<Integer> seeds) {}

    /**
     * @param type {@code unequal-samples}, {@code not-ended}, {@code failed}, {@code doubtful}, {@code one-seed} or
     *     {@code other-prompts}
     * @param message for people
     */
    public record Note(String type, String message) {}
}
