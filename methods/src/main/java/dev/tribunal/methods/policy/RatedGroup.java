package dev.tribunal.methods.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rollouts of one prompt that are in the batch.
 *
 * @param baseline the prompt's baseline completion, where its verdicts are known
 */
public record RatedGroup(
        List<RatedRollout> rollouts, @Nullable RatedBaseline baseline) {

    public RatedGroup {
        rollouts = List.copyOf(rollouts);
    }

    public RatedGroup(RatedRollout... rollouts) {
        this(List.of(rollouts), null);
    }

    /**
     * @param feasible whether the baseline completion satisfies every constraint
     * @param tokens its length, at least 1
     */
    public record RatedBaseline(boolean feasible, int tokens) {}
}
