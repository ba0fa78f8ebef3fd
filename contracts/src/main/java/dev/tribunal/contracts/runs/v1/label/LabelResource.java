package dev.tribunal.contracts.runs.v1.label;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A person's verdict of a rollout, as stored.
 *
 * @param episode the rollout's id
 * @param judge name of the judge whose constraint was looked at; absent for all of the task's constraints together
 * @param note why
 * @param by who says so
 * @param item what was looked at, as a judge is asked about it; only where it is asked for. Its reference and metadata
 *     are those of the prompt file, and empty where that is another one now
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LabelResource(
        String episode,
        int step,
        String task,
        EpisodeResource.Split split,
        int prompt,
        int sample,
        @Nullable String judge,
        LabelVerdict verdict,
        @Nullable String note,
        @Nullable String by,
        Instant labelledAt,
        @Nullable JudgeItem item) {

    /** With what was looked at. */
    public LabelResource withItem(JudgeItem looked) {
        return new LabelResource(
                episode, step, task, split, prompt, sample, judge, verdict, note, by, labelledAt, looked);
    }
}
