package dev.tribunal.methods.preference;

import dev.tribunal.input.Default;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.Logistic;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import java.util.Set;

/**
 * SimPO, simple preference optimization (Meng et al., arXiv 2405.14734): the reward is the mean log-likelihood of a
 * token, as decoding ranks it, so that no reference is needed; the chosen completion has to win by a margin.
 *
 * <pre>
 * m    = beta (log pi(a_w|s)/|a_w| - log pi(a_l|s)/|a_l|) - gamma
 * loss = -log sigma(m)                                                              (6)
 * dloss/dlog pi(a_w) = -beta sigma(-m) / |a_w|,   dloss/dlog pi(a_l) = beta sigma(-m) / |a_l|
 * </pre>
 *
 * @param beta scale of the mean log-likelihoods, tokens/nats; default 2
 * @param gamma by how much the chosen completion has to win; default 0.5
 */
public record SimPo(
        @Default("2") @Positive @Max(1_000_000_000) double beta,
        @Default("0.5") @PositiveOrZero @Max(1_000_000_000) double gamma)
        implements PreferenceMethod {

    @Override
    public Value of(Side chosen, Side rejected) {
        double margin = beta * (chosen.meanLogProb() - rejected.meanLogProb()) - gamma;
        double slope = beta / (1 + Math.exp(margin));
        return new Value(Logistic.loss(margin), -slope / chosen.tokens(), slope / rejected.tokens());
    }

    @Override
    public Set<Need> needs() {
        return Set.of();
    }

    @Override
    public String paper() {
        return "arXiv 2405.14734";
    }
}
