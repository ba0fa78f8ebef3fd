package dev.tribunal.methods.statistics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How good a set of trade-offs is (Zitzler and Thiele, PPSN 1998): the volume of all that is no better than one of the points
 * and better than the reference point, in each objective. A point that another one beats adds nothing, and every point that
 * none beats adds something. All objectives are to be large.
 */
public final class Hypervolume {

    private Hypervolume() {}

    /**
     * By slices of the last objective, each of which is a hypervolume of the others (Knowles, 2002, called HSO by While et al., IEEE
     * Transactions on Evolutionary Computation 10, 2006): exact, and fast for tens of points in a few objectives.
     *
     * @param points {@code [points][objectives]}; those that are not better than the reference point in each objective add
     *     nothing
     * @param reference the worst that counts, by objective
     * @return in the product of the objectives' units; 0 for no point
     */
    public static double of(List<double[]> points, double[] reference) {
        for (double[] point : points) {
            if (point.length != reference.length || reference.length == 0) {
                throw new IllegalArgumentException(
                        "a point has " + point.length + " objectives, the reference point " + reference.length);
            }
        }
        List<double[]> better =
                points.stream().filter(point -> isBetter(point, reference)).toList();
        return volume(better, reference, reference.length);
    }

    private static boolean isBetter(double[] point, double[] reference) {
        for (int i = 0; i < reference.length; i++) {
            // Also false of NaN.
            if (!(point[i] > reference[i])) {
                return false;
            }
        }
        return true;
    }

    /** @param objectives so many of the first ones count */
    private static double volume(List<double[]> points, double[] reference, int objectives) {
        int last = objectives - 1;
        if (objectives == 1) {
            return points.stream().mapToDouble(point -> point[0]).max().orElse(reference[0]) - reference[0];
        }
        List<double[]> falling = new ArrayList<>(points);
        falling.sort(Comparator.comparingDouble((double[] point) -> point[last]).reversed());
        double volume = 0;
        for (int i = 0; i < falling.size(); i++) {
            double to = i + 1 < falling.size() ? falling.get(i + 1)[last] : reference[last];
            double height = falling.get(i)[last] - to;
            if (height > 0) {
                volume += height * volume(falling.subList(0, i + 1), reference, last);
            }
        }
        return volume;
    }
}
