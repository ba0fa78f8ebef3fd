package dev.tribunal.contracts.runs.v1.lineage;

import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.run.RunResource.Parent;
import dev.tribunal.contracts.runs.v1.run.RunState;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tree of forks that a run is in: its ancestors, as far as they are there, and all of their descendants.
 *
 * @param run that was asked for
 * @param runs every parent before its children, the oldest first; at most {@link #MAX_RUNS}
 * @param truncated whether there are more
 */
public record LineageResource(String run, List<Node> runs, boolean truncated) {

    /** The most runs of one tree that are shown. */
    public static final int MAX_RUNS = 1000;

    /**
     * A run of the tree.
     *
     * @param parent absent if it was not forked; the parent itself is not in the tree where it has been deleted
     * @param step committed steps
     * @param steps of all stages
     * @param stages in their order
     * @param checkpoints that there are, by their steps
     * @param differences pointers to what its spec has otherwise than its parent's; none where that is not there
     */
    public record Node(
            String id,
            String name,
            RunState state,
            @Nullable Parent parent,
            int step,
            int steps,
            List<StageNode> stages,
            List<Integer> checkpoints,
            List<String> differences,
            Instant createdAt,
            @Nullable Instant finishedAt) {}

    /**
     * A stage of a run.
     *
     * @param type as a spec names it
     * @param artifact what it left; absent until it is finished
     */
    public record StageNode(
            String name, String type, @Nullable Artifact artifact) {}
}
