package dev.tribunal.methods.preference;

import dev.tribunal.input.Default;
import dev.tribunal.methods.Need;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Positive;
import java.util.Set;

/**
 * IPO, identity preference optimization (Azar et al., arXiv 2310.12036): the margin is drawn to a finite target, so that
 * pairs that are never contradicted do not drive the policy away from the reference without end.
 *
 * <pre>
 * h    = lr(a_w)/|a_w| - lr(a_l)/|a_l|,   lr(a) = log pi(a|s) - log pi_ref(a|s)
 * loss = (h - 1/(2 tau))^2                                                         (17)
 * dloss/dlog pi(a_w) = 2 (h - 1/(2 tau)) / |a_w|,   and for a_l its negative with |a_l|
 * </pre>
 *
 * The paper writes sums; means over the tokens, as its authors ran it, keep long completions comparable with short ones.
 *
 * @param tau strength of the pull to the reference, 1/nats a token; default 0.1
 */
public record Ipo(
        @Default("0.1") @Positive @Max(1_000_000_000) double tau) implements PreferenceMethod {

    @Override
    public Value of(Side chosen, Side rejected) {
        double h = chosen.logRatio() / chosen.tokens() - rejected.logRatio() / rejected.tokens();
        double miss = h - 1 / (2 * tau);
        return new Value(miss * miss, 2 * miss / chosen.tokens(), -2 * miss / rejected.tokens());
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.REFERENCE);
    }

    @Override
    public String paper() {
        return "arXiv 2310.12036";
    }
}
