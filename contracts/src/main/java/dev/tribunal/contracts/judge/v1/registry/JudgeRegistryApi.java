package dev.tribunal.contracts.judge.v1.registry;

import dev.tribunal.contracts.common.MaxBody;
import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.judge.v1.CheckRequest;
import dev.tribunal.contracts.judge.v1.CheckResponse;
import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.EvaluateResponse;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.service.annotation.DeleteExchange;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;
import tools.jackson.databind.json.JsonMapper;

/** The registry of judges. */
public interface JudgeRegistryApi {

    /** The most items of one {@link #check}. */
    int MAX_CHECKED_ITEMS = 1_000;

    /** The most items of one {@link #stress}. */
    int MAX_STRESSED_ITEMS = 1_000;

    /**
     * Registers a version of a judge, which the conformance gate then probes: 201, and 200 if this very registration is
     * there already. A version never changes: another registration under the same name and version is a 409.
     *
     * @param registration JSON or YAML, by its content type
     */
    @PostExchange("/v1/judges")
    JudgeResource register(@RequestBody String registration, @RequestHeader("Content-Type") String contentType);

    /** As {@link #register(String, String)}, of a registration that a program has made. */
    default JudgeResource register(JudgeRegistration registration) {
        return register(JsonMapper.shared().writeValueAsString(registration), MediaType.APPLICATION_JSON_VALUE);
    }

    /** All versions of all judges. */
    @GetExchange("/v1/judges")
    Page<JudgeResource> list(
            @RequestParam(name = "cursor", required = false) @Nullable String cursor,
            @RequestParam(name = "limit", defaultValue = "50") @Min(1) @Max(Page.MAX_LIMIT) @Nullable Integer limit);

    /**
     * A version of a judge.
     *
     * @param version a version, or {@code latest}: the newest active one
     */
    @GetExchange("/v1/judges/{name}/versions/{version}")
    JudgeResource get(@PathVariable("name") String name, @PathVariable("version") String version);

    /**
     * What happened to a judge lately, oldest first: its calls and failures since the service started, as far as this
     * instance of it made them, its breaker, and what the registry knows.
     */
    @GetExchange("/v1/judges/{name}/versions/{version}/log")
    Page<JudgeLogEntry> log(@PathVariable("name") String name, @PathVariable("version") String version);

    /**
     * Puts a judge to the conformance gate again: what passes is active, what fails is rejected. An active or draining
     * judge goes on judging meanwhile; a retired one stays retired, a 409.
     */
    @PostExchange("/v1/judges/{name}/versions/{version}/probe")
    JudgeResource probe(@PathVariable("name") String name, @PathVariable("version") String version);

    /** Closes a judge to new runs; those that pinned it go on asking it. Repeating it changes nothing. */
    @PostExchange("/v1/judges/{name}/versions/{version}/drain")
    JudgeResource drain(@PathVariable("name") String name, @PathVariable("version") String version);

    /** Ends a judge for good: it is asked no more, and verdicts that runs still want of it are undecided. */
    @PostExchange("/v1/judges/{name}/versions/{version}/retire")
    JudgeResource retire(@PathVariable("name") String name, @PathVariable("version") String version);

    /**
     * Takes a judge off the list; 409 names the runs if some that have not ended refer to it. Its name and version stay
     * taken: only the very same registration can come back.
     */
    @DeleteExchange("/v1/judges/{name}/versions/{version}")
    void delete(@PathVariable("name") String name, @PathVariable("version") String version);

    /**
     * Asks one judge directly. With no items it only checks the parameters: 422 names what is wrong with them.
     *
     * @param request its {@code judge} may leave out name and version, which the path gives
     */
    @PostExchange("/v1/judges/{name}/versions/{version}/evaluate")
    @MaxBody(mebibytes = 64)
    EvaluateResponse evaluate(
            @PathVariable("name") String name,
            @PathVariable("version") String version,
            @RequestBody EvaluateRequest request);

    /**
     * Asks one judge about completions, takes those that it finds violated, and asks once more about each of them as it is
     * and dressed up in the ways in which a policy in training comes to cheat: what it finds satisfied now, it was talked
     * into.
     *
     * @param request at most 1000 items; its {@code judge} may leave out name and version, which the path gives; all that the
     *     judge is asked has to be answered within {@code deadlineMs}, and within 100 s, and the rest is undecided
     */
    @PostExchange("/v1/judges/{name}/versions/{version}/stress")
    @MaxBody(mebibytes = 16)
    StressReport stress(
            @PathVariable("name") String name,
            @PathVariable("version") String version,
            @RequestBody EvaluateRequest request);

    /**
     * Asks one judge which prompts it could not judge a completion of: when a run is created, for every line of its
     * files. A judge that does not check, whose {@code checksItems} is false, finds nothing. One that does not answer, or
     * answers nonsense, makes {@code unchecked} say so, and never the call fail.
     *
     * @param request at most 1000 items; its {@code judge} may leave out name and version, which the path gives
     */
    @PostExchange("/v1/judges/{name}/versions/{version}/check")
    CheckResponse check(
            @PathVariable("name") String name,
            @PathVariable("version") String version,
            @RequestBody CheckRequest request);
}
