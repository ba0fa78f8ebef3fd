package dev.tribunal.methods.preference;

import dev.tribunal.input.Default;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.Logistic;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Positive;
import java.util.Set;

/**
 * DPO, direct preference optimization (Rafailov et al., arXiv 2305.18290): the policy itself is the reward model, by how
 * far it has moved from the reference.
 *
 * <pre>
 * m    = beta (lr(a_w) - lr(a_l)),   lr(a) = log pi(a|s) - log pi_ref(a|s)
 * loss = -log sigma(m)                                                              (7)
 * dloss/dlog pi(a_w) = -beta sigma(-m),   dloss/dlog pi(a_l) = beta sigma(-m)
 * </pre>
 *
 * @param beta scale of the log-ratios, 1/nats; the higher, the nearer to the reference; default 0.1
 */
public record Dpo(
        @Default("0.1") @Positive @Max(1_000_000_000) double beta) implements PreferenceMethod {

    @Override
    public Value of(Side chosen, Side rejected) {
        double margin = beta * (chosen.logRatio() - rejected.logRatio());
        double slope = beta / (1 + Math.exp(margin));
        return new Value(Logistic.loss(margin), -slope, slope);
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.REFERENCE);
    }

    @Override
    public String paper() {
        return "arXiv 2305.18290";
    }
}
