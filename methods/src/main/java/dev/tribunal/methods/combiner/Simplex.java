package dev.tribunal.methods.combiner;

import java.util.Arrays;

/**
 * Minimises F(w) = sum_i w_i linear_i + root |sum_i w_i g_i| over weights that are not negative and sum to 1, by moving
 * weight from the coordinate with the largest slope to the one with the smallest (pairwise Frank-Wolfe, Lacoste-Julien
 * and Jaggi, arXiv 1511.05932), each time as far as F falls. It draws nothing, and ends at the same weights each time.
 */
final class Simplex {

    private static final int MOST_MOVES = 100_000;
    private static final int MOVES_BETWEEN_RECALCULATIONS = 64;
    private static final int HALVINGS = 100;
    private static final double ROUNDING = 1e-14;

    private final Products gradients;
    private final double[] linear;
    private final double root;
    private final double rounding;
    private final double[] weights;

    /** {@code [n]}, &lt;g_i, sum_j w_j g_j&gt;. */
    private double[] products;

    /** |sum_j w_j g_j|^2. */
    private double square;

    private Simplex(Products gradients, double[] linear, double root) {
        this.gradients = gradients;
        this.linear = linear;
        this.root = root;
        int n = gradients.size();
        weights = new double[n];
        Arrays.fill(weights, 1.0 / n);
        products = new double[n];
        double largest = 0;
        double largestLinear = 0;
        for (int i = 0; i < n; i++) {
            largest = Math.max(largest, gradients.norm(i));
            largestLinear = Math.max(largestLinear, Math.abs(linear[i]));
        }
        rounding = ROUNDING * (largestLinear * largest + root * largest * largest);
        recalculate();
    }

    static double[] minimise(Products gradients, double[] linear, double root) {
        Simplex simplex = new Simplex(gradients, linear, root);
        for (int move = 1; move <= MOST_MOVES && simplex.move(); move++) {
            if (move % MOVES_BETWEEN_RECALCULATIONS == 0) {
                simplex.recalculate();
            }
        }
        return simplex.weights;
    }

    private void recalculate() {
        for (int i = 0; i < weights.length; i++) {
            products[i] = gradients.with(i, weights);
        }
        square = gradients.squaredNorm(weights);
    }

    /** @return whether there was a move worth making */
    private boolean move() {
        int from = -1;
        int to = 0;
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] > 0 && (from < 0 || slope(i) > slope(from))) {
                from = i;
            }
            if (slope(i) < slope(to)) {
                to = i;
            }
        }
        if (slope(from) - slope(to) <= rounding) {
            return false;
        }
        double step = step(from, to);
        boolean all = step == weights[from];
        weights[to] += step;
        weights[from] = all ? 0 : weights[from] - step;
        square = squareAfter(from, to, step);
        for (int i = 0; i < weights.length; i++) {
            products[i] += step * (gradients.of()[i][to] - gradients.of()[i][from]);
        }
        return step > 0;
    }

    /** dF/dw_i times |sum_j w_j g_j|, which has no division by 0 in it. */
    private double slope(int i) {
        return linear[i] * Math.sqrt(square) + root * products[i];
    }

    /** How far F falls, by halving the interval in which its slope changes its sign. */
    private double step(int from, int to) {
        double high = weights[from];
        if (slopeAfter(from, to, high) <= 0) {
            return high;
        }
        double low = 0;
        for (int halving = 0; halving < HALVINGS; halving++) {
            double middle = (low + high) / 2;
            if (slopeAfter(from, to, middle) <= 0) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private double slopeAfter(int from, int to, double step) {
        double slopeOfSquare = products[to] - products[from] + step * curvature(from, to);
        return (linear[to] - linear[from]) * Math.sqrt(squareAfter(from, to, step)) + root * slopeOfSquare;
    }

    private double squareAfter(int from, int to, double step) {
        double after = square + 2 * step * (products[to] - products[from]) + step * step * curvature(from, to);
        return Math.max(after, 0);
    }

    private double curvature(int from, int to) {
        double[][] of = gradients.of();
        return of[to][to] + of[from][from] - 2 * of[from][to];
    }
}
