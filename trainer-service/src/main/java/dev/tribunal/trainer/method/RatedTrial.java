package dev.tribunal.trainer.method;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.method.MethodTrialRequest;
import dev.tribunal.contracts.runs.v1.method.MethodTrialRequest.FinishReason;
import dev.tribunal.contracts.runs.v1.method.MethodTrialRequest.Group;
import dev.tribunal.contracts.runs.v1.method.MethodTrialRequest.Role;
import dev.tribunal.contracts.runs.v1.method.MethodTrialRequest.Rollout;
import dev.tribunal.contracts.runs.v1.method.MethodTrialResource;
import dev.tribunal.contracts.runs.v1.method.MethodTrialResource.LeftBatch;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.MethodTrial;
import dev.tribunal.methods.MethodTrial.Tried;
import dev.tribunal.methods.loss.Member;
import dev.tribunal.methods.loss.Now;
import dev.tribunal.methods.loss.TokenSlopes;
import dev.tribunal.methods.rollout.Feasibility;
import dev.tribunal.methods.rollout.Finish;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A method's work on the groups of a trial, which lack nothing that it needs. */
final class RatedTrial {

    private final Method method;
    private final Rewards rewards;
    private final List<Group> groups;
    private final Map<RatedRollout, Now> now = new HashMap<>();
    private final MethodTrial trial;

    RatedTrial(Method method, MethodTrialRequest request) {
        this.method = method;
        this.rewards = new Rewards(method, request);
        this.groups = request.groups();
        this.trial = MethodTrial.of(
                method,
                IntStream.range(0, groups.size())
                        .mapToObj(i -> rated(groups.get(i), i))
                        .toList(),
                rollout -> Objects.requireNonNull(now.get(rollout), "every rollout of the batch has one"));
    }

    private RatedGroup rated(Group group, int key) {
        List<RatedRollout> staying = new ArrayList<>();
        int undecided = 0;
        for (Rollout rollout : group.rollouts()) {
            LeftBatch left = rewards.leftBatch(group, rollout);
            undecided += left == LeftBatch.UNDECIDED ? 1 : 0;
            if (left == null) {
                staying.add(rated(group, rollout));
            }
        }
        return new RatedGroup(staying, undecided, key, group.label());
    }

