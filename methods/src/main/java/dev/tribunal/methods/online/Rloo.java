package dev.tribunal.methods.online;

import dev.tribunal.input.Default;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Member;
import dev.tribunal.methods.loss.OfTokens;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.rollout.Advantages;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * RLOO, REINFORCE leave one out (Ahmadian et al., arXiv 2402.14740): a completion's reward is compared with the mean of
 * the prompt's others, which does not depend on it. The whole completion is one action; over several updates its ratio
 * is clipped.
 *
 * <pre>
 * R_i  = R_cr,i - beta log(pi_old(a_i|s) / pi_ref(a_i|s))
 * A_i  = R_i - mean_{j != i} R_j                                   j over the prompt's rollouts
 * rho  = pi(a_i|s) / pi_old(a_i|s)
 * loss = -1/n sum_i min(rho_i A_i, clip(rho_i, 1 - epsilon, 1 + epsilon) A_i)
 * </pre>
 *
 * n counts the rollouts of all prompts. A rollout alone in its group has nothing to be compared with and adds nothing.
 *
 * @param beta weight of the KL penalty, reward/nats; 0 needs no reference; default 0.05
 * @param epsilon half width of the clip range; default 0.2
 */
public record Rloo(
        @Default("0.05") @PositiveOrZero @Max(1_000_000_000) double beta,
        @Default("0.2") @Positive @Max(1_000_000_000) double epsilon)
        implements Method, PolicyOptimizer {

    @Override
    public List<LossTerm> terms(List<RatedGroup> batch) {
        int n = RatedGroup.candidates(batch).size();
        ClippedSurrogate loss = new ClippedSurrogate(epsilon, epsilon, ClippedSurrogate.Ratio.PRODUCT);
        List<LossTerm> terms = new ArrayList<>();
        for (RatedGroup group : batch) {
            List<RatedRollout> rollouts = group.candidates();
            PenalisedRewards rewards = PenalisedRewards.of(rollouts, beta);
            double[] advantages = rewards.advantages(Advantages::minusMeanOfOthers);
            for (int i = 0; i < advantages.length; i++) {
                RatedRollout rollout = rollouts.get(i);
                double[] same = new double[rollout.tokens()];
                Arrays.fill(same, advantages[i]);
                Member member = new Member(rollout, null, advantages[i], rewards.values()[i]);
                terms.add(new OfTokens(loss, member, same, n));
            }
        }
        return terms;
    }

    @Override
    public Set<Need> needs() {
        Set<Need> needs = EnumSet.of(Need.PACKED_OLD_LOG_PROBS);
        if (beta > 0) {
            needs.add(Need.REFERENCE);
        }
        return needs;
    }

    @Override
    public int fewestGenerations() {
        return 2;
    }

    @Override
    public String paper() {
        return "arXiv 2402.14740";
    }
}
