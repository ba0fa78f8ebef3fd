package dev.tribunal.trainer.api;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonResource;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonRuns;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonSummary;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonsApi;
import dev.tribunal.trainer.comparison.ComparedRuns;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

/** The comparisons API. */
@RestController
class ComparisonsController implements ComparisonsApi {

    private final ComparisonCreation creation;
    private final ComparedRuns comparedRuns;

    ComparisonsController(ComparisonCreation creation, ComparedRuns comparedRuns) {
        this.creation = creation;
        this.comparedRuns = comparedRuns;
    }

    @Override
    public ResponseEntity<ComparisonRuns> create(String comparison, String contentType, boolean dryRun) {
        ComparisonRuns runs = creation.create(comparison, contentType, dryRun);
        return dryRun
                ? ResponseEntity.ok(runs)
                : ResponseEntity.created(URI.create("/v1/comparisons/" + runs.name()))
                        .body(runs);
    }

    @Override
    public Page<ComparisonSummary> list() {
        return Page.of(comparedRuns.all());
    }

    @Override
    public ComparisonResource get(
            String name, @Nullable List<String> metric, @Nullable String base, @Nullable Integer maxPoints) {
        return comparedRuns.of(name, metric, base, Objects.requireNonNull(maxPoints));
    }

    @Override
    public ComparisonRuns cancel(String name) {
        return creation.cancel(name);
    }
}
