package dev.tribunal.methods.combiner;

/**
 * The sum of gradients of length 1 (in Chen et al., GradNorm, arXiv 1711.02257, the case of equal rates): no task rules
 * because its losses are large.
 *
 * <pre>sum_i rho_i g_i / |g_i|</pre>
 *
 * A gradient of 0 stays 0.
 */
public record NormalisedSum() implements GradientCombiner {

    @Override
    public boolean needsProducts() {
        return true;
    }

    @Override
    public double[] factors(double[] rho, double[][] products) {
        return scaledTo(1, rho, products);
    }

    /** Factors that give each gradient the length rho times this one. */
    static double[] scaledTo(double length, double[] rho, double[][] products) {
        Products gradients = new Products(products);
        double[] factors = new double[rho.length];
        for (int i : gradients.nonZero()) {
            factors[i] = rho[i] * length / gradients.norm(i);
        }
        return factors;
    }

    @Override
    public String paper() {
        return "arXiv 1711.02257";
    }
}
