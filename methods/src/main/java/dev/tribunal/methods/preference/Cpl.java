package dev.tribunal.methods.preference;

import dev.tribunal.input.Default;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.Logistic;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import java.util.Set;

/**
 * CPL, contrastive preference learning (Hejna et al., arXiv 2310.13639): preferences are taken for ones by regret, so that
 * the policy's log-likelihoods are the advantages of its steps and no reward model is needed. A token is a step; a
 * completion is a segment.
 *
 * <pre>
 * S(a) = alpha sum_t gamma^t log pi(a_t|s,a&lt;t)          CPL-KL: log pi - log pi_ref
 * m    = S(a_w) - lambda S(a_l)
 * loss = -log sigma(m)
 * dloss/dlog pi(a_w,t) = -alpha gamma^t sigma(-m),   dloss/dlog pi(a_l,t) = lambda alpha gamma^t sigma(-m)
 * </pre>
 *
 * With lambda below 1 the loss is lower where both segments are likely: it is conservative, and does not let both become
 * unlikely as long as their difference stays. As in the paper both segments have the same length unless a spec says
 * otherwise: of the longer completion the tokens beyond the shorter one's are left out, for a sum over more tokens is a
 * lower one.
 *
 * <p>The authors' code leaves gamma out. They pretrain by behaviour cloning, which is a stage of {@code sft}; for CPL-KL
 * they use alpha 0.2 and lambda 0.75.
 *
 * @param alpha scale of the log-likelihoods, 1/nats; default 0.1
 * @param lambda weight of the rejected segment, the conservative bias, from 0 to 1; default 0.5
 * @param gamma discount of a token to the one before it, above 0 and at most 1; default 1
 * @param kl whether log-ratios to the reference take the place of log-likelihoods (CPL-KL); default false
 * @param sameLength whether of the longer completion only as many tokens count as the shorter one has; default true
 */
public record Cpl(
        @Default("0.1") @Positive @Max(1_000_000_000) double alpha,
        @Default("0.5") @PositiveOrZero @Max(1) double lambda,
        @Default("1") @Positive @Max(1) double gamma,
        @Default("false") boolean kl,
        @Default("true") boolean sameLength)
        implements PreferenceMethod {

    @Override
    public Value of(Side chosen, Side rejected) {
        double margin = alpha * (sum(chosen) - lambda * sum(rejected));
        double slope = alpha / (1 + Math.exp(margin));
        return new Value(Logistic.loss(margin), -slope, lambda * slope);
    }

    private double sum(Side side) {
        return kl ? side.logRatio() : side.logProb();
    }

    @Override
    public double weight(int token, int shorter) {
        return sameLength && token >= shorter ? 0 : Math.pow(gamma, token);
    }

    @Override
    public Set<Need> needs() {
        return kl ? Set.of(Need.REFERENCE) : Set.of();
    }

    @Override
    public String paper() {
        return "arXiv 2310.13639";
    }
}
