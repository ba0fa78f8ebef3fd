package dev.tribunal.methods.rollout;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a method sees of a completion. Equal only to itself: two completions may have the
 * same numbers.
 *
 * @param scores raw, by reward model; empty if none could score it
 * @param objectives what the task's transforms make of each reward model's score before they make one number of them, by
 *     reward model and in the order of the names; empty if none could score it
 * @param score the raw score that the rollouts of a group are ranked by; NaN if there is none
 * @param reward after the task's transforms, in [0, 1] by eq. 5 unless the task says otherwise; 0 where no score is
 * @param oldLogProbs {@code [tokens]}, nats, under the policy that sampled; zeros for a completion that was not sampled
 * @param referenceLogProbs {@code [tokens]}, nats; empty if the run has no reference
 * @param values {@code [critic][tokens]}, of the critics when the rollout was sampled
 */
public record RatedRollout(
        Map<String, Double> scores,
        Map<String, Double> objectives,
        double score,
        double reward,
        Feasibility feasibility,
        double[] oldLogProbs,
        double[] referenceLogProbs,
        double @Nullable [][] values,
        Finish finish,
        Provenance provenance) {

    public RatedRollout {
        scores = Map.copyOf(scores);
        objectives = Collections.unmodifiableMap(new TreeMap<>(objectives));
        int tokens = oldLogProbs.length;
        if (tokens == 0) {
            throw new IllegalArgumentException("a rollout needs at least one token");
        }
        if (Double.isInfinite(score) || !Double.isFinite(reward)) {
            throw new IllegalArgumentException(
                    "score " + score + " must be finite or NaN, reward " + reward + " finite");
        }
        Shapes.finite("oldLogProbs", oldLogProbs, tokens);
        if (referenceLogProbs.length > 0) {
            Shapes.finite("referenceLogProbs", referenceLogProbs, tokens);
        }
        if (values != null) {
            Shapes.finite("values", values, tokens);
        }
    }

    /** Of a reward that is made of one number. */
    public RatedRollout(
            Map<String, Double> scores,
            double score,
            double reward,
            Feasibility feasibility,
            double[] oldLogProbs,
            double[] referenceLogProbs,
            double @Nullable [][] values,
            Finish finish,
            Provenance provenance) {
        this(scores, Map.of(), score, reward, feasibility, oldLogProbs, referenceLogProbs, values, finish, provenance);
    }

    /** |a|, at least 1. */
    public int tokens() {
        return oldLogProbs.length;
    }

    /**
     * log pi(a|s) - log pi_ref(a|s) under the policy that sampled, summed over the tokens, nats.
     *
     * @throws IllegalStateException if there is no reference
     */
    public double logRatio() {
        return logRatio(oldLogProbs);
    }

    /** The same for the policy whose log-probs these are. */
    public double logRatio(double[] logProbs) {
        double sum = 0;
        for (double logRatio : logRatios(logProbs)) {
            sum += logRatio;
        }
        return sum;
    }

    /** The same, each token's times its weight. */
    public double logRatio(double[] logProbs, double[] weights) {
        double[] logRatios = logRatios(logProbs);
        double sum = 0;
        for (int t = 0; t < logRatios.length; t++) {
            sum += weights[t] * logRatios[t];
        }
        return sum;
    }

    /** {@code [tokens]}, log pi(a_t|s,a&lt;t) - log pi_ref(a_t|s,a&lt;t) under the policy that sampled, nats. */
    public double[] logRatios() {
        return logRatios(oldLogProbs);
    }

    /** The same for the policy whose log-probs these are. */
    public double[] logRatios(double[] logProbs) {
        if (!hasReference()) {
            throw new IllegalStateException("a log-ratio needs a reference, but the rollout has no referenceLogProbs");
        }
        double[] logRatios = new double[logProbs.length];
        for (int t = 0; t < logProbs.length; t++) {
            logRatios[t] = logProbs[t] - referenceLogProbs[t];
        }
        return logRatios;
    }

    public boolean hasReference() {
        return referenceLogProbs.length > 0;
    }

    /** What a reward model says it is worth, 0 if it is infeasible; CGPO, arXiv 2409.20370, eq. 8. */
    public double constrainedObjective(String rewardModel) {
        Double value = objectives.get(rewardModel);
        return value != null && feasible() ? value : 0;
    }

    /** {@code [tokens]}, of a critic when the rollout was sampled. */
    public double[] requireValues(int critic) {
        if (values == null || values.length <= critic) {
            throw new IllegalStateException(
                    "the method needs a critic, but the rollout has no values of critic " + critic);
        }
        return values[critic];
    }

    public boolean feasible() {
        return feasibility == Feasibility.FEASIBLE;
    }

    public boolean scored() {
        return !Double.isNaN(score);
    }

    /** R_cr, the reward of a feasible completion and 0 for any other; CGPO, arXiv 2409.20370, eq. 8. */
    public double constrainedReward() {
        return feasible() ? reward : 0;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
