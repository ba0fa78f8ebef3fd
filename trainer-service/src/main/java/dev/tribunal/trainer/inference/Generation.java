package dev.tribunal.trainer.inference;

import dev.tribunal.contracts.runs.v1.generation.GenerationRequest;
import dev.tribunal.contracts.runs.v1.generation.GenerationResource;
import dev.tribunal.contracts.runs.v1.generation.GenerationResource.State;
import dev.tribunal.trainer.strategy.Worth;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A generation's row, with what its answers are worth.
 *
 * @param request null in a list
 * @param answers of the prompts that are answered, in their order
 */
public record Generation(
        String id,
        @Nullable GenerationRequest request,
        String strategy,
        State state,
        int total,
        List<Worth> answers,
        @Nullable String failure,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt) {

    public GenerationResource resource() {
        return new GenerationResource(
                id,
                request,
                state,
                answers.size(),
                total,
                Worth.totals(strategy, answers),
                failure,
                createdAt,
                startedAt,
                finishedAt);
    }
}
