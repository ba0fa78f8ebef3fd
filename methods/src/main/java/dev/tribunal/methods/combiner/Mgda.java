package dev.tribunal.methods.combiner;

import dev.tribunal.input.Default;
import java.util.stream.IntStream;

/**
 * MGDA, the multiple-gradient descent algorithm (Desideri, C. R. Acad. Sci. Paris 350, 2012; Sener and Koltun, arXiv
 * 1810.04650, section 3): the shortest vector among the gradients' convex combinations, along which no task's loss rises.
 *
 * <pre>min |sum_i c_i g_i|^2,   c_i &gt;= 0,   sum_i c_i = 1</pre>
 *
 * The shortest gradient dominates, so that by default gradients are brought to length 1 first. A task's weight says
 * only whether it takes part: 0 does not. Neither does a gradient of 0, which would stop all others; a task that has
 * nothing to learn in a step keeps no other from learning.
 *
 * @param normalise whether gradients are brought to length 1 first; default true
 */
public record Mgda(@Default("true") boolean normalise) implements GradientCombiner {

    @Override
    public boolean needsProducts() {
        return true;
    }

    @Override
    public double[] factors(double[] rho, double[][] products) {
        Products gradients = new Products(products);
        int[] taking = gradients.taking(rho);
        double[] scale = IntStream.of(taking)
                .mapToDouble(i -> normalise ? 1 / gradients.norm(i) : 1)
                .toArray();
        double[] factors = new double[rho.length];
        if (taking.length > 0) {
            double[] c = Simplex.minimise(gradients.part(taking, scale), new double[taking.length], 1);
            for (int k = 0; k < taking.length; k++) {
                factors[taking[k]] = c[k] * scale[k];
            }
        }
        return factors;
    }

    @Override
    public String paper() {
        return "arXiv 1810.04650";
    }
}
