package dev.tribunal.trainer.episode;

import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.runs.v1.EpisodeResource.Split;
import org.jspecify.annotations.Nullable;

/**
 * Which episodes of a run; an absent part excludes none.
 *
 * @param judge {@code NAME} or {@code NAME@VERSION} that has given a verdict; with {@code verdict}, that one
 * @param verdict one of the judges has given it
 */
public record EpisodeFilter(
        @Nullable Integer step,
        @Nullable String task,
        @Nullable String judge,
        @Nullable Verdict verdict,
        @Nullable Split split) {}
