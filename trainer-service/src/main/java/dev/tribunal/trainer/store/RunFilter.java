package dev.tribunal.trainer.store;

import dev.tribunal.contracts.runs.v1.spec.VersionedName;
import org.jspecify.annotations.Nullable;

/**
 * Which runs a list is of.
 *
 * @param labels a JSON object of labels that the run has to have
 * @param judge the run's resolved spec pins it: a task of any stage, a stage that labels, or an evaluation
 * @param ended whether nothing can change any more; both if it is left out
 */
public record RunFilter(
        @Nullable String state,
        String labels,
        @Nullable VersionedName judge,
        @Nullable Boolean ended) {}
