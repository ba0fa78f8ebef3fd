package dev.tribunal.methods.loss;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One loss of one or more rollouts; pure, and never cut by a micro-batch. The minibatch's loss is their sum. */
public interface LossTerm {

    /** At least one. */
    List<Member> members();

    /**
     * Whether the loss has slopes of 0 whatever the policy says. Such a term is never sent to the engine; its members
     * tell what their rollouts were worth all the same.
     */
    default boolean isZero() {
        return false;
    }

    /** The reward model whose gradient it belongs to, where a task keeps one for each; absent where it has one. */
    default @Nullable String objective() {
        return null;
    }

    /** @param now one each, in the order of {@link #members()} */
    Slopes slopes(List<Now> now);
}
