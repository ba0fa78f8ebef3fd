package dev.tribunal.trainer.method;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.method.MethodTrialRequest;
import dev.tribunal.contracts.runs.v1.method.MethodTrialRequest.Group;
import dev.tribunal.contracts.runs.v1.method.MethodTrialRequest.Role;
import dev.tribunal.contracts.runs.v1.method.MethodTrialRequest.Rollout;
import dev.tribunal.methods.Experience;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.rollout.PairLabel;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.input.Words;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** What a method needs and a trial does not say. */
final class TrialNeeds {

    private final Method method;
    private final Rewards rewards;
    private final Input<MethodTrialRequest> request;
    private final List<FieldError> lacks = new ArrayList<>();

    private TrialNeeds(Method method, Input<MethodTrialRequest> request) {
        this.method = method;
        this.request = request;
        this.rewards = new Rewards(method, Objects.requireNonNull(request.value()));
    }

    /** Of groups that were read without a mistake. */
    static List<FieldError> lacks(Method method, Input<MethodTrialRequest> request) {
        TrialNeeds needs = new TrialNeeds(method, request);
        needs.look(Objects.requireNonNull(request.value()).groups());
        return needs.lacks;
    }

    private void look(List<Group> groups) {
        boolean all = true;
        int candidates = 0;
        for (int i = 0; i < groups.size(); i++) {
            String at = "/groups/" + i;
            boolean whole = request.whole(at);
            whole = whole && makesRewards(groups.get(i), at);
            all &= whole;
            if (whole) {
                candidates += look(groups.get(i), at);
            }
        }
        if (all && method.experience() == Experience.ROLLOUTS && candidates < method.fewestRollouts()) {
            lack(
                    "/groups",
                    "have " + candidates + " sampled rollouts that stay in the batch, but " + method.name()
                            + " learns from no fewer than " + method.fewestRollouts());
        }
    }

    /** Whether its scores are such that rewards can be made of them. */
    private boolean makesRewards(Group group, String at) {
        boolean all = true;
        for (int i = 0; i < group.rollouts().size(); i++) {
            try {
                rewards.of(group, group.rollouts().get(i));
            } catch (IllegalArgumentException misfit) {
                lack(at + "/rollouts/" + i + "/scores", String.valueOf(misfit.getMessage()));
                all = false;
            }
        }
        return all;
    }

    /** The sampled rollouts that stay in the batch. */
    private int look(Group group, String at) {
        for (int i = 0; i < group.rollouts().size(); i++) {
            look(group, group.rollouts().get(i), at + "/rollouts/" + i);
        }
        if (method.experience() != Experience.PAIRS && !group.label().equals(PairLabel.CERTAIN)) {
            lack(
                    at,
                    "has a labelProbability, margin or annotator, but " + method.name()
                            + " learns from no given pairs; remove them");
        }
        if (group.rollouts().stream().allMatch(rollout -> roles().contains(rollout.role()))) {
            lookForRoles(group, at + "/rollouts");
        }
        int candidates = (int) group.rollouts().stream()
                .filter(rollout -> rollout.role() == Role.SAMPLED)
                .filter(rollout -> rewards.leftBatch(group, rollout) == null)
                .count();
        if (method.experience() == Experience.ROLLOUTS && candidates > 0 && candidates < method.fewestGenerations()) {
            lack(
                    at + "/rollouts",
                    "has " + candidates + " sampled rollouts that stay in the batch, but " + method.name()
                            + " learns from no fewer than " + method.fewestGenerations() + " of a prompt");
        }
        return candidates;
    }

