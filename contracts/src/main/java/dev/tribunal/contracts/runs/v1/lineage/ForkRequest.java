package dev.tribunal.contracts.runs.v1.lineage;

import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.input.Default;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a fork of a run is to be.
 *
 * @param step of the checkpoint that it starts from; default the latest
 * @param kind what it takes over; default {@code weights}
 * @param patch JSON merge patch (RFC 7396) to the parent's resolved spec; a list is replaced as a whole. A digest whose
 *     model, file or judge is patched is pinned anew. Default: no change
 */
public record ForkRequest(
        @Min(1) @Max(256_000_000) @Nullable Integer step,
        @Default("weights") RunResource.Fork kind,
        @Default("{}") Map<String, Object> patch) {}
