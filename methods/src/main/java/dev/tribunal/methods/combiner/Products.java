package dev.tribunal.methods.combiner;

import java.util.stream.IntStream;

/** The inner products of vectors, as all there is to know of them. */
record Products(double[][] of) {

    Products {
        for (double[] row : of) {
            if (row.length != of.length) {
                throw new IllegalArgumentException(
                        "products are not square: " + of.length + " rows, one of them with " + row.length + " entries");
            }
        }
    }

    /** Of some of the vectors, each times a number. */
    Products part(int[] indices, double[] scale) {
        int n = indices.length;
        double[][] part = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                part[i][j] = scale[i] * scale[j] * of[indices[i]][indices[j]];
            }
        }
        return new Products(part);
    }

    int size() {
        return of.length;
    }

    double norm(int i) {
        return Math.sqrt(Math.max(of[i][i], 0));
    }

    /** Those that have a direction. */
    int[] nonZero() {
        return IntStream.range(0, of.length).filter(i -> of[i][i] > 0).toArray();
    }

    /** Of those, the ones that take part: of a weight above 0. */
    int[] taking(double[] rho) {
        return IntStream.of(nonZero()).filter(i -> rho[i] > 0).toArray();
    }

    /** &lt;g_i, sum_j c_j g_j&gt;. */
    double with(int i, double[] c) {
        double product = 0;
        for (int j = 0; j < c.length; j++) {
            product += c[j] * of[i][j];
        }
        return product;
    }

    /** |sum_i c_i g_i|^2, never negative. */
    double squaredNorm(double[] c) {
        double square = 0;
        for (int i = 0; i < c.length; i++) {
            square += c[i] * with(i, c);
        }
        return Math.max(square, 0);
    }
}
