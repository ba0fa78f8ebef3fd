package dev.tribunal.methods.combiner;

/**
 * The weighted sum (CGPO, arXiv 2409.20370, algorithm 2): sum_l rho_l g_l. It keeps one gradient, whatever the number of
 * tasks.
 */
public record WeightedSum() implements GradientCombiner {

    @Override
    public boolean needsProducts() {
        return false;
    }

    @Override
    public double[] factors(double[] rho, double[][] products) {
        return rho.clone();
    }

    @Override
    public String paper() {
        return "arXiv 2409.20370";
    }
}