    private void look(Group group, Rollout rollout, String at) {
        Set<Role> roles = roles();
        if (!roles.contains(rollout.role())) {
            lack(
                    at + "/role",
                    "is '" + Words.of(rollout.role()) + "', but for " + method.name() + " must be "
                            + roles.stream()
                                    .map(role -> "'" + Words.of(role) + "'")
                                    .collect(Collectors.joining(" or ")));
            return;
        }
        if (rollout.role() == Role.BASELINE_COMPLETION && rollout.logProbs().isEmpty()) {
            return;
        }
        if (method.experience() == Experience.RATED_ANSWERS) {
            require(at + "/values", rollout.values());
            if (rollout.score() == null) {
                lack(at + "/score", "is missing, but " + method.name() + " needs it");
            }
        }
        for (Need need : method.needs()) {
            switch (need) {
                case REFERENCE -> require(at + "/referenceLogProbs", rollout.referenceLogProbs());
                case TOKEN_KL -> require(at + "/tokenKl", rollout.tokenKl());
                case ENTROPY -> require(at + "/entropy", rollout.entropy());
                case CRITIC -> lookAtValues(rollout, at + "/values");
                case CALIBRATION -> lookAtReward(group, rollout, at + "/calibratedReward");
                case BASELINE_VERDICTS, PACKED_OLD_LOG_PROBS -> {} // a group's; logProbs themselves
            }
        }
    }

    private void lookAtValues(Rollout rollout, String pointer) {
        require(pointer, rollout.values());
        int critics = method.critics(rewardModels());
        int given = rollout.values().size();
        if (given > 0 && given < critics) {
            lack(pointer, "has those of " + given + " critics, but " + method.name() + " has " + critics);
        }
    }

    private int rewardModels() {
        return (int) Objects.requireNonNull(request.value()).groups().stream()
                .flatMap(group -> group.rollouts().stream())
                .flatMap(rollout -> rollout.scoresByModel().keySet().stream())
                .distinct()
                .count();
    }

    private void require(String pointer, List<?> given) {
        if (given.isEmpty()) {
            lack(pointer, "is missing, but " + method.name() + " needs it");
        }
    }

    private void lookAtReward(Group group, Rollout rollout, String pointer) {
        Double given = rollout.calibratedReward();
        if (given != null && (given < 0 || given > 1)) {
            lack(pointer, "is " + given + ", must be from 0 to 1 for " + method.name());
        }
        if (given == null && !rollout.scoresByModel().isEmpty() && rewards.of(group, rollout) == null) {
            lack(
                    pointer,
                    "is missing, but " + method.name()
                            + " needs it; give it, or give the group a rollout of the role 'baseline' with a score");
        }
    }

    private void lookForRoles(Group group, String pointer) {
        switch (method.experience()) {
            case ROLLOUTS -> {
                long baselines = count(group, Role.BASELINE_COMPLETION);
                if (baselines > 1) {
                    lack(pointer, "has " + baselines + " baseline completions, may have one");
                }
                if (method.needs().contains(Need.BASELINE_VERDICTS) && baselines == 0) {
                    lack(
                            pointer,
                            "has no rollout of the role 'baseline', but " + method.name()
                                    + " needs one with its verdict as 'feasible'");
                }
            }
            case PAIRS -> {
                requireOne(group, Role.CHOSEN, pointer);
                requireOne(group, Role.REJECTED, pointer);
            }
            case DEMONSTRATIONS, RATED_ANSWERS -> {} // any number will do
        }
    }

    private void requireOne(Group group, Role role, String pointer) {
        long count = count(group, role);
        if (count != 1) {
            lack(
                    pointer,
                    "has " + count + " rollouts of the role '" + Words.of(role) + "', but for " + method.name()
                            + " must have one");
        }
    }

    private static long count(Group group, Role role) {
        return group.rollouts().stream()
                .filter(rollout -> rollout.role() == role)
                .count();
    }

    private Set<Role> roles() {
        return switch (method.experience()) {
            case ROLLOUTS -> EnumSet.of(Role.SAMPLED, Role.BASELINE_COMPLETION);
            case PAIRS -> EnumSet.of(Role.CHOSEN, Role.REJECTED);
            case DEMONSTRATIONS -> EnumSet.of(Role.DEMONSTRATION);
            case RATED_ANSWERS -> EnumSet.of(Role.SAMPLED);
        };
    }

    private void lack(String pointer, String detail) {
        lacks.add(new FieldError(pointer, detail));
    }
}
