package dev.tribunal.methods.online;

import dev.tribunal.methods.Method;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.PairLoss;
import dev.tribunal.methods.loss.Pairs;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.preference.Dpo;
import dev.tribunal.methods.rollout.RatedGroup;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import java.util.List;
import java.util.Set;

/**
 * CODPO, constrained online direct preference optimization (CGPO, arXiv 2409.20370, section 4.1.2): of each prompt's
 * completions the best feasible one is preferred to the worst infeasible one.
 *
 * <pre>
 * m = beta log(pi(a+|s) / pi_ref(a+|s)) - beta log(pi(a-|s) / pi_ref(a-|s))
 * l = log sigma(m) + lambda/|a+| log pi(a+|s)                                       (13, 14)
 * minimise -1/n sum_i l_i                                                           (15, sign corrected)
 * dl/dlog pi(a+) = beta sigma(-m) + lambda/|a+|,   dl/dlog pi(a-) = -beta sigma(-m)
 * </pre>
 *
 * a+ is the feasible completion of the highest score, a- the infeasible one of the lowest, one without a score below all
 * others; if none is infeasible, a- is the lowest of the others. A prompt without a feasible completion, or with nothing
 * beside it, adds nothing; n counts it all the same.
 *
 * @param beta scale of the log-ratios, 1/nats
 * @param lambda weight of the length-normalised likelihood of the chosen completion
 */
public record Codpo(
        @Positive @Max(1_000_000_000) double beta,
        @PositiveOrZero @Max(1_000_000_000) double lambda) implements Method, PolicyOptimizer, PairLoss {

    @Override
    public List<LossTerm> terms(List<RatedGroup> batch) {
        return batch.stream()
                .flatMap(group -> Pairs.feasibleOverInfeasible(group.candidates()).stream())
                .map(pair -> pair.term(this, batch.size()))
                .toList();
    }

    @Override
    public Value of(Side chosen, Side rejected) {
        Value dpo = new Dpo(beta).of(chosen, rejected);
        return new Value(
                dpo.loss() - lambda * chosen.meanLogProb(), dpo.chosen() - lambda / chosen.tokens(), dpo.rejected());
    }

    @Override
    public boolean learnsFrom(RatedGroup group) {
        return terms(List.of(group)).stream().anyMatch(term -> !term.isZero());
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.REFERENCE);
    }

    @Override
    public boolean hasPairs() {
        return true;
    }

    @Override
    public int fewestGenerations() {
        return 2;
    }

    @Override
    public String paper() {
        return "arXiv 2409.20370";
    }
}
