package dev.tribunal.contracts.runs.v1.rejudgement;

import dev.tribunal.contracts.runs.v1.run.EpisodeResource.Split;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.input.Default;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which judge is to judge stored completions again.
 *
 * @param judge {@code NAME@VERSION}; {@code NAME} alone is the version that the run has pinned, if it has one, else the
 *     latest
 * @param replaces the judge in whose place its verdicts are taken, in the tasks that have it; default the one of the same
 *     name. Where no task has it, the verdicts stand beside those of all tasks' judges, as one more constraint
 * @param parameters laid over those that the task gives to the judge of the same name; default no change
 * @param threshold the least score of a satisfied completion, whatever the judge says itself. Where judge and parameters
 *     are the run's own, the stored scores are taken and nobody is asked. Default: the judge's verdict is taken
 * @param task only rollouts of this task
 * @param step only rollouts of this step
 * @param split only rollouts of this split
 */
public record RejudgementRequest(
        @Pattern(regexp = RunSpec.VERSIONED, message = RunSpec.MUST_BE_VERSIONED)
        String judge,

        @Size(min = 1, max = 200) @Nullable String replaces,
        @Default("{}") Map<String, Object> parameters,
        @Min(-1_000_000_000) @Max(1_000_000_000) @Nullable Double threshold,
        @Size(max = 100) @Nullable String task,
        @PositiveOrZero @Nullable Integer step,
        @Nullable Split split) {}
