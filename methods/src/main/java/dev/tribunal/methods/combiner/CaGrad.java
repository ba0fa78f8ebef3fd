package dev.tribunal.methods.combiner;

import dev.tribunal.input.Default;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.PositiveOrZero;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * CAGrad, conflict-averse gradient descent (Liu et al., arXiv 2110.14048, algorithm 1): near the weighted sum g_0, the
 * direction along which the task that gains least gains most.
 *
 * <pre>
 * h_i = rho_i g_i,   g_0 = sum_i h_i,   g_w = sum_i w_i h_i
 * w   = argmin &lt;g_w, g_0&gt; + c |g_0| |g_w|,   w_i &gt;= 0,   sum_i w_i = 1
 * d   = g_0 + c |g_0| / |g_w| g_w
 * </pre>
 *
 * The paper writes the mean for g_0; the sum is n times as long, and so is d. With c = 0 it is the weighted sum.
 *
 * @param c how far d may be from g_0, as a part of |g_0|; below 1; default 0.5
 */
public record CaGrad(
        @Default("0.5") @PositiveOrZero @DecimalMax(value = "1", inclusive = false)
        double c) implements GradientCombiner {

    /** A g_w shorter than this part of g_0 has no direction: the tasks agree on nothing. */
    private static final double NO_DIRECTION = 1e-7;

    @Override
    public boolean needsProducts() {
        return true;
    }

    @Override
    public double[] factors(double[] rho, double[][] products) {
        Products gradients = new Products(products);
        int[] taking = gradients.taking(rho);
        double[] scale = IntStream.of(taking).mapToDouble(i -> rho[i]).toArray();
        double[] factors = new double[rho.length];
        if (taking.length > 0) {
            double[] ofTaking = factors(gradients.part(taking, scale));
            for (int k = 0; k < taking.length; k++) {
                factors[taking[k]] = rho[taking[k]] * ofTaking[k];
            }
        }
        return factors;
    }

    private double[] factors(Products h) {
        double[] ones = new double[h.size()];
        Arrays.fill(ones, 1);
        double[] withSum = new double[h.size()];
        Arrays.setAll(withSum, i -> h.with(i, ones));
        double radius = c * Math.sqrt(h.squaredNorm(ones));
        double[] w = Simplex.minimise(h, withSum, radius);
        double length = Math.sqrt(h.squaredNorm(w));
        if (length <= NO_DIRECTION * Math.sqrt(h.squaredNorm(ones))) {
            return ones;
        }
        return Arrays.stream(w).map(weight -> 1 + radius / length * weight).toArray();
    }

    @Override
    public String paper() {
        return "arXiv 2110.14048";
    }
}
