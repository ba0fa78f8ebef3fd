package dev.tribunal.contracts.runs.v1.generation;

import dev.tribunal.contracts.common.MaxBody;
import dev.tribunal.contracts.common.Page;
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

/** Generations: a checkpoint answers prompts by a strategy. */
public interface GenerationsApi {

    /** The most generations that wait or are at work at a time. */
    int MAX_WAITING = 16;

    /** The most generations that are kept. */
    int MAX_KEPT = 200;

    /**
     * Answers prompts in the background, one generation at a time. One that a restart of the service broke off goes on
     * where it was.
     *
     * @param generation JSON or YAML
     */
    @PostExchange("/v1/generations")
    @MaxBody(mebibytes = 16)
    ResponseEntity<GenerationResource> create(
            @RequestBody String generation, @RequestHeader("Content-Type") String contentType);

    /** Generations, newest first, without their requests. */
    @GetExchange("/v1/generations")
    Page<GenerationResource> list();

    /** A generation as it stands. */
    @GetExchange("/v1/generations/{id}")
    GenerationResource get(@PathVariable("id") String id);

    /** The answers that there are, in the order of the prompts. */
    @GetExchange("/v1/generations/{id}/answers")
    Page<GenerationResource.Answer> answers(
            @PathVariable("id") String id,
            @RequestParam(name = "cursor", required = false) @Nullable String cursor,
            @RequestParam(name = "limit", defaultValue = "50") @Min(1) @Max(Page.MAX_LIMIT) @Nullable Integer limit);

    /** Ends a generation; what it has answered so far stays. 409 if it has ended. */
    @PostExchange("/v1/generations/{id}/cancel")
    GenerationResource cancel(@PathVariable("id") String id);

    /** Deletes a generation with its answers, and ends it first. */
    @DeleteExchange("/v1/generations/{id}")
    void delete(@PathVariable("id") String id);
}