    @SuppressWarnings("NullAway") // It does not read from class files which arrays may be null.
    private RatedRollout rated(Group group, Rollout rollout) {
        Double reward = rewards.of(group, rollout);
        boolean tokenless = rollout.logProbs().isEmpty();
        double[] logProbs = tokenless ? new double[1] : array(rollout.logProbs());
        double[][] values = rollout.values().isEmpty()
                ? null
                : rollout.values().stream().map(RatedTrial::array).toArray(double[][]::new);
        RatedRollout rated = new RatedRollout(
                rollout.scoresByModel().entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, score -> score.getValue().value())),
                rewards.objectives(group, rollout),
                rewards.rank(group, rollout),
                reward == null ? 0 : reward,
                feasibility(rollout),
                logProbs,
                tokenless ? new double[1] : array(rollout.referenceLogProbs()),
                values,
                rollout.finishReason() == FinishReason.LENGTH ? Finish.LENGTH : Finish.STOPPED,
                rollout.role().provenance());
        now.put(
                rated,
                new Now(
                        rollout.currentLogProbs().isEmpty() ? logProbs : array(rollout.currentLogProbs()),
                        arrayOrNull(rollout.tokenKl()),
                        arrayOrNull(rollout.entropy()),
                        values));
        return rated;
    }

    private static Feasibility feasibility(Rollout rollout) {
        Boolean feasible = rollout.feasible();
        if (feasible == null) {
            return rollout.role() == Role.BASELINE_COMPLETION ? Feasibility.UNDECIDED : Feasibility.FEASIBLE;
        }
        return feasible ? Feasibility.FEASIBLE : Feasibility.INFEASIBLE;
    }

    /** Numbers that are each allowed may overflow together. */
    List<FieldError> mistakes() {
        List<FieldError> mistakes = new ArrayList<>();
        MethodTrialResource result = result();
        for (int i = 0; i < result.groups().size(); i++) {
            List<MethodTrialResource.Rollout> rollouts = result.groups().get(i).rollouts();
            for (int j = 0; j < rollouts.size(); j++) {
                if (!isFinite(rollouts.get(j))) {
                    mistakes.add(new FieldError(
                            "/groups/" + i + "/rollouts/" + j,
                            "has numbers of which the loss or its slopes are not finite; give smaller ones"));
                }
            }
        }
        if (mistakes.isEmpty() && !Double.isFinite(trial.loss())) {
            mistakes.add(new FieldError("/groups", "have numbers of which the loss is not finite; give smaller ones"));
        }
        return mistakes;
    }

    private static boolean isFinite(MethodTrialResource.Rollout rollout) {
        MethodTrialResource.Slopes slopes = rollout.slopes();
        List<Double> all = new ArrayList<>(slopes.logProbs());
        all.addAll(orEmpty(slopes.tokenKl()));
        all.addAll(orEmpty(slopes.entropy()));
        orEmpty(slopes.values()).forEach(all::addAll);
        all.add(Objects.requireNonNullElse(rollout.advantage(), 0.0));
        all.add(Objects.requireNonNullElse(rollout.regularizedReward(), 0.0));
        return all.stream().allMatch(Double::isFinite);
    }

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    MethodTrialResource result() {
        List<MethodTrialResource.Group> results = new ArrayList<>();
        for (int i = 0; i < groups.size(); i++) {
            Group group = groups.get(i);
            Iterator<Tried> tried = trial.groups().get(i).iterator();
            List<MethodTrialResource.Rollout> rollouts = new ArrayList<>();
            for (Rollout rollout : group.rollouts()) {
                int sample = rollout.sample() == null ? rollouts.size() : rollout.sample();
                LeftBatch left = rewards.leftBatch(group, rollout);
                rollouts.add(
                        left == null
                                ? result(sample, rollout, rewards.of(group, rollout), tried.next())
                                : leaving(sample, rollout, left, rewards.of(group, rollout)));
            }
            results.add(new MethodTrialResource.Group(group.prompt() == null ? i : group.prompt(), rollouts));
        }
        return new MethodTrialResource(method, trial.loss(), results);
    }

    private static MethodTrialResource.Rollout result(
            int sample, Rollout rollout, @Nullable Double reward, Tried tried) {
        Member member = tried.member();
        return new MethodTrialResource.Rollout(
                sample,
                null,
                rollout.scoresByModel(),
                reward,
                member == null ? null : member.role(),
                member == null ? null : member.regularizedReward(),
                member == null ? null : member.advantage(),
                slopes(tried.slopes()));
    }

    private static MethodTrialResource.Rollout leaving(
            int sample, Rollout rollout, LeftBatch left, @Nullable Double reward) {
        return new MethodTrialResource.Rollout(
                sample,
                left,
                rollout.scoresByModel(),
                reward,
                null,
                null,
                null,
                slopes(TokenSlopes.same(0, rollout.tokens())));
    }

    private static MethodTrialResource.Slopes slopes(TokenSlopes slopes) {
        double[][] values = slopes.values();
        return new MethodTrialResource.Slopes(
                list(slopes.logProbs()),
                listOrNull(slopes.tokenKl()),
                listOrNull(slopes.entropy()),
                values == null
                        ? null
                        : Arrays.stream(values).map(RatedTrial::list).toList());
    }

    private static @Nullable List<Double> listOrNull(double @Nullable [] values) {
        return values == null ? null : list(values);
    }

    /** Without -0. */
    private static List<Double> list(double[] values) {
        return DoubleStream.of(values).map(value -> value + 0.0).boxed().toList();
    }

    private static double @Nullable [] arrayOrNull(List<Double> values) {
        return values.isEmpty() ? null : array(values);
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
