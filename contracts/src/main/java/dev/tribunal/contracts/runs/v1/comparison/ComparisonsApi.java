package dev.tribunal.contracts.runs.v1.comparison;

import dev.tribunal.contracts.common.MaxBody;
import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.common.Text;
import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;

/** Comparisons: variants of a spec with several seeds each, and how they did. A comparison is a label on its runs. */
public interface ComparisonsApi {

    /** What is shown where nothing else is asked for; a metric of several judges or reward models, of each of them. */
    List<String> MAIN_METRICS = List.of(
            MetricNames.HELD_OUT_FEASIBLE_RATE,
            MetricNames.HELD_OUT_CALIBRATED_REWARD,
            MetricNames.HELD_OUT_REWARD_MODEL,
            MetricNames.HELD_OUT_JUDGE,
            MetricNames.HELD_OUT_KL,
            MetricNames.FEASIBLE_RATE,
            MetricNames.CALIBRATED_REWARD,
            MetricNames.KL);

    /**
     * Creates the runs of a comparison, seed by seed, after checking the specs of all arms: none is created where one has a
     * mistake. A run that is there already, of the same comparison, arm, seed and resolved spec, is left as it is, unless it
     * was cancelled: asked again, a comparison goes on.
     *
     * @param comparison JSON or YAML
     * @param dryRun check only: 200 and the runs as they would be, with no effect
     */
    @PostExchange("/v1/comparisons")
    @MaxBody(mebibytes = 1)
    ResponseEntity<ComparisonRuns> create(
            @RequestBody String comparison,
            @RequestHeader("Content-Type") String contentType,
            @RequestParam(name = "dryRun", defaultValue = "false") boolean dryRun);

    /** The comparisons that there are runs of, the newest first. */
    @GetExchange("/v1/comparisons")
    Page<ComparisonSummary> list();

    /**
     * How the arms of a comparison did. Of several runs of an arm and seed the newest counts, and one that was cancelled
     * only if there is no other. Results are of the runs that have succeeded, curves of all.
     *
     * @param metric only these metrics; default those that matter most
     * @param base the arm that the others are compared with; default the first
     * @param maxPoints of each curve; above it, steps are left out
     */
    @GetExchange("/v1/comparisons/{name}")
    ComparisonResource get(
            @PathVariable("name") String name,
            @RequestParam(name = "metric", required = false) @Nullable List<String> metric,
            @RequestParam(name = "base", required = false) @Text(max = 100) @Nullable String base,
            @RequestParam(name = "maxPoints", defaultValue = "200") @Min(2) @Max(RunsApi.MAX_POINTS) @Nullable
                    Integer maxPoints);

    /** Cancels all runs of a comparison that have not ended; their committed steps stay. */
    @PostExchange("/v1/comparisons/{name}/cancel")
    ComparisonRuns cancel(@PathVariable("name") String name);
}
