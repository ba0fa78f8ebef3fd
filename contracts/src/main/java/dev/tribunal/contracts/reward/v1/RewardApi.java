package dev.tribunal.contracts.reward.v1;

import dev.tribunal.contracts.common.MaxBody;
import dev.tribunal.contracts.common.Page;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;
import tools.jackson.databind.json.JsonMapper;

/** Reward models: register a version, watch it get ready, score with it. */
public interface RewardApi {

    /**
     * Registers a version of a reward model, which is then trained or imported.
     *
     * @param registration JSON or YAML, by its content type
     */
    @PostExchange("/v1/reward-models")
    RewardModelResource register(@RequestBody String registration, @RequestHeader("Content-Type") String contentType);

    /** As {@link #register(String, String)}, of a registration that a program has made. */
    default RewardModelResource register(RewardModelRegistration registration) {
        return register(JsonMapper.shared().writeValueAsString(registration), MediaType.APPLICATION_JSON_VALUE);
    }

    /** All versions of all reward models. */
    @GetExchange("/v1/reward-models")
    Page<RewardModelResource> list(
            @RequestParam(name = "cursor", required = false) @Nullable String cursor,
            @RequestParam(name = "limit", defaultValue = "50") @Min(1) @Max(Page.MAX_LIMIT) @Nullable Integer limit);

    /**
     * A version of a reward model.
     *
     * @param version a version, or {@code latest}: the newest ready one
     */
    @GetExchange("/v1/reward-models/{name}/versions/{version}")
    RewardModelResource get(@PathVariable("name") String name, @PathVariable("version") String version);

    /** Scores completions with one version. */
    @PostExchange("/v1/reward-models/{name}/versions/{version}/score")
    @MaxBody(mebibytes = 64)
    ScoreResponse score(
            @PathVariable("name") String name,
            @PathVariable("version") String version,
            @RequestBody ScoreRequest request);

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
