package dev.tribunal.methods.rewardmodel;

import dev.tribunal.input.Default;
import dev.tribunal.methods.loss.Logistic;
import dev.tribunal.methods.rollout.PairLabel;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/**
 * The Bradley-Terry model of preference: P(chosen is preferred to rejected) = sigma(d), d = r_chosen - r_rejected, and the
 * loss of one pair is its negative log-likelihood. With a margin m, which has to be inside the sigmoid to have a gradient,
 * and a probability q that the label is right:
 *
 * <pre>
 * loss = -q log sigma(d - m) - (1 - q) log sigma(m - d)
 * dloss/dr_chosen = sigma(d - m) - q
 * </pre>
 *
 * <p>q is 1, or what the pair says; label smoothing a makes it (1 - a) q + a (1 - q).
 *
 * <p>Bradley and Terry, "Rank analysis of incomplete block designs", Biometrika 39 (1952); on learned rewards:
 * Christiano et al., arXiv 1706.03741, eq. 1; Ouyang et al., arXiv 2203.02155, eq. 1. Label smoothing, soft labels and
 * adaptive margins: Wang et al., Secrets of RLHF in large language models part II, arXiv 2401.06080, eq. 5 and 6; the
 * latter prints the margin outside of the log-sigmoid, where it would change no gradient.
 *
 * @param margin by how much a chosen score shall be above the rejected one, for pairs that have no margin or where {@code
 *     adaptiveMargin} is false; default 0
 * @param adaptiveMargin whether a pair's own {@code margin} is taken; default false
 * @param softLabels whether a pair's own {@code labelProbability} is q; default false: q is 1
 * @param labelSmoothing a, the share of labels that may be wrong; default 0
 */
public record BradleyTerry(
        @Default("0") @Min(-1_000_000) @Max(1_000_000) double margin,
        @Default("false") boolean adaptiveMargin,
        @Default("false") boolean softLabels,
        @Default("0") @Min(0) @DecimalMax("0.5") double labelSmoothing)
        implements PreferenceLoss, PairObjective {

    /** The paper's, without more. */
    public static final BradleyTerry PLAIN = new BradleyTerry(0, false, false, 0);

    @Override
    public PairObjective objective() {
        return this;
    }

    @Override
    public Value of(double chosen, double rejected, PairLabel label) {
        double above = chosen - rejected - marginOf(label);
        double q = probabilityOf(label);
        return new Value(
                q * Logistic.loss(above) + (1 - q) * Logistic.loss(-above),
                // As the two terms' slopes, so that far apart scores lose no digits.
                -q / (1 + Math.exp(above)) + (1 - q) / (1 + Math.exp(-above)));
    }

    private double marginOf(PairLabel label) {
        return adaptiveMargin ? label.margin(margin) : margin;
    }

    private double probabilityOf(PairLabel label) {
        double q = softLabels ? label.probability(1) : 1;
        return (1 - labelSmoothing) * q + labelSmoothing * (1 - q);
    }

    /** The negative log-likelihood of one pair in nats; log 2 where the scores are equal. */
    public static double loss(double chosen, double rejected) {
        return Logistic.loss(chosen - rejected);
    }
}
