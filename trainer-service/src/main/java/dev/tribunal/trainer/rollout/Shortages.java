package dev.tribunal.trainer.rollout;

import dev.tribunal.contracts.runs.v1.spec.RunSpec.FailurePolicy;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.OnShortage;
import java.util.ArrayList;
import java.util.List;

/** A task's failure policy: what happens to groups that undecided verdicts leave too small. */
public final class Shortages {

    private Shortages() {}

    /**
     * The groups that stay in the batch.
     *
     * @param groups of one task and step
     * @throws ShortageException if a group is too small, and the policy does not just drop it
     */
    public static List<Group> leaveOut(List<Group> groups, FailurePolicy policy) {
        List<Group> kept = new ArrayList<>();
        for (Group group : groups) {
            int members = group.members().size();
            if (members >= policy.minimumGroup()) {
                kept.add(group);
            } else if (policy.onShortage() != OnShortage.DROP_GROUP) {
                throw new ShortageException(
                        policy.onShortage(),
                        "prompt " + group.prompt().index() + " has " + members + " decided and scored rollouts of "
                                + group.rollouts().size() + ", but failurePolicy.minimumGroup is "
                                + policy.minimumGroup());
            }
        }
        return kept;
    }

    /** Too few rollouts are decided to go on. */
    public static final class ShortageException extends RuntimeException {

        private final OnShortage policy;

        ShortageException(OnShortage policy, String message) {
            super(message);
            this.policy = policy;
        }

        /** What the task wants now: to pause, or to fail. */
        public OnShortage policy() {
            return policy;
        }
    }
}
