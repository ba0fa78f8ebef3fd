package dev.tribunal.contracts.reward.v1;

import dev.tribunal.contracts.common.Page;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;

/** How well reward models prefer what people prefer, by files of pairs. */
public interface RewardEvaluationsApi {

    /**
     * Begins to measure one version on a file of pairs: how often it prefers the chosen completion, by the file's subsets.
     *
     * @param version a version, or {@code latest}
     */
    @PostExchange("/v1/reward-models/{name}/versions/{version}/evaluations")
    RewardEvaluation evaluate(
            @PathVariable("name") String name,
            @PathVariable("version") String version,
            @RequestBody RewardEvaluationRequest request);

    /** What one version was measured on, the newest first. */
    @GetExchange("/v1/reward-models/{name}/versions/{version}/evaluations")
    Page<RewardEvaluation> evaluations(
            @PathVariable("name") String name,
            @PathVariable("version") String version,
            @RequestParam(name = "cursor", required = false) @Nullable String cursor,
            @RequestParam(name = "limit", defaultValue = "50") @Min(1) @Max(Page.MAX_LIMIT) @Nullable Integer limit);

    /** One of them. */
    @GetExchange("/v1/reward-models/{name}/versions/{version}/evaluations/{id}")
    RewardEvaluation evaluation(
            @PathVariable("name") String name, @PathVariable("version") String version, @PathVariable("id") String id);
}
