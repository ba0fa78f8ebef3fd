package dev.tribunal.methods.reward;

import java.util.List;
import java.util.Map;

/**
 * A task's transforms, in order: scores by reward model in, one reward out.
 *
 * @param transforms eq. 5 alone by default
 */
public record RewardChain(List<RewardTransform> transforms) {

    public static final RewardChain DEFAULT = new RewardChain(List.of(new Calibrated()));

    public RewardChain {
        transforms = List.copyOf(transforms);
    }

    /**
     * @param scores of the completion, raw, by reward model, finite
     * @param baseline of the baseline completion, by the same versions of the same reward models; empty if not needed
     * @param logRatio log pi(a|s) - log pi_ref(a|s), nats; NaN without a reference
     * @throws IllegalArgumentException if more than one value is left at the end, or none
     */
    public double reward(Map<String, Double> scores, Map<String, Double> baseline, double logRatio) {
        Map<String, Double> values = scores;
        Map<String, Double> ofBaseline = baseline;
        for (RewardTransform transform : transforms) {
            values = transform.apply(values, ofBaseline, logRatio);
            ofBaseline = ofBaseline.isEmpty() ? ofBaseline : transform.apply(ofBaseline, ofBaseline, 0);
        }
        if (values.size() != 1) {
            throw new IllegalArgumentException("a reward is one number, but the transforms leave " + values.keySet()
                    + "; add a weighted-sum of the reward models' scores");
        }
        return values.values().iterator().next();
    }

    public boolean needsBaselineCompletion() {
        return transforms.stream().anyMatch(RewardTransform::needsBaselineCompletion);
    }

    public boolean needsReference() {
        return transforms.stream().anyMatch(RewardTransform::needsReference);
    }
}
