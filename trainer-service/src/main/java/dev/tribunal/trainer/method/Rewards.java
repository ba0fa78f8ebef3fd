package dev.tribunal.trainer.method;

import dev.tribunal.contracts.runs.v1.MethodTrialRequest.Group;
import dev.tribunal.contracts.runs.v1.MethodTrialRequest.Role;
import dev.tribunal.contracts.runs.v1.MethodTrialRequest.Rollout;
import dev.tribunal.contracts.runs.v1.MethodTrialResource.LeftBatch;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.reward.CalibratedReward;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the rollouts of a trial are worth, and which stay in the batch: as in training. */
final class Rewards {

    private Rewards() {}

    /** Its constraints aside; absent if there is nothing that it is made of. */
    static @Nullable Double of(Method method, Group group, Rollout rollout) {
        if (rollout.calibratedReward() != null) {
            return rollout.calibratedReward();
        }
        Double score = rollout.score();
        Double baseline = baselineScore(group);
        if (score != null && baseline != null) {
            return CalibratedReward.of(score, baseline);
        }
        return method.needs().contains(Need.CALIBRATION) ? null : score;
    }

    private static @Nullable Double baselineScore(Group group) {
        return group.rollouts().stream()
                .filter(rollout -> rollout.role() == Role.BASELINE_COMPLETION)
                .map(Rollout::score)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** Why a rollout that the policy sampled is not in the batch; a violation is worth 0 whatever its score. */
    static @Nullable LeftBatch leftBatch(Method method, Group group, Rollout rollout) {
        if (rollout.role() != Role.SAMPLED) {
            return null;
        }
        if (rollout.feasible() == null) {
            return LeftBatch.UNDECIDED;
        }
        return rollout.feasible() && of(method, group, rollout) == null ? LeftBatch.NO_REWARD : null;
    }
}
