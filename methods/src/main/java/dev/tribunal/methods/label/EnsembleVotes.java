package dev.tribunal.methods.label;

import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.Findings;
import dev.tribunal.methods.statistics.Sample;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How sure given pairs are, by the votes of several reward models (Secrets of RLHF II, arXiv 2401.06080, section 2). With
 * model m's gap d_m = r_m(chosen) - r_m(rejected), the strength of a pair is
 *
 * <pre>mu = mean_m d_m,   sigma = std_m d_m</pre>
 *
 * <p>The reward models have to be independent: the same data in another order, under another seed. Their pairs' labels can
 * be flipped, smoothed and given a margin; the losses of pairs read {@code labelProbability} and {@code margin} of a row.
 *
 * @param flip the share of all pairs, those of the least strength, whose labels are turned around; the paper has 0.2;
 *     default 0
 * @param smoothing alpha of eq. 5: pairs that are smoothed have the {@code labelProbability} 1 - alpha; default 0, none is
 * @param smoothBelow pairs are smoothed whose strength, after flipping, is less than this; default 0: those that the votes
 *     would turn around
 * @param margin whether a pair's strength, after flipping, is its {@code margin} (eq. 6, whose printed form has it outside
 *     the logarithm, where it has no gradient); default false
 */
public record EnsembleVotes(
        @Min(0) @Max(1) @Default("0") double flip,
        @Min(0) @DecimalMax("0.5") @Default("0") double smoothing,

        @Min(-1_000_000_000) @Max(1_000_000_000) @Default("0")
        double smoothBelow,

        @Default("false") boolean margin)
        implements Labeller, Checked {

    @Override
    public Rows reads() {
        return Rows.PAIRS;
    }

    @Override
    public int fewestRewardModels() {
        return 2;
    }

    @Override
    public int mostRewardModels() {
        return 16;
    }

    @Override
    public void check(Findings findings) {
        if (smoothing == 0 && smoothBelow != 0 && findings.sound("/smoothing") && findings.sound("/smoothBelow")) {
            findings.mistake("/smoothBelow", "has no meaning with a smoothing of 0; set smoothing, or remove it");
        }
    }

    /**
     * @param mean mu
     * @param deviation sigma, over the M reward models
     */
    public record Strength(double mean, double deviation) {

        /** @param gaps one a reward model, at least one */
        public static Strength of(double[] gaps) {
            double variance = Sample.variance(gaps) * (gaps.length - 1) / gaps.length;
            return new Strength(Sample.mean(gaps), Math.sqrt(variance));
        }
    }

    /**
     * What becomes of a pair.
     *
     * @param flipped whether its completions change places
     * @param labelProbability that its label is right; absent where it is taken for right
     * @param margin by which the chosen completion should lead; absent without one
     */
    public record Vote(
            boolean flipped,
            @Nullable Double labelProbability,
            @Nullable Double margin) {}

    /** @return one vote a pair, in order; of equal strengths the first ones are the weakest */
    public List<Vote> votes(List<Strength> strengths) {
        Set<Integer> weakest = new HashSet<>(IntStream.range(0, strengths.size())
                .boxed()
                .sorted(Comparator.comparingDouble(
                        (Integer i) -> strengths.get(i).mean()))
                .limit((long) Math.floor(flip * strengths.size() + 1e-9))
                .toList());
        return IntStream.range(0, strengths.size())
                .mapToObj(i -> vote(strengths.get(i), weakest.contains(i)))
                .toList();
    }

    private Vote vote(Strength strength, boolean flipped) {
        double mean = flipped ? -strength.mean() : strength.mean();
        return new Vote(flipped, smoothing > 0 && mean < smoothBelow ? 1 - smoothing : null, margin ? mean : null);
    }
}
