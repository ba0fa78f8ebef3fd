package dev.tribunal.contracts.runs.v1.lineage;

import dev.tribunal.contracts.common.MaxBody;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;

/** Which runs come from which: forks, their tree, and what differs between two runs. */
public interface LineageApi {

    /**
     * Creates a run from a checkpoint of another one, with a patch to its spec. Of kind {@code weights} it is a new run
     * whose {@code policy.model} is the checkpoint; of kind {@code state} it goes on with the next step, with AdamW's
     * moments and the places in the prompt files, and the patch may only change what leaves these valid.
     *
     * <p>The fork has the checkpoint's files for itself: what becomes of its parent does not matter to it.
     *
     * @param fork JSON or YAML
     * @param dryRun check only: 200 and the run as it would be, with no effect
     */
    @PostExchange("/v1/runs/{id}/forks")
    @MaxBody(mebibytes = 1)
    ResponseEntity<RunResource> fork(
            @PathVariable("id") String id,
            @RequestBody String fork,
            @RequestHeader("Content-Type") String contentType,
            @RequestParam(name = "dryRun", defaultValue = "false") boolean dryRun);

    /** The tree of forks that a run is in, with stages, artifacts and checkpoints. */
    @GetExchange("/v1/runs/{id}/lineage")
    LineageResource get(@PathVariable("id") String id);

    /** What differs between the resolved specs of two runs. */
    @GetExchange("/v1/runs/{id}/differences/{other}")
    RunDifferences differences(@PathVariable("id") String id, @PathVariable("other") String other);
}
