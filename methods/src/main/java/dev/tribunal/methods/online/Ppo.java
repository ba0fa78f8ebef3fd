package dev.tribunal.methods.online;

import dev.tribunal.input.Default;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.Advantages;
import dev.tribunal.methods.loss.Finish;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Member;
import dev.tribunal.methods.loss.OfTokens;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.loss.RatedGroup;
import dev.tribunal.methods.loss.RatedRollout;
import dev.tribunal.methods.loss.TokenLoss;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * PPO, proximal policy optimization (Schulman et al., arXiv 1707.06347, eq. 7 and 9), with a KL penalty in the reward
 * (Ziegler et al., arXiv 1909.08593, eq. 2): a critic says what each token was expected to earn.
 *
 * <pre>
 * r_t    = -klCoefficient (log pi_old(a_t) - log pi_ref(a_t)), and at the last token R_cr more
 * A_t    = sum_l (gamma lambda)^l delta_t+l,   delta_t = r_t + gamma V_old,t+1 - V_old,t,   V after the end is 0
 * R_t    = A_t + V_old,t                                                   the critic's target, before A is whitened
 * loss   = mean_t [ -min(rho_t A_t, clip(rho_t, 1 - clip, 1 + clip) A_t)
 *                   + valueCoefficient/2 max((V_t - R_t)^2, (clip(V_t, V_old,t - valueClip, V_old,t + valueClip) - R_t)^2)
 *                   - entropyBonus H_t ]
 * </pre>
 *
 * The mean and the whitening run over all tokens of the minibatch. How often the same rollouts are learned from is the
 * trainer's to say.
 *
 * @param gamma how much a later reward counts a token earlier; default 1
 * @param lambda of the advantage estimate, from 0, the critic alone, to 1, the returns alone; default 0.95
 * @param klCoefficient weight of the KL penalty, reward/nats; 0 needs no reference; default 0.05
 * @param clip half width of the ratio's clip range; default 0.2
 * @param valueClip how far a value may move in one step and still be followed; default 0.2
 * @param valueCoefficient weight of the critic's loss; default 0.1
 * @param missingEndPenalty what the reward of a completion that was cut off is lowered by; default 0
 * @param entropyBonus weight of the mean entropy of a token, 1/nats; default 0
 */
public record Ppo(
        @Default("1") @PositiveOrZero @DecimalMax("1") double gamma,
        @Default("0.95") @PositiveOrZero @DecimalMax("1") double lambda,
        @Default("0.05") @PositiveOrZero @Max(1_000_000_000) double klCoefficient,
        @Default("0.2") @Positive @Max(1_000_000_000) double clip,
        @Default("0.2") @Positive @Max(1_000_000_000) double valueClip,
        @Default("0.1") @PositiveOrZero @Max(1_000_000_000) double valueCoefficient,
        @Default("0") @PositiveOrZero @Max(1_000_000_000) double missingEndPenalty,
        @Default("0") @PositiveOrZero @Max(1_000_000_000) double entropyBonus)
        implements Method, PolicyOptimizer {

    @Override
    public List<LossTerm> terms(List<RatedGroup> batch) {
        List<RatedRollout> rollouts = RatedGroup.candidates(batch);
        List<double[]> advantages =
                rollouts.stream().map(rollout -> advantages(rollout)).toList();
        List<double[]> whitened = Advantages.whitened(advantages);
        int tokens = rollouts.stream().mapToInt(RatedRollout::tokens).sum();

        List<LossTerm> terms = new ArrayList<>();
        for (int i = 0; i < rollouts.size(); i++) {
            RatedRollout rollout = rollouts.get(i);
            double mean = Arrays.stream(whitened.get(i)).average().orElseThrow();
            Member member = new Member(
                    rollout, null, mean, Arrays.stream(rewards(rollout)).sum());
            TokenLoss loss = loss(returns(rollout, advantages.get(i)));
            terms.add(new OfTokens(loss, member, whitened.get(i), tokens, false));
        }
        return terms;
    }

    private TokenLoss loss(double[] returns) {
        TokenLoss loss = new ClippedSurrogate(clip, clip, ClippedSurrogate.Ratio.TOKEN)
                .plus(new ClippedValueLoss(returns, valueClip).times(valueCoefficient));
        return entropyBonus > 0 ? loss.plus(new EntropyBonus(entropyBonus)) : loss;
    }

    private double[] advantages(RatedRollout rollout) {
        return Advantages.generalized(rewards(rollout), values(rollout), gamma, lambda);
    }

    /** {@code [tokens]}. */
    double[] rewards(RatedRollout rollout) {
        double[] rewards = new double[rollout.tokens()];
        if (klCoefficient > 0) {
            double[] logRatios = rollout.logRatios();
            for (int t = 0; t < rewards.length; t++) {
                rewards[t] = -klCoefficient * logRatios[t];
            }
        }
        double penalty = rollout.finish() == Finish.LENGTH ? missingEndPenalty : 0;
        rewards[rewards.length - 1] += rollout.constrainedReward() - penalty;
        return rewards;
    }

    private static double[] returns(RatedRollout rollout, double[] advantages) {
        double[] values = values(rollout);
        double[] returns = new double[values.length];
        for (int t = 0; t < returns.length; t++) {
            returns[t] = advantages[t] + values[t];
        }
        return returns;
    }

    private static double[] values(RatedRollout rollout) {
        double[][] values = rollout.values();
        if (values == null || values.length == 0) {
            throw new IllegalStateException("ppo needs a critic, but the rollout has no values");
        }
        return values[0];
    }

    @Override
    public Set<Need> needs() {
        Set<Need> needs = EnumSet.of(Need.CRITIC, Need.PACKED_OLD_LOG_PROBS);
        if (klCoefficient > 0) {
            needs.add(Need.REFERENCE);
        }
        if (entropyBonus > 0) {
            needs.add(Need.ENTROPY);
        }
        return needs;
    }

    @Override
    public String paper() {
        return "arXiv 1707.06347";
    }
}
