package dev.tribunal.methods.reward;

import dev.tribunal.input.Default;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Positive;
import java.util.Map;

/**
 * The KL penalty in the reward (Ziegler et al., arXiv 1909.08593, eq. 2): value - beta log(pi(a|s) / pi_ref(a|s)). The
 * reward then leaves [0, 1].
 *
 * @param beta reward/nats; default 0.05
 */
public record KlPenalised(
        @Default("0.05") @Positive @Max(1_000_000_000) double beta) implements RewardTransform {

    @Override
    public Map<String, ScoreValue> apply(
            Map<String, ScoreValue> values, Map<String, ScoreValue> baseline, double logRatio) {
        if (Double.isNaN(logRatio)) {
            throw new IllegalArgumentException("a KL penalty needs a reference, but there is no log-ratio");
        }
        return Each.of(values, (model, value) -> value.scaled(value.value() - beta * logRatio, 1));
    }

    /** Of what the reward model says, which the ranking is by; the penalty is for the reward alone. */
    @Override
    public boolean keepsOrder() {
        return true;
    }

    @Override
    public boolean needsReference() {
        return true;
    }
}
