package dev.tribunal.methods.policy;

import dev.tribunal.methods.reward.CalibratedReward;
import java.util.ArrayList;
import java.util.List;

/** Rated groups for tests, from columns of numbers; completions have 3 tokens. */
final class Rated {

    static final int TOKENS = 3;

    private Rated() {}

    static RatedGroup group(double baselineScore, double[] scores, boolean[] feasible, double[] logRatios) {
        List<RatedRollout> rollouts = new ArrayList<>();
        for (int k = 0; k < scores.length; k++) {
            rollouts.add(new RatedRollout(
                    scores[k], CalibratedReward.of(scores[k], baselineScore), logRatios[k], feasible[k], TOKENS));
        }
        return new RatedGroup(rollouts, null);
    }

    static RatedGroup group(double[] scores, boolean[] feasible) {
        return group(0, scores, feasible, new double[scores.length]);
    }

    static double[] weights(WeightedGroup group) {
        return group.rollouts().stream()
                .mapToDouble(WeightedGroup.WeightedRollout::weight)
                .toArray();
    }

    static List<String> roles(WeightedGroup group) {
        return group.rollouts().stream()
                .map(rollout -> rollout.role() == null ? "-" : rollout.role())
                .toList();
    }
}
