package dev.tribunal.trainer.store;

import dev.tribunal.contracts.runs.v1.VersionedName;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which runs a list is of.
 *
 * @param labels a JSON object of labels that the run has to have
 * @param judge the run's resolved spec pins it
 * @param ended whether nothing can change any more; both if it is left out
 */
public record RunFilter(
        @Nullable String state,
        String labels,
        @Nullable VersionedName judge,
        @Nullable Boolean ended) {

    /** JSON that the run's spec has to contain. */
    @Nullable
    String spec() {
        return judge == null
                ? null
                : Columns.json(Map.of("tasks", List.of(Map.of("judges", List.of(Map.of("judge", judge.toString()))))));
    }
}
