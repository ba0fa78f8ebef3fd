package dev.tribunal.methods.online;

import dev.tribunal.methods.Method;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Member;
import dev.tribunal.methods.loss.Now;
import dev.tribunal.methods.loss.Observed;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.loss.Slopes;
import dev.tribunal.methods.loss.TokenSlopes;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A method that learns from each reward model of a task by itself, as if it were the only one: as many losses as reward
 * models, each of which says whose it is, so that their gradients can be combined. The method has an optimizer, and its
 * critic a value, for each.
 *
 * @param method of one reward model
 */
public record EachObjective(Method method, Map<String, PolicyOptimizer> optimizers) implements PolicyOptimizer {

    /** Between a reward model's name, which has none, and what its optimizer calls a number. */
    private static final String SEPARATOR = "/";

    public static PolicyOptimizer of(Method method) {
        return new EachObjective(method, new TreeMap<>());
    }

    private PolicyOptimizer optimizer(String model) {
        return optimizers.computeIfAbsent(model, first -> method.optimizer());
    }

    @Override
    public List<LossTerm> terms(List<RatedGroup> batch) {
        List<String> models = List.copyOf(RatedGroup.objectives(batch));
        List<LossTerm> terms = new ArrayList<>();
        for (int i = 0; i < models.size(); i++) {
            Only only = new Only(models.get(i), i, new IdentityHashMap<>());
            optimizer(models.get(i))
                    .terms(batch.stream().map(only::of).toList())
                    .forEach(term -> terms.add(new OfObjective(term, only)));
        }
        return terms;
    }

    /**
     * A batch as one reward model's.
     *
     * @param critic its value among the critic's
     * @param originals of the rollouts that the method sees
     */
    private record Only(String model, int critic, Map<RatedRollout, RatedRollout> originals) {

        RatedGroup of(RatedGroup group) {
            return group.with(group.rollouts().stream().map(this::of).toList());
        }

        private RatedRollout of(RatedRollout rollout) {
            Double value = rollout.objectives().get(model);
            RatedRollout only = new RatedRollout(
                    rollout.scores(),
                    value == null ? Double.NaN : value,
                    value == null ? 0 : value,
                    rollout.feasibility(),
                    rollout.oldLogProbs(),
                    rollout.referenceLogProbs(),
                    rollout.values() == null ? null : new double[][] {rollout.requireValues(critic)},
                    rollout.finish(),
                    rollout.provenance());
            originals.put(only, rollout);
            return only;
        }

        Member original(Member member) {
            return new Member(
                    Objects.requireNonNull(originals.get(member.rollout())),
                    member.role(),
                    member.advantage(),
                    member.regularizedReward());
        }

        Now of(Now now) {
            return new Now(
                    now.logProbs(),
                    now.tokenKl(),
                    now.entropy(),
                    now.values() == null ? null : new double[][] {now.requireValues(critic)});
        }

        TokenSlopes among(TokenSlopes slopes, Now now) {
            double[][] own = slopes.values();
            if (own == null || now.values() == null) {
                return slopes;
            }
            double[][] all = new double[now.values().length][slopes.logProbs().length];
            all[critic] = own[0];
            return new TokenSlopes(slopes.logProbs(), slopes.tokenKl(), slopes.entropy(), all);
        }
    }

    private record OfObjective(LossTerm term, Only only) implements LossTerm {

        @Override
        public List<Member> members() {
            return term.members().stream().map(only::original).toList();
        }

        @Override
        public boolean isZero() {
            return term.isZero();
        }

        /** As the method that knows one reward model alone. */
        Observed observed(List<Now> now) {
            return new Observed(term, now.stream().map(only::of).toList());
        }

        @Override
        public @Nullable String objective() {
            return only.model();
        }

        @Override
        public Slopes slopes(List<Now> now) {
            Slopes slopes = term.slopes(now.stream().map(only::of).toList());
            return new Slopes(
                    slopes.loss(),
                    IntStream.range(0, now.size())
                            .mapToObj(i -> only.among(slopes.rollouts().get(i), now.get(i)))
                            .toList());
        }
    }

    @Override
    public void observe(List<Observed> step) {
        Map<String, List<Observed>> byModel = new TreeMap<>();
        for (Observed observed : step) {
            if (observed.term() instanceof OfObjective of) {
                byModel.computeIfAbsent(of.only.model(), first -> new ArrayList<>())
                        .add(of.observed(observed.now()));
            }
        }
        byModel.forEach((model, ofModel) -> optimizer(model).observe(ofModel));
    }

    @Override
    public Map<String, Double> metrics() {
        Map<String, Double> metrics = new TreeMap<>();
        optimizers.forEach((model, optimizer) ->
                optimizer.metrics().forEach((name, value) -> metrics.put(name + "." + model, value)));
        return metrics;
    }

    @Override
    public Map<String, Double> state() {
        Map<String, Double> state = new HashMap<>();
        optimizers.forEach((model, optimizer) ->
                optimizer.state().forEach((name, value) -> state.put(model + SEPARATOR + name, value)));
        return state;
    }

    @Override
    public void restore(Map<String, Double> state) {
        Map<String, Map<String, Double>> byModel = new TreeMap<>();
        state.forEach((name, value) -> {
            int at = name.indexOf(SEPARATOR);
            byModel.computeIfAbsent(name.substring(0, at), first -> new HashMap<>())
                    .put(name.substring(at + 1), value);
        });
        optimizers.clear();
        byModel.forEach((model, ofModel) -> optimizer(model).restore(ofModel));
    }
}
