package dev.tribunal.methods.supervised;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.input.Default;
import dev.tribunal.methods.Experience;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.Constant;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Member;
import dev.tribunal.methods.loss.Now;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.loss.RatedGroup;
import dev.tribunal.methods.loss.RatedRollout;
import dev.tribunal.methods.loss.Slopes;
import dev.tribunal.methods.loss.TokenSlopes;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Positive;
import java.util.List;
import java.util.Set;

/**
 * A-LoL, advantage leftover lunch (Baheti et al., arXiv 2305.14718): rated answers of a file are imitated, each by how much
 * better it is than what the reference is expected to answer; the others teach nothing.
 *
 * <pre>
 * A    = R - V(s)
 * loss = -1/n sum over A &gt; 0 of A sg(clip(pi(a|s) / pi_ref(a|s), 1 - clip, 1 + clip)) log pi(a|s)
 * </pre>
 *
 * R is the answer's rating and V(s) the prompt's expected rating of the reference's answers, both of the file: the paper
 * fits V on samples of the reference, so that their mean rating stands in for it; the mean of the file's own ratings does
 * not. n counts all rows of the minibatch. The paper's draws in proportion to A are left out. The ratio's gradient is
 * stopped; the loss that is reported is the one whose slope this is.
 *
 * @param ratio {@code sequence} weighs by how likely the policy finds the answer; {@code none}, the paper's reference-free
 *     variant, leaves the ratio at 1 and needs no reference; default {@code sequence}
 * @param clip how far from 1 the ratio may be; default 0.9
 */
public record ALol(
        @Default("sequence") Ratio ratio,
        @Default("0.9") @Positive @Max(1_000_000_000) double clip) implements Method, PolicyOptimizer {

    /** What an answer is weighed by beside its advantage. */
    public enum Ratio {
        @JsonProperty("sequence")
        SEQUENCE,
        @JsonProperty("none")
        NONE
    }

    @Override
    public List<LossTerm> terms(List<RatedGroup> batch) {
        List<RatedRollout> answers =
                batch.stream().flatMap(group -> group.rollouts().stream()).toList();
        return answers.stream().map(answer -> term(answer, answers.size())).toList();
    }

    private LossTerm term(RatedRollout answer, int n) {
        double advantage = Math.max(0, answer.score() - expected(answer));
        return ratio == Ratio.NONE || advantage == 0
                ? Constant.of(answer, advantage, n, null, null)
                : new Weighed(new Member(answer, null, null, null), advantage / n, clip);
    }

    private static double expected(RatedRollout answer) {
        double[][] values = answer.values();
        if (values == null || values.length == 0) {
            throw new IllegalStateException("A-LoL needs the rating that was expected, but the answer has no value");
        }
        return values[0][0];
    }

    /** @param weight A/n */
    private record Weighed(Member member, double weight, double clip) implements LossTerm {

        @Override
        public List<Member> members() {
            return List.of(member);
        }

        @Override
        public Slopes slopes(List<Now> now) {
            double[] logProbs = now.getFirst().logProbs();
            double logRatio = member.rollout().logRatio(logProbs);
            double ratio = Math.exp(logRatio);
            double clipped = Math.clamp(ratio, Math.max(0, 1 - clip), 1 + clip);
            // d/dx of clipped (1 + x - log clipped) is clipped, and its value goes on where the clip begins: there x is
            // log clipped.
            double loss = clipped * (1 + logRatio - Math.log(clipped));
            return new Slopes(-weight * loss, TokenSlopes.same(-weight * clipped, logProbs.length));
        }
    }

    @Override
    public Experience experience() {
        return Experience.RATED_ANSWERS;
    }

    @Override
    public Set<Need> needs() {
        return switch (ratio) {
            case SEQUENCE -> Set.of(Need.REFERENCE);
            case NONE -> Set.of();
        };
    }

    @Override
    public String paper() {
        return "arXiv 2305.14718";
    }
}
