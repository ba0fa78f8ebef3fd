package dev.tribunal.methods.loss;

import dev.tribunal.methods.rollout.RatedRollout;
import org.jspecify.annotations.Nullable;

/**
 * What a method took a rollout for; kept in its episode.
 *
 * @param role {@code chosen}, {@code rejected}, {@code best}, {@code baseline}, {@code demonstration}
 *     or {@code masked}; absent if the rollout is one among equals
 * @param advantage weight of its likelihood before any division by n; the mean over its tokens where they differ;
 *     absent where it follows from the forward pass
 * @param regularizedReward eq. 11, or another reward less its KL penalty, where the method has one
 */
public record Member(
        RatedRollout rollout,
        @Nullable String role,
        @Nullable Double advantage,
        @Nullable Double regularizedReward) {

    public Member(RatedRollout rollout, String role) {
        this(rollout, role, null, null);
    }
}
