package dev.tribunal.methods;

import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Member;
import dev.tribunal.methods.loss.Now;
import dev.tribunal.methods.loss.Slopes;
import dev.tribunal.methods.loss.TokenSlopes;
import dev.tribunal.methods.reward.CalibratedReward;
import dev.tribunal.methods.rollout.Feasibility;
import dev.tribunal.methods.rollout.Finish;
import dev.tribunal.methods.rollout.Provenance;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Rated rollouts for tests: feasible, finished, sampled and of three tokens unless a test says otherwise. */
public record Rated(
        double score,
        double reward,
        Feasibility feasibility,
        double[] oldLogProbs,
        double[] referenceLogProbs,
        double @Nullable [][] values,
        Finish finish,
        Provenance provenance,
        Map<String, Double> objectives) {

    public static final int TOKENS = 3;

    public static Rated of(double score, double reward) {
        return new Rated(
                score,
                reward,
                Feasibility.FEASIBLE,
                filled(-20),
                filled(-20),
                null,
                Finish.STOPPED,
                Provenance.SAMPLED,
                Double.isNaN(score) ? Map.of() : Map.of("reward-model", reward));
    }

    /** Its score is its reward. */
    public static Rated of(double reward) {
        return of(reward, reward);
    }

    /** Nothing has rated it. */
    public static Rated given(Provenance provenance) {
        return of(Double.NaN, 0).provenance(provenance);
    }

    public Rated infeasible() {
        return feasibility(Feasibility.INFEASIBLE);
    }

    public Rated feasibility(Feasibility of) {
        return new Rated(score, reward, of, oldLogProbs, referenceLogProbs, values, finish, provenance, objectives);
    }

    /** Under the policy that sampled; the reference says the same. */
    public Rated logProbs(double... of) {
        return new Rated(score, reward, feasibility, of, of.clone(), values, finish, provenance, objectives);
    }

    public Rated reference(double... of) {
        return new Rated(score, reward, feasibility, oldLogProbs, of, values, finish, provenance, objectives);
    }

    /** The whole of it lies on the first token. */
    public Rated logRatio(double of) {
        double[] shifted = referenceLogProbs.clone();
        shifted[0] += of;
        return new Rated(
                score, reward, feasibility, shifted, referenceLogProbs, values, finish, provenance, objectives);
    }

    public Rated values(double... of) {
        return new Rated(
                score,
                reward,
                feasibility,
                oldLogProbs,
                referenceLogProbs,
                new double[][] {of},
                finish,
                provenance,
                objectives);
    }

    /** Of several critics. */
    public Rated critics(double[]... of) {
        return new Rated(
                score, reward, feasibility, oldLogProbs, referenceLogProbs, of, finish, provenance, objectives);
    }

    /** By reward model. */
    public Rated objectives(Map<String, Double> of) {
        return new Rated(score, reward, feasibility, oldLogProbs, referenceLogProbs, values, finish, provenance, of);
    }

    public Rated truncated() {
        return new Rated(
                score,
                reward,
                feasibility,
                oldLogProbs,
                referenceLogProbs,
                values,
                Finish.LENGTH,
                provenance,
                objectives);
    }

    public Rated provenance(Provenance of) {
        return new Rated(score, reward, feasibility, oldLogProbs, referenceLogProbs, values, finish, of, objectives);
    }

    public RatedRollout build() {
        Map<String, Double> scores = Double.isNaN(score) ? Map.of() : Map.of("reward-model", score);
        return new RatedRollout(
                scores,
                objectives,
                score,
                reward,
                feasibility,
                oldLogProbs,
                referenceLogProbs,
                values,
                finish,
                provenance);
    }

    public static RatedGroup group(Rated... rollouts) {
        return new RatedGroup(Arrays.stream(rollouts).map(Rated::build).toList());
    }

    /** Calibrated rewards of scores. */
    public static RatedGroup group(double baselineScore, double[] scores, boolean[] feasible, double[] logRatios) {
        List<RatedRollout> rollouts = new ArrayList<>();
        for (int k = 0; k < scores.length; k++) {
            Rated rated =
                    of(scores[k], CalibratedReward.of(scores[k], baselineScore)).logRatio(logRatios[k]);
            rollouts.add((feasible[k] ? rated : rated.infeasible()).build());
        }
        return new RatedGroup(rollouts);
    }

    public static RatedGroup group(double[] scores, boolean[] feasible) {
        return group(0, scores, feasible, new double[scores.length]);
    }

    private static double[] filled(double value) {
        double[] values = new double[TOKENS];
        Arrays.fill(values, value);
        return values;
    }

    /** What the policy said when it sampled. */
    public static Slopes slopes(LossTerm term) {
        return term.slopes(term.members().stream()
                .map(member -> Now.whenSampled(member.rollout()))
                .toList());
    }

    /** dLoss/dlog pi of one rollout's tokens, summed over the terms; zeros where none has it. */
    public static double[] logProbSlopes(List<LossTerm> terms, RatedRollout rollout) {
        double[] sum = new double[rollout.tokens()];
        for (LossTerm term : terms) {
            List<TokenSlopes> slopes = slopes(term).rollouts();
            for (int i = 0; i < slopes.size(); i++) {
                if (term.members().get(i).rollout().equals(rollout)) {
                    double[] more = slopes.get(i).logProbs();
                    Arrays.setAll(sum, t -> sum[t] + more[t]);
                }
            }
        }
        return sum;
    }

    /** The advantages of a group's rollouts, in order; 0 where a method says none. */
    public static double[] advantages(List<LossTerm> terms, RatedGroup group) {
        return ofMembers(terms, group, member -> member.advantage() == null ? 0 : member.advantage());
    }

    public static double[] regularizedRewards(List<LossTerm> terms, RatedGroup group) {
        return ofMembers(
                terms, group, member -> member.regularizedReward() == null ? Double.NaN : member.regularizedReward());
    }

    private static double[] ofMembers(List<LossTerm> terms, RatedGroup group, ToDoubleFunction<Member> value) {
        return group.rollouts().stream()
                .mapToDouble(rollout -> terms.stream()
                        .flatMap(term -> term.members().stream())
                        .filter(member -> member.rollout().equals(rollout))
                        .mapToDouble(value)
                        .findFirst()
                        .orElse(0))
                .toArray();
    }

    /** The roles of a group's rollouts, in order; {@code -} where a method says none. */
    public static List<String> roles(List<LossTerm> terms, RatedGroup group) {
        return group.rollouts().stream()
                .map(rollout -> terms.stream()
                        .flatMap(term -> term.members().stream())
                        .filter(member -> member.rollout().equals(rollout))
                        .map(member -> String.valueOf(member.role()))
                        .filter(role -> !role.equals("null"))
                        .findFirst()
                        .orElse("-"))
                .toList();
    }
}
