package dev.tribunal.contracts.runs.v1.comparison;

import dev.tribunal.contracts.runs.v1.run.RunState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The runs of a comparison.
 *
 * @param name of the comparison
 * @param runs in the order in which they were or are to be created
 */
public record ComparisonRuns(String name, List<ArmRun> runs) {

    /**
     * @param arm its name
     * @param run its id; absent if it would be created
     * @param state absent if it would be created
     * @param created whether it was created now, or would be
     * @param samples completions that its training samples by its spec, if no group is drawn again
     */
    public record ArmRun(
            String arm,
            long seed,
            @Nullable String run,
            @Nullable RunState state,
            boolean created,
            long samples) {}
}
