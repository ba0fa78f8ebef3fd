package dev.tribunal.trainer.rejudgement;

import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementRequest;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementResource;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementResource.Result;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementResource.State;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementResource.TaskJudge;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A rejudgement's row.
 *
 * @param lastEpisode later ones are not judged again
 * @param reached all that begins up to this episode is judged
 */
public record Rejudgement(
        String id,
        String runId,
        RejudgementRequest request,
        Map<String, TaskJudge> judges,
        State state,
        long lastEpisode,
        long total,
        long done,
        long reached,
        @Nullable String failure,
        @Nullable Result result,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt) {

    public RejudgementResource resource() {
        return new RejudgementResource(
                id, runId, request, judges, state, done, total, failure, result, createdAt, startedAt, finishedAt);
    }

    /** Without what makes it long. */
    public RejudgementResource summary() {
        return new RejudgementResource(
                id, runId, request, judges, state, done, total, failure, null, createdAt, startedAt, finishedAt);
    }
}
