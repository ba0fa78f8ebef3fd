package dev.tribunal.methods.preference;

import dev.tribunal.input.Default;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.Logistic;
import dev.tribunal.methods.loss.Pairs;
import dev.tribunal.methods.loss.Pairs.Pair;
import dev.tribunal.methods.loss.PolicyOptimizer;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import java.util.List;
import java.util.Set;

/**
 * CPO, contrastive preference optimization (Xu et al., arXiv 2401.08417): DPO against a uniform reference, which needs
 * none, kept near the data by the likelihood of the chosen completion.
 *
 * <pre>
 * m    = beta (log pi(a_w|s) - log pi(a_l|s))
 * loss = -log sigma(m) - alpha log pi(a_w|s) / L
 * dloss/dlog pi(a_w) = -beta sigma(-m) - alpha / L,   dloss/dlog pi(a_l) = beta sigma(-m)
 * </pre>
 *
 * L is the mean |a_w| of the minibatch, so that the second part's mean is one over tokens, as its authors ran it. Taken
 * by an online method, which shows it one pair alone, L is that pair's |a_w|.
 *
 * @param beta scale of the log-likelihoods, 1/nats; default 0.1
 * @param alpha weight of the chosen completions' negative log-likelihood, a mean over tokens; default 1
 */
public record Cpo(
        @Default("0.1") @Positive @Max(1_000_000_000) double beta,
        @Default("1") @PositiveOrZero @Max(1_000_000_000) double alpha)
        implements PreferenceMethod {

    @Override
    public PolicyOptimizer optimizer() {
        return batch -> {
            List<Pair> pairs = batch.stream()
                    .flatMap(group -> Pairs.asGiven(group).stream())
                    .toList();
            double length = pairs.stream()
                    .mapToInt(pair -> pair.chosen().tokens())
                    .average()
                    .orElse(1);
            return pairs.stream()
                    .map(pair -> pair.term((chosen, rejected) -> withLength(chosen, rejected, length), batch.size()))
                    .toList();
        };
    }

    @Override
    public Value of(Side chosen, Side rejected) {
        return withLength(chosen, rejected, chosen.tokens());
    }

    private Value withLength(Side chosen, Side rejected, double length) {
        double margin = beta * (chosen.logProb() - rejected.logProb());
        double slope = beta / (1 + Math.exp(margin));
        return new Value(Logistic.loss(margin) - alpha * chosen.logProb() / length, -slope - alpha / length, slope);
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
