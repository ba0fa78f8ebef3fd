package dev.tribunal.methods.online;

import dev.tribunal.input.Default;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Member;
import dev.tribunal.methods.loss.OfTokens;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.loss.TokenLoss;
import dev.tribunal.methods.rollout.Advantages;
import dev.tribunal.methods.rollout.Finish;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
        List<Earned> earned = rollouts.stream()
                .map(rollout -> earned(rollout, rewards(rollout), 0))
                .toList();
        List<double[]> whitened =
                Advantages.whitened(earned.stream().map(Earned::advantages).toList());
        return terms(
                rollouts,
                whitened,
                earned.stream().map(List::of).toList(),
                rollout -> Arrays.stream(rewards(rollout)).sum());
    }

    /**
     * What a rollout earned of one kind of reward, beside what a critic expected.
     *
     * @param rewards {@code [tokens]}
     * @param advantages {@code [tokens]}, before they are whitened
     * @param returns {@code [tokens]}, the critic's target
     */
    record Earned(double[] rewards, double[] advantages, double[] returns) {}

    Earned earned(RatedRollout rollout, double[] rewards, int critic) {
        double[] values = rollout.requireValues(critic);
        double[] advantages = Advantages.generalized(rewards, values, gamma, lambda);
        double[] returns = new double[values.length];
        Arrays.setAll(returns, t -> advantages[t] + values[t]);
        return new Earned(rewards, advantages, returns);
    }

    /**
     * @param advantages {@code [rollouts][tokens]} that the policy learns by
     * @param earned {@code [rollouts][critics]} that the critics learn
     * @param regularized what a rollout's reward is told to be; nothing where it gives null
     */
    List<LossTerm> terms(
            List<RatedRollout> rollouts,
            List<double[]> advantages,
            List<List<Earned>> earned,
            Function<RatedRollout, @Nullable Double> regularized) {
        int tokens = rollouts.stream().mapToInt(RatedRollout::tokens).sum();
        List<LossTerm> terms = new ArrayList<>();
        for (int i = 0; i < rollouts.size(); i++) {
            double mean = Arrays.stream(advantages.get(i)).average().orElseThrow();
            Member member = new Member(rollouts.get(i), null, mean, regularized.apply(rollouts.get(i)));
            terms.add(new OfTokens(loss(earned.get(i)), member, advantages.get(i), tokens, false));
        }
        return terms;
    }

    private TokenLoss loss(List<Earned> earned) {
        TokenLoss loss = new ClippedSurrogate(clip, clip, ClippedSurrogate.Ratio.TOKEN);
        for (int critic = 0; critic < earned.size(); critic++) {
            loss = loss.plus(
                    new ClippedValueLoss(critic, earned.get(critic).returns(), valueClip).times(valueCoefficient));
        }
        return entropyBonus > 0 ? loss.plus(new EntropyBonus(entropyBonus)) : loss;
    }

    /** {@code [tokens]}. */
    double[] rewards(RatedRollout rollout) {
        return rewards(rollout, rollout.constrainedReward() - missingEnd(rollout), -klCoefficient);
    }

    /** What a completion that was cut off loses. */
    double missingEnd(RatedRollout rollout) {
        return rollout.finish() == Finish.LENGTH ? missingEndPenalty : 0;
    }

    /**
     * {@code [tokens]}.
     *
     * @param last at the last token
     * @param ofLogRatio what each token has of its log-ratio
     */
    static double[] rewards(RatedRollout rollout, double last, double ofLogRatio) {
        double[] rewards = new double[rollout.tokens()];
        if (ofLogRatio != 0) {
            double[] logRatios = rollout.logRatios();
            Arrays.setAll(rewards, t -> ofLogRatio * logRatios[t]);
        }
        rewards[rewards.length - 1] += last;
        return rewards;
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
