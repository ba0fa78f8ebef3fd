package dev.tribunal.contracts.judge.v1;

import dev.tribunal.contracts.http.Page;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;
import org.jspecify.annotations.Nullable;

/** The registry of judges. */
public interface JudgeRegistryApi {

    /** Registers a version of a judge, which the conformance gate then probes. */
    @PostExchange("/v1/judges")
    JudgeResource register(@RequestBody JudgeRegistration registration);

    /** All versions of all judges. */
    @GetExchange("/v1/judges")
    Page<JudgeResource> list(
            @RequestParam(name = "cursor", required = false) @Nullable String cursor,
            @RequestParam(name = "limit", required = false) @Nullable Integer limit);

    /**
     * A version of a judge.
     *
     * @param version a version, or {@code latest}: the newest active one
     */
    @GetExchange("/v1/judges/{name}/versions/{version}")
    JudgeResource get(@PathVariable("name") String name, @PathVariable("version") String version);

    /**
     * Asks one judge directly. With no items it only checks the parameters: 422 names what is wrong with them.
     *
     * @param request its {@code judge} may leave out name and version, which the path gives
     */
    @PostExchange("/v1/judges/{name}/versions/{version}/evaluate")
    EvaluateResponse evaluate(
            @PathVariable("name") String name,
            @PathVariable("version") String version,
            @RequestBody EvaluateRequest request);
}
