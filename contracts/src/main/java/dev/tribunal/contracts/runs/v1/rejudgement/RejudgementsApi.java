package dev.tribunal.contracts.runs.v1.rejudgement;

import dev.tribunal.contracts.common.MaxBody;
import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.common.Text;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.service.annotation.DeleteExchange;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;

/** Rejudgements: what another judge, version or threshold would have made of a run. */
public interface RejudgementsApi {

    /** The most rejudgements that wait or are at work at a time. */
    int MAX_WAITING = 16;

    /** The most rejudgements that a run keeps. */
    int MAX_KEPT = 100;

    /**
     * Judges stored completions of a run again, in the background, one rejudgement at a time. One that a restart of the
     * service broke off goes on where it was.
     *
     * @param rejudgement JSON or YAML
     */
    @PostExchange("/v1/runs/{id}/rejudgements")
    @MaxBody(mebibytes = 1)
    ResponseEntity<RejudgementResource> create(
            @PathVariable("id") String id,
            @RequestBody String rejudgement,
            @RequestHeader("Content-Type") String contentType);

    /** The rejudgements of a run, newest first, without their results. */
    @GetExchange("/v1/runs/{id}/rejudgements")
    Page<RejudgementResource> list(@PathVariable("id") String id);

    /** A rejudgement as it stands, with its result once it has succeeded. */
    @GetExchange("/v1/runs/{id}/rejudgements/{rejudgement}")
    RejudgementResource get(@PathVariable("id") String id, @PathVariable("rejudgement") String rejudgement);

    /**
     * The completions that were judged again, in the order in which they were stored.
     *
     * @param changed only those of which this is another one now
     */
    @GetExchange("/v1/runs/{id}/rejudgements/{rejudgement}/samples")
    Page<RejudgedSample> samples(
            @PathVariable("id") String id,
            @PathVariable("rejudgement") String rejudgement,
            @RequestParam(name = "changed", required = false) @Text(words = RejudgedSample.Change.class) @Nullable
                    String changed,
            @RequestParam(name = "task", required = false) @Nullable String task,
            @RequestParam(name = "cursor", required = false) @Nullable String cursor,
            @RequestParam(name = "limit", defaultValue = "50") @Min(1) @Max(Page.MAX_LIMIT) @Nullable Integer limit);

    /** Ends a rejudgement; what it has judged so far stays. 409 if it has ended. */
    @PostExchange("/v1/runs/{id}/rejudgements/{rejudgement}/cancel")
    RejudgementResource cancel(@PathVariable("id") String id, @PathVariable("rejudgement") String rejudgement);

    /** Deletes a rejudgement with its verdicts, and ends it first. */
    @DeleteExchange("/v1/runs/{id}/rejudgements/{rejudgement}")
    void delete(@PathVariable("id") String id, @PathVariable("rejudgement") String rejudgement);
}
