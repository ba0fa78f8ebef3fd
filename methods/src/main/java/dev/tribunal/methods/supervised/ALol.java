package dev.tribunal.methods.supervised;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.Findings;
import dev.tribunal.methods.Draws;
import dev.tribunal.methods.Experience;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Member;
import dev.tribunal.methods.loss.Now;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.loss.Slopes;
import dev.tribunal.methods.loss.TokenSlopes;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A-LoL, advantage leftover lunch (Baheti et al., arXiv 2305.14718): rated answers of a file are imitated, each by how much
 * better it is than what the reference is expected to answer; the others teach nothing.
 *
 * <pre>
 * A    = R - V(s)
 * loss = 1/n sum over A &gt; 0 of -A sum_t sg(r_t) log pi(a_t|s,a&lt;t) + beta (log pi(a|s) - log pi_ref(a|s))
 *
 * A-LoL           r_t = clip(pi(a|s) / pi_ref(a|s), 1 - clip, 1 + clip), the whole answer being one action
 * A-LoL seq.      r_t = clip(pi(a_t|s,a&lt;t) / pi_ref(a_t|s,a&lt;t), 1 - clip, 1 + clip)
 * A-LoL ref. free r_t = 1
 * A-LoL KL        r_t = 1, beta &gt; 0
 * </pre>
 *
 * R is the answer's rating and V(s) the prompt's expected rating of the reference's answers, both of the file: the paper
 * fits V on samples of the frozen reference, so that their mean rating stands in for it; the mean of the file's own ratings
 * does not. n counts all rows of the minibatch, and log-probabilities are summed over tokens, never averaged. The ratio's
 * gradient is stopped; the loss that is reported is the one whose slope this is.
 *
 * @param ratio {@code sequence} and {@code token} weigh by how likely the policy finds the answer, or each token of it;
 *     {@code none} leaves the ratio at 1; default {@code sequence}
 * @param clip how far from 1 the ratio may be; default 0.9
 * @param beta weight of the log-ratio to the reference, which only the variant without ratios has, rating/nats; default 0
 * @param draws {@code prioritised} draws answers in proportion to A, {@code epochs} each once an epoch; default
 *     {@code prioritised}
 */
public record ALol(
        @Default("sequence") Ratio ratio,
        @Default("0.9") @Positive @Max(1_000_000_000) double clip,
        @Default("0") @PositiveOrZero @Max(1_000_000_000) double beta,
        @Default("prioritised") Draws draws)
        implements Method, PolicyOptimizer, Checked {

    /** What an answer is weighed by beside its advantage. */
    public enum Ratio {
        @JsonProperty("sequence")
        SEQUENCE,
        @JsonProperty("token")
        TOKEN,
        @JsonProperty("none")
        NONE
    }

    @Override
    public void check(Findings findings) {
        if (beta > 0 && ratio != Ratio.NONE && findings.sound("/ratio") && findings.sound("/beta")) {
            findings.mistake(
                    "/beta",
                    "is " + beta + ", but the variant with a KL has no ratio: write ratio 'none', or remove it");
        }
    }

    @Override
    public List<LossTerm> terms(List<RatedGroup> batch) {
        List<RatedRollout> answers =
                batch.stream().flatMap(group -> group.rollouts().stream()).toList();
        return answers.stream()
                .<LossTerm>map(
                        answer -> new Imitated(answer, Math.max(0, answer.score() - expected(answer)), answers.size()))
                .toList();
    }

    private static double expected(RatedRollout answer) {
        double[][] values = answer.values();
        if (values == null || values.length == 0) {
            throw new IllegalStateException("A-LoL needs the rating that was expected, but the answer has no value");
        }
        return values[0][0];
    }

    private final class Imitated implements LossTerm {

        private final RatedRollout answer;
        private final double advantage;
        private final int n;
        private final Member member;

        Imitated(RatedRollout answer, double advantage, int n) {
            this.answer = answer;
            this.advantage = advantage;
            this.n = n;
            this.member = new Member(answer, null, weight(), null);
        }

        /** Of the answer's likelihood; a ratio is not known before the forward pass. */
        private @Nullable Double weight() {
            if (isZero()) {
                return 0.0;
            }
            return ratio == Ratio.NONE ? advantage - beta : null;
        }

        @Override
        public List<Member> members() {
            return List.of(member);
        }

        @Override
        public boolean isZero() {
            return advantage == 0;
        }

        @Override
        public Slopes slopes(List<Now> now) {
            double[] logProbs = now.getFirst().logProbs();
            if (isZero()) {
                return new Slopes(0, TokenSlopes.same(0, logProbs.length));
            }
            return switch (ratio) {
                case NONE -> withoutRatio(logProbs);
                case SEQUENCE -> {
                    double logRatio = answer.logRatio(logProbs);
                    yield new Slopes(
                            -advantage / n * weighed(logRatio),
                            TokenSlopes.same(-advantage / n * clipped(logRatio), logProbs.length));
                }
                case TOKEN -> {
                    double[] logRatios = answer.logRatios(logProbs);
                    yield new Slopes(
                            -advantage
                                    / n
                                    * Arrays.stream(logRatios)
                                            .map(ALol.this::weighed)
                                            .sum(),
                            new TokenSlopes(Arrays.stream(logRatios)
                                    .map(logRatio -> -advantage / n * clipped(logRatio))
                                    .toArray()));
                }
            };
        }

        private Slopes withoutRatio(double[] logProbs) {
            double loss = -advantage * Arrays.stream(logProbs).sum();
            if (beta > 0) {
                loss += beta * answer.logRatio(logProbs);
            }
            return new Slopes(loss / n, TokenSlopes.same((beta - advantage) / n, logProbs.length));
        }
    }

    private double clipped(double logRatio) {
        return Math.clamp(Math.exp(logRatio), Math.max(0, 1 - clip), 1 + clip);
    }

    /**
     * What has {@link #clipped} as its slope in the log-ratio, and goes on where the clip begins: there the log-ratio is log
     * clipped.
     */
    private double weighed(double logRatio) {
        double clipped = clipped(logRatio);
        return clipped == 0 ? 0 : clipped * (1 + logRatio - Math.log(clipped));
    }

    @Override
    public Experience experience() {
        return Experience.RATED_ANSWERS;
    }

    @Override
    public Set<Need> needs() {
        return switch (ratio) {
            case SEQUENCE, TOKEN -> Set.of(Need.REFERENCE);
            case NONE -> beta > 0 ? Set.of(Need.REFERENCE) : Set.of();
        };
    }

    @Override
    public String paper() {
        return "arXiv 2305.14718";
    }
}
