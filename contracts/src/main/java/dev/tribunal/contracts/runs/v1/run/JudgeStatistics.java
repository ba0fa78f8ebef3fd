package dev.tribunal.contracts.runs.v1.run;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one version of a judge did in a run, by the verdicts that were stored with its episodes.
 *
 * @param breaker closed, open or half_open, as it is now; absent if the judge service does not say
 * @param undecided how many of its verdicts were undecided, by the code of their error
 * @param latency absent while no verdict needed a request
 * @param agreement with each judge that decided some of the same completions
 */
public record JudgeStatistics(
        String judge,
        String version,
        @Nullable String breaker,
        List<TaskVerdicts> tasks,
        Map<String, Long> undecided,
        @Nullable Latency latency,
        List<Agreement> agreement) {

    /** How many completions of a task got which verdict, in all and over the steps. */
    public record TaskVerdicts(
            String task, long satisfied, long violated, long undecided, long notAsked, List<StepVerdicts> steps) {}

    /** The same of the steps from {@code fromStep} to {@code toStep}: of one, or of more where there are many. */
    public record StepVerdicts(
            int fromStep, int toStep, long satisfied, long violated, long undecided, long notAsked) {}

    /**
     * How long a verdict took, waiting and retries included, in milliseconds.
     *
     * @param attempts requests for a verdict, on average
     */
    public record Latency(double p50Ms, double p90Ms, double p99Ms, double maxMs, double attempts) {}

    /**
     * @param decided completions that both judges decided
     * @param same those to which both gave the same verdict
     * @param kappa Cohen's kappa (1960): 1 for full agreement, 0 for what their rates give by chance; absent where
     *     chance alone would make them agree always
     * @param bothViolated completions that both found violated; absent from an older trainer
     */
    public record Agreement(
            String judge,
            String version,
            long decided,
            long same,
            @Nullable Double kappa,
            @Nullable Long bothViolated) {}
}
