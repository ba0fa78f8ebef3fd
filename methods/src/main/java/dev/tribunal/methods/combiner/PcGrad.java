package dev.tribunal.methods.combiner;

import java.util.Arrays;

/**
 * PCGrad, projecting conflicting gradients (Yu et al., arXiv 2001.06782, algorithm 1): where a task's gradient points
 * against another's, the part that does is taken out.
 *
 * <pre>
 * for each i:  h_i = g_i;  for each j != i:  if &lt;h_i, g_j&gt; &lt; 0:  h_i -= &lt;h_i, g_j&gt;/|g_j|^2 g_j
 * sum_i rho_i h_i
 * </pre>
 *
 * The paper draws the order of the j anew each time; here it is the tasks' order, so that a step can be repeated. With
 * two tasks there is but one order. A task of weight 0 takes nothing out of others.
 */
public record PcGrad() implements GradientCombiner {

    @Override
    public boolean needsProducts() {
        return true;
    }

    @Override
    public double[] factors(double[] rho, double[][] products) {
        Products gradients = new Products(products);
        int[] taking = gradients.taking(rho);
        double[] factors = new double[rho.length];
        for (int i : taking) {
            double[] projected = projected(i, taking, gradients);
            Arrays.setAll(factors, j -> factors[j] + rho[i] * projected[j]);
        }
        return factors;
    }

    /** h_i, by its factors of the gradients. */
    private static double[] projected(int i, int[] taking, Products gradients) {
        double[] h = new double[gradients.size()];
        h[i] = 1;
        for (int j : taking) {
            double product = gradients.with(j, h);
            if (j != i && product < 0) {
                h[j] -= product / gradients.of()[j][j];
            }
        }
        return h;
    }

    @Override
    public String paper() {
        return "arXiv 2001.06782";
    }
}
