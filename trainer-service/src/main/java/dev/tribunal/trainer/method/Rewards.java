package dev.tribunal.trainer.method;

import dev.tribunal.contracts.runs.v1.method.MethodTrialRequest;
import dev.tribunal.contracts.runs.v1.method.MethodTrialRequest.Group;
import dev.tribunal.contracts.runs.v1.method.MethodTrialRequest.Role;
import dev.tribunal.contracts.runs.v1.method.MethodTrialRequest.Rollout;
import dev.tribunal.contracts.runs.v1.method.MethodTrialResource.LeftBatch;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.reward.RewardChain;
import dev.tribunal.methods.reward.RewardTransform;
import dev.tribunal.methods.reward.ScoreValue;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the rollouts of a trial are worth, and which stay in the batch: as in training.
 *
 * @param transforms absent if the trial does not say
 * @param together how scores become rewards where that looks at all groups; by group, and none where it does not
 */
record Rewards(Method method, @Nullable List<RewardTransform> transforms, Map<Group, RewardChain> together) {

    private static final RewardChain NONE = new RewardChain(List.of());

    Rewards(Method method, MethodTrialRequest request) {
        this(method, request.rewards(), new HashMap<>());
        RewardChain all = transforms == null ? NONE : new RewardChain(transforms);
        if (!all.looksAtBatch()) {
            return;
        }
        try {
            List<RewardChain> chains = RewardChain.within(
                    Collections.nCopies(request.groups().size(), all),
                    request.groups().stream().map(this::scored).toList());
            for (int i = 0; i < chains.size(); i++) {
                together.put(request.groups().get(i), chains.get(i));
            }
        } catch (IllegalArgumentException misfit) { // is told of the rollout that does not fit
            together.clear();
        }
    }

    private List<RewardChain.Completion> scored(Group group) {
        return group.rollouts().stream()
                .filter(rollout -> rollout.role() == Role.SAMPLED)
                .filter(rollout -> rollout.feasible() != null)
                .filter(rollout -> !rollout.scoresByModel().isEmpty())
                .map(rollout ->
                        new RewardChain.Completion(rollout.scoresByModel(), ofBaseline(group), logRatio(rollout)))
                .toList();
    }

    /** Its constraints aside; absent if there is nothing that it is made of. */
    @Nullable
    Double of(Group group, Rollout rollout) {
        return rollout.calibratedReward() != null
                ? rollout.calibratedReward()
                : chain(group).reward(rollout.scoresByModel(), ofBaseline(group), logRatio(rollout));
    }

    /** What a rollout is ranked by; NaN if there is nothing. */
    double rank(Group group, Rollout rollout) {
        return chain(group).rank(rollout.scoresByModel(), ofBaseline(group), logRatio(rollout));
    }

    /** By reward model, before they become one. */
    Map<String, Double> objectives(Group group, Rollout rollout) {
        return chain(group).objectives(rollout.scoresByModel(), ofBaseline(group), logRatio(rollout));
    }

    RewardChain chain(Group group) {
        if (transforms != null) {
            RewardChain known = together.get(group);
            return known == null ? new RewardChain(transforms) : known;
        }
        return method.needs().contains(Need.CALIBRATION) || !ofBaseline(group).isEmpty() ? RewardChain.DEFAULT : NONE;
    }

    private static Map<String, ScoreValue> ofBaseline(Group group) {
        return group.rollouts().stream()
                .filter(rollout -> rollout.role() == Role.BASELINE_COMPLETION)
                .map(Rollout::scoresByModel)
                .filter(scores -> !scores.isEmpty())
                .findFirst()
                .orElse(Map.of());
    }

    /** NaN without a reference. */
    private static double logRatio(Rollout rollout) {
        if (rollout.referenceLogProbs().isEmpty()) {
            return rollout.logProbs().isEmpty() ? 0 : Double.NaN;
        }
        double sum = 0;
        for (int t = 0; t < rollout.logProbs().size(); t++) {
            sum += rollout.logProbs().get(t) - rollout.referenceLogProbs().get(t);
        }
        return sum;
    }

    /** Why a rollout that the policy sampled is not in the batch; a violation is worth 0 whatever its score. */
    @Nullable
    LeftBatch leftBatch(Group group, Rollout rollout) {
        if (rollout.role() != Role.SAMPLED) {
            return null;
        }
        if (rollout.feasible() == null) {
            return LeftBatch.UNDECIDED;
        }
        return rollout.feasible() && of(group, rollout) == null ? LeftBatch.NO_REWARD : null;
    }
}
