package dev.tribunal.trainer.episode;

import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource.Split;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which episodes of a run; an absent part excludes none.
 *
 * @param judge {@code NAME} or {@code NAME@VERSION} that has given a verdict; with {@code verdict}, that one
 * @param verdict one of the judges has given it
 * @param violated {@code NAME} or {@code NAME@VERSION} of judges, each of which has found it violated
 * @param minScore of the task's reward model or, where it has several, of the reward made of their scores
 */
public record EpisodeFilter(
        @Nullable Integer step,
        @Nullable String task,
        @Nullable Integer prompt,
        @Nullable String judge,
        @Nullable Verdict verdict,
        List<String> violated,
        @Nullable Split split,
        @Nullable String finishReason,
        @Nullable Double minScore,
        @Nullable Double maxScore) {

    /** Every episode. */
    public static final EpisodeFilter ALL =
            new EpisodeFilter(null, null, null, null, null, List.of(), null, null, null, null);
}
