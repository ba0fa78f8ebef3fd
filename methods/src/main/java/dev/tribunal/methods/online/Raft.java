package dev.tribunal.methods.online;

import dev.tribunal.methods.Method;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.Constant;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.rollout.Ranking;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * RAFT, reward-ranked fine-tuning (Dong et al., arXiv 2304.06767, algorithm 1; CGPO, arXiv 2409.20370, eq. 16): the best
 * of each prompt's feasible completions becomes a demonstration.
 *
 * <pre>g = 1/n sum_i grad log pi(a*_i|s_i),   a* = argmax r(s,a)                    ascent</pre>
 *
 * n counts the prompts. A prompt without a feasible completion adds nothing.
 */
public record Raft() implements Method, PolicyOptimizer {

    @Override
    public List<LossTerm> terms(List<RatedGroup> batch) {
        return batch.stream()
                .flatMap(group -> terms(group.candidates(), batch.size()).stream())
                .toList();
    }

    private static List<LossTerm> terms(List<RatedRollout> rollouts, int n) {
        Optional<RatedRollout> best = Ranking.highest(rollouts, RatedRollout::feasible);
        return rollouts.stream()
                .<LossTerm>map(rollout -> best.filter(rollout::equals).isPresent()
                        ? Constant.of(rollout, 1, n, "best", null)
                        : Constant.of(rollout, 0, n, null, null))
                .toList();
    }

    @Override
    public boolean learnsFrom(RatedGroup group) {
        return terms(List.of(group)).stream().anyMatch(term -> !term.isZero());
    }

    @Override
    public Set<Need> needs() {
        return Set.of();
    }

    @Override
    public String paper() {
        return "arXiv 2304.06767";
    }
}
