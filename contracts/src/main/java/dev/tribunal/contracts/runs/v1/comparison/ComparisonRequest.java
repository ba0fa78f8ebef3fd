package dev.tribunal.contracts.runs.v1.comparison;

import dev.tribunal.contracts.runs.v1.metric.MetricCatalogue;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.Findings;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is to be compared: variants of one spec, each trained with several seeds. They are ordinary runs, which have the
 * labels {@link #COMPARISON}, {@link #ARM} and {@link #SEED}.
 *
 * @param name of the comparison
 * @param base the spec that all arms have in common; it need not be whole
 * @param patch JSON merge patch (RFC 7396) to the base, for all arms; a list is replaced as a whole. Default: no change
 * @param set then, what is to stand at a path, for all arms; as of an arm. Default: no change
 * @param arms what is compared; with the first one, the others are
 * @param seeds each arm is trained with the seeds 1, 2 and so on, so many; default 3
 * @param metrics of the held-out prompts and of training, what a client shows first; default
 *     {@link ComparisonsApi#MAIN_METRICS}
 */
public record ComparisonRequest(
        @Pattern(regexp = RunSpec.NAME, message = RunSpec.MUST_BE_A_NAME)
        String name,

        Map<String, Object> base,
        @Default("{}") Map<String, Object> patch,
        @Default("{}") Map<String, Object> set,
        @Size(min = 1, max = MAX_ARMS) List<Arm> arms,
        @Min(1) @Max(MAX_SEEDS) @Default("3") int seeds,
        @Default("[]") @Size(max = 64) List<String> metrics)
        implements Checked {

    /** Key of the label that has the comparison's name. */
    public static final String COMPARISON = "comparison";

    /** Key of the label that has the arm's name. */
    public static final String ARM = "arm";

    /** Key of the label that has the seed. */
    public static final String SEED = "seed";

    static final int MAX_ARMS = 64;
    static final int MAX_SEEDS = 100;
    static final int MAX_RUNS = 1000;

    /**
     * A variant of the base.
     *
     * @param name of the arm
     * @param patch JSON merge patch to what all arms have; a list is replaced as a whole. Default: no change
     * @param set then, what is to stand at a path, for example {@code tasks.math.weight} or {@code training.steps}; an
     *     element of a list is named by its name or its index, all of them by {@code *}, as in {@code tasks.*.method}.
     *     Default: no change
     */
    public record Arm(
            @Pattern(regexp = RunSpec.NAME, message = RunSpec.MUST_BE_A_NAME)
            String name,

            @Default("{}") Map<String, Object> patch,
            @Default("{}") Map<String, Object> set) {}

    @Override
    public void check(Findings findings) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < arms.size(); i++) {
            if (findings.sound("/arms/" + i) && !names.add(arms.get(i).name())) {
                findings.mistake("/arms/" + i + "/name", "is '" + arms.get(i).name() + "', which an earlier arm has");
            }
        }
        if (findings.sound("/arms") && findings.sound("/seeds") && (long) arms.size() * seeds > MAX_RUNS) {
            findings.mistake(
                    "/seeds",
                    "is " + seeds + " for " + arms.size() + " arms; together must be at most " + MAX_RUNS + " runs");
        }
        for (int i = 0; i < metrics.size(); i++) {
            if (findings.sound("/metrics/" + i)
                    && MetricCatalogue.good(metrics.get(i)).isEmpty()) {
                findings.mistake(
                        "/metrics/" + i,
                        "is '" + metrics.get(i) + "', which is not a metric; GET /v1/metrics lists them");
            }
        }
    }
}
