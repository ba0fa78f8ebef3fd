package dev.tribunal.methods.preference;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.input.Default;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.Logistic;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import java.util.Set;

/**
 * TDPO, token-level direct preference optimization (Zeng et al., arXiv 2404.11999): DPO whose margin also counts how far
 * the policy has left the reference at each token, over the whole vocabulary.
 *
 * <pre>
 * u      = lr(a_w) - lr(a_l),   lr(a) = log pi(a|s) - log pi_ref(a|s)
 * KL(a)  = sum_t KL(pi_ref(.|s,a&lt;t) || pi(.|s,a&lt;t))
 * TDPO1: m = beta (u - (KL(a_l) - KL(a_w)))
 * TDPO2: m = beta (u - alpha (KL(a_l) - sg KL(a_w)))
 * loss   = -log sigma(m)
 * </pre>
 *
 * sg stops the gradient: in TDPO2 none goes through the chosen side's KL, in TDPO1 through both.
 *
 * @param version {@code tdpo1} or {@code tdpo2}; default {@code tdpo2}
 * @param beta scale of the log-ratios, 1/nats; default 0.1
 * @param alpha weight of the KLs in TDPO2; at 0 it is DPO; TDPO1 does not read it; default 0.5
 */
public record Tdpo(
        @Default("tdpo2") Version version,
        @Default("0.1") @Positive @Max(1_000_000_000) double beta,
        @Default("0.5") @PositiveOrZero @Max(1_000_000_000) double alpha)
        implements PreferenceMethod {

    /** Which of the paper's two losses. */
    public enum Version {
        @JsonProperty("tdpo1")
        TDPO1,
        @JsonProperty("tdpo2")
        TDPO2
    }

    @Override
    public Value of(Side chosen, Side rejected) {
        double weight = switch (version) {
            case TDPO1 -> 1;
            case TDPO2 -> alpha;
        };
        double delta = weight * (rejected.kl() - chosen.kl());
        double margin = beta * (chosen.logRatio() - rejected.logRatio() - delta);
        double slope = beta / (1 + Math.exp(margin));
        double chosenKl = switch (version) {
            case TDPO1 -> -slope;
            case TDPO2 -> 0;
        };
        return new Value(Logistic.loss(margin), -slope, slope, chosenKl, weight * slope);
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.REFERENCE, Need.TOKEN_KL);
    }

    @Override
    public String paper() {
        return "arXiv 2404.11999";
    }
}
