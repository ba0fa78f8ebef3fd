package dev.tribunal.methods.reward;

/**
 * The Bradley-Terry model of preference: P(chosen is preferred to rejected) = sigma(r_chosen - r_rejected), and the
 * loss of one pair is its negative log-likelihood,
 *
 * <pre>loss = -log sigma(r_chosen - r_rejected)</pre>
 *
 * <p>Bradley and Terry, "Rank analysis of incomplete block designs", Biometrika 39 (1952); on learned rewards:
 * Christiano et al., arXiv 1706.03741, eq. 1; Ouyang et al., arXiv 2203.02155, eq. 1.
 */
public final class BradleyTerry {

    private BradleyTerry() {}

    /** @return the loss of one pair in nats; log 2 where the scores are equal */
    public static double loss(double chosen, double rejected) {
        double margin = chosen - rejected;
        // log(1 + exp(-margin)), written so that neither sign of the margin overflows.
        return Math.max(-margin, 0) + Math.log1p(Math.exp(-Math.abs(margin)));
    }

    /** @return dLoss/dr_chosen = -sigma(r_rejected - r_chosen); dLoss/dr_rejected is its negative */
    public static double gradient(double chosen, double rejected) {
        return -1 / (1 + Math.exp(chosen - rejected));
    }
}
