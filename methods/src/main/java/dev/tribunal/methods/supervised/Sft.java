package dev.tribunal.methods.supervised;

import dev.tribunal.methods.Experience;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.Constant;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.rollout.Provenance;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import java.util.List;
import java.util.Set;

/**
 * SFT, supervised fine-tuning (Ouyang et al., arXiv 2203.02155, section 3.5): the likelihood of demonstrations rises.
 *
 * <pre>loss = mean over the tokens of the minibatch of -log pi(token)</pre>
 */
public record Sft() implements Method, PolicyOptimizer {

    @Override
    public List<LossTerm> terms(List<RatedGroup> batch) {
        List<RatedRollout> demonstrations = batch.stream()
                .flatMap(group -> group.rollouts().stream())
                .filter(rollout -> rollout.provenance() == Provenance.DEMONSTRATION)
                .toList();
        int tokens = demonstrations.stream().mapToInt(RatedRollout::tokens).sum();
        return demonstrations.stream()
                .<LossTerm>map(demonstration -> Constant.of(demonstration, 1, tokens, "demonstration", null))
                .toList();
    }

    @Override
    public Experience experience() {
        return Experience.DEMONSTRATIONS;
    }

    @Override
    public Set<Need> needs() {
        return Set.of();
    }

    @Override
    public String paper() {
        return "arXiv 2203.02155";
    }
}
