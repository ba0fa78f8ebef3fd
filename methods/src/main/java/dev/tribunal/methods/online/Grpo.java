package dev.tribunal.methods.online;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.DefaultFrom;
import dev.tribunal.input.Findings;
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
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * GRPO, group relative policy optimization (Shao et al., arXiv 2402.03300, section 4.1, eq. 3 and 4): PPO whose advantage
 * is the reward among the prompt's rollouts, so that no critic is needed.
 *
 * <pre>
 * A_i    = (R_cr,i - mean_j R_cr,j) / (std_j R_cr,j + 1e-4)                j over the prompt's rollouts
 * rho_it = pi(a_it|s,a_i&lt;t) / pi_old(a_it|s,a_i&lt;t)
 * l_it   = -min(rho_it A_i, clip(rho_it, 1 - epsilonLow, 1 + epsilonHigh) A_i) + beta k3_it
 * loss   = 1/n sum_i 1/|a_i| sum_t l_it                                    n counts the rollouts of all prompts
 * </pre>
 *
 * <table>
 * <caption>Its variants are hyperparameters</caption>
 * <tr><td>Dr. GRPO (Liu et al., arXiv 2503.20783)</td><td>{@code scaleByStd: false, mean: length, length: L}</td></tr>
 * <tr><td>DAPO (Yu et al., arXiv 2503.14476), clip-higher and token mean</td>
 *     <td>{@code epsilonHigh: 0.28, mean: token}</td></tr>
 * <tr><td>GSPO (Zheng et al., arXiv 2507.18071)</td>
 *     <td>{@code importance: sequence, epsilonLow: 0.0003, epsilonHigh: 0.0004}</td></tr>
 * </table>
 *
 * @param epsilonLow how far below 1 a ratio is followed; default 0.2
 * @param epsilonHigh how far above 1; default as {@code epsilonLow}
 * @param importance whose ratio is clipped: a {@code token}'s, or the {@code sequence}'s geometric mean; default token
 * @param mean what the losses of tokens are averaged over; default {@code sequence}
 * @param length tokens that every completion counts as under {@code mean: length}; the longest completion as a rule
 * @param scaleByStd whether advantages are divided by the group's standard deviation; default true
 * @param beta weight of the KL penalty in the loss, 1/nats; 0 needs no reference; default 0
 * @param entropyBonus weight of the mean entropy of a token, 1/nats; default 0
 * @param maskTruncated whether a completion that was cut off is left out of the loss; its reward counts in its group's
 *     mean all the same; default false
 */
public record Grpo(
        @Default("0.2") @Positive @Max(1_000_000_000) double epsilonLow,

        @DefaultFrom("epsilonLow") @Positive @Max(1_000_000_000)
        double epsilonHigh,

        @Default("token") Importance importance,
        @Default("sequence") Mean mean,
        @Min(1) @Max(1_000_000_000) @Nullable Integer length,
        @Default("true") boolean scaleByStd,
        @Default("0") @PositiveOrZero @Max(1_000_000_000) double beta,
        @Default("0") @PositiveOrZero @Max(1_000_000_000) double entropyBonus,
        @Default("false") boolean maskTruncated)
        implements Method, PolicyOptimizer, Checked {

    private static final String MASKED = "masked";

    /** Whose ratio is clipped. */
    public enum Importance {
        /** Each token's own. */
        @JsonProperty("token")
        TOKEN(ClippedSurrogate.Ratio.TOKEN),
        /** The geometric mean over the completion's tokens. */
        @JsonProperty("sequence")
        SEQUENCE(ClippedSurrogate.Ratio.SEQUENCE);

        private final ClippedSurrogate.Ratio ratio;

        Importance(ClippedSurrogate.Ratio ratio) {
            this.ratio = ratio;
        }
    }

    /** What the losses of tokens are averaged over. */
    public enum Mean {
        /** Each completion's tokens, then completions: a token of a short one weighs more. */
        @JsonProperty("sequence")
        SEQUENCE,
        /** All tokens of the minibatch: each weighs the same. */
        @JsonProperty("token")
        TOKEN,
        /** Sums over a fixed length, then completions: each token weighs the same in every minibatch. */
        @JsonProperty("length")
        LENGTH
    }

    @Override
    public void check(Findings findings) {
        if (!findings.sound("/mean") || !findings.sound("/length")) {
            return;
        }
        if (mean == Mean.LENGTH && length == null) {
            findings.mistake("/length", "is missing: mean 'length' divides by it");
        }
        if (mean != Mean.LENGTH && length != null) {
            findings.mistake("/length", "has no meaning unless mean is 'length'; remove it");
        }
    }

    @Override
    public List<LossTerm> terms(List<RatedGroup> batch) {
        List<RatedRollout> all = RatedGroup.candidates(batch);
        int trained = all.stream()
                .filter(rollout -> !masked(rollout))
                .mapToInt(RatedRollout::tokens)
                .sum();
        List<LossTerm> terms = new ArrayList<>();
        for (RatedGroup group : batch) {
            List<RatedRollout> rollouts = group.candidates();
            double[] advantages = advantages(rollouts);
            for (int i = 0; i < advantages.length; i++) {
                terms.add(term(rollouts.get(i), advantages[i], all.size(), trained));
            }
        }
        return terms;
    }

    private double[] advantages(List<RatedRollout> rollouts) {
        double[] rewards =
                rollouts.stream().mapToDouble(RatedRollout::constrainedReward).toArray();
        return scaleByStd ? Advantages.standardised(rewards) : Advantages.minusMean(rewards);
    }

    private LossTerm term(RatedRollout rollout, double advantage, int n, int trainedTokens) {
        double[] advantages = new double[rollout.tokens()];
        if (masked(rollout)) {
            Member member = new Member(rollout, MASKED, advantage, null);
            return new OfTokens(new ClippedSurrogate(epsilonLow, epsilonHigh, importance.ratio), member, advantages, n);
        }
        Arrays.fill(advantages, advantage);
        double divisor = switch (mean) {
            case SEQUENCE -> (double) n * rollout.tokens();
            case TOKEN -> trainedTokens;
            case LENGTH -> (double) n * requireLength();
        };
        boolean isZero = advantage == 0 && beta == 0 && entropyBonus == 0;
        Member member = new Member(rollout, null, advantage, null);
        return new OfTokens(loss(divisor, trainedTokens), member, advantages, divisor, isZero);
    }

    private TokenLoss loss(double divisor, int trainedTokens) {
        TokenLoss loss = new ClippedSurrogate(epsilonLow, epsilonHigh, importance.ratio);
        if (beta > 0) {
            loss = loss.plus(new KlPenalty(beta));
        }
        if (entropyBonus > 0) {
            loss = loss.plus(new EntropyBonus(entropyBonus * divisor / trainedTokens)); // its mean is over all tokens
        }
        return loss;
    }

    private boolean masked(RatedRollout rollout) {
        return maskTruncated && rollout.finish() == Finish.LENGTH;
    }

    private int requireLength() {
        if (length == null) {
            throw new IllegalStateException("mean 'length' divides by a length, but none is set");
        }
        return length;
    }

    @Override
    public Set<Need> needs() {
        Set<Need> needs = EnumSet.of(Need.PACKED_OLD_LOG_PROBS);
        if (beta > 0) {
            needs.add(Need.REFERENCE);
        }
        if (entropyBonus > 0) {
            needs.add(Need.ENTROPY);
        }
        return needs;
    }

    @Override
    public int fewestGenerations() {
        return 2;
    }

    @Override
    public String paper() {
        return "arXiv 2402.03300";
    }
}
