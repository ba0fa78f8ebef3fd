package dev.tribunal.methods.online;

import dev.tribunal.input.Default;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Pairs;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.preference.PreferenceMethod;
import dev.tribunal.methods.rollout.Finish;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.PositiveOrZero;
import java.util.List;
import java.util.Set;

/**
 * Online DPO (Guo et al., arXiv 2402.04792, algorithm 1): the policy answers each prompt twice or more, the best answer
 * is preferred to the worst, and a loss of pairs learns from it.
 *
 * <pre>loss = 1/n sum_i L(best_i, worst_i)</pre>
 *
 * n counts the prompts. An infeasible completion is worse than any feasible one, whatever its score; a prompt without a
 * feasible one adds nothing. Of equal scores the first is chosen.
 *
 * @param loss of a pair; default DPO with its defaults
 * @param missingEndPenalty what the score of a completion that was cut off is lowered by; default 0
 */
public record OnlineDpo(
        @Default("{\"type\": \"dpo\"}") PreferenceMethod loss,
        @Default("0") @PositiveOrZero @Max(1_000_000_000) double missingEndPenalty)
        implements Method, PolicyOptimizer {

    @Override
    public List<LossTerm> terms(List<RatedGroup> batch) {
        return batch.stream()
                .flatMap(group -> Pairs.bestOverWorst(group.candidates(), this::penalised).stream())
                .map(pair -> pair.term(loss, batch.size()))
                .toList();
    }

    private double penalised(RatedRollout rollout) {
        return rollout.score() - (rollout.finish() == Finish.LENGTH ? missingEndPenalty : 0);
    }

    @Override
    public boolean learnsFrom(RatedGroup group) {
        return terms(List.of(group)).stream().anyMatch(term -> !term.isZero());
    }

    @Override
    public Set<Need> needs() {
        return loss.needs();
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
        return "arXiv 2402.04792";
    }
}
