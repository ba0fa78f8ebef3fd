package dev.tribunal.methods.preference;

import dev.tribunal.input.Default;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.Logistic;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import java.util.Set;

/**
 * CPO, contrastive preference optimization (Xu et al., arXiv 2401.08417): DPO against a uniform reference, which needs
 * none, kept near the data by the likelihood of the chosen completion.
 *
 * <pre>
 * m    = beta (log pi(a_w|s) - log pi(a_l|s))
 * loss = -log sigma(m) - alpha log pi(a_w|s) / |a_w|
 * dloss/dlog pi(a_w) = -beta sigma(-m) - alpha / |a_w|,   dloss/dlog pi(a_l) = beta sigma(-m)
 * </pre>
 *
 * @param beta scale of the log-likelihoods, 1/nats; default 0.1
 * @param alpha weight of the chosen completion's negative log-likelihood, a mean over its tokens; default 1
 */
public record Cpo(
        @Default("0.1") @Positive @Max(1_000_000_000) double beta,
        @Default("1") @PositiveOrZero @Max(1_000_000_000) double alpha)
        implements PreferenceMethod {

    @Override
    public Value of(Side chosen, Side rejected) {
        double margin = beta * (chosen.logProb() - rejected.logProb());
        double slope = beta / (1 + Math.exp(margin));
        return new Value(Logistic.loss(margin) - alpha * chosen.meanLogProb(), -slope - alpha / chosen.tokens(), slope);
    }

    @Override
    public Set<Need> needs() {
        return Set.of();
    }

    @Override
    public String paper() {
        return "arXiv 2401.08417";
    }
}
