package dev.tribunal.trainer.api;

import dev.tribunal.contracts.runs.v1.lineage.LineageApi;
import dev.tribunal.contracts.runs.v1.lineage.LineageResource;
import dev.tribunal.contracts.runs.v1.lineage.RunDifferences;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.trainer.lineage.Lineage;
import dev.tribunal.trainer.lineage.SpecDifferences;
import dev.tribunal.trainer.store.RunEntity;
import dev.tribunal.trainer.store.RunStore;
import java.net.URI;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

/** The lineage API. */
@RestController
class LineageController implements LineageApi {

    private final RunForks forks;
    private final Lineage lineage;
    private final RunStore runs;

    LineageController(RunForks forks, Lineage lineage, RunStore runs) {
        this.forks = forks;
        this.lineage = lineage;
        this.runs = runs;
    }

    @Override
    public ResponseEntity<RunResource> fork(String id, String fork, String contentType, boolean dryRun) {
        if (dryRun) {
            return ResponseEntity.ok(forks.dryRun(id, fork, contentType).resource());
        }
        RunEntity run = forks.create(id, fork, contentType);
        return ResponseEntity.created(URI.create("/v1/runs/" + run.id()))
                .eTag(run.etag())
                .body(run.resource());
    }

    @Override
    public LineageResource get(String id) {
        return lineage.of(id);
    }

    @Override
    public RunDifferences differences(String id, String other) {
        return new RunDifferences(
                id,
                other,
                SpecDifferences.of(runs.get(id).spec(), runs.get(other).spec()));
    }
}
