package dev.tribunal.methods.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of several trainings that differ by their seed alone, on the same prompts of each task.
 *
 * <p>Both the seeds and the prompts are samples: another seed would have trained another policy, and other prompts would
 * have been answered otherwise. The interval is that of the pigeonhole bootstrap (Owen, The pigeonhole bootstrap, Annals of
 * Applied Statistics 1, 2007): seeds are drawn with replacement, prompts of each task are drawn with replacement, and a draw
 * has what the drawn seeds have of the drawn prompts. The prompts of a draw are the same for all its seeds, for all seeds
 * answered the same ones: drawn for each seed anew, a prompt that is hard for every seed would count as several.
 *
 * <p>Of one seed alone the interval is over its prompts, as {@link BootstrapInterval} has it, and says nothing of other
 * seeds.
 */
public final class SeededMeans {

    /** Of more seeds there are too many draws that differ: of 7 there are 1716, of 10 there are 92,378. */
    private static final int MOST_ENUMERATED = 7;

    private SeededMeans() {}

    /**
     * One task's values, of which there may be none, one or several for a seed's prompt.
     *
     * @param sums {@code [seeds][prompts]}
     * @param counts {@code [seeds][prompts]}, of the values in each sum
     */
    public record Cells(List<double[]> sums, List<int[]> counts) {

        /** @throws IllegalArgumentException if there is no seed or prompt, or the two have not the same shape */
        public Cells {
            sums = List.copyOf(sums);
            counts = List.copyOf(counts);
            if (sums.isEmpty() || sums.size() != counts.size() || sums.getFirst().length == 0) {
                throw new IllegalArgumentException("must have at least one seed and one prompt, each with its count");
            }
            for (int s = 0; s < sums.size(); s++) {
                if (sums.get(s).length != sums.getFirst().length || counts.get(s).length != sums.getFirst().length) {
                    throw new IllegalArgumentException("seed " + s + " has not the prompts of the others");
                }
            }
        }

        /** One value a seed. */
        public static Cells ofSeeds(double[] values) {
            return new Cells(
                    Arrays.stream(values)
                            .mapToObj(value -> new double[] {value})
                            .toList(),
                    Arrays.stream(values).mapToObj(value -> new int[] {1}).toList());
        }

        int seeds() {
            return sums.size();
        }

        int prompts() {
            return sums.getFirst().length;
        }

        long values() {
            return counts.stream().flatMapToInt(Arrays::stream).sum();
        }

        /** The mean of all values, each as often as its seed and its prompt are drawn; NaN if there is none. */
        private double mean(int[] ofSeeds, int[] ofPrompts) {
            double sum = 0;
            long count = 0;
            for (int s = 0; s < ofSeeds.length; s++) {
                if (ofSeeds[s] > 0) {
                    double[] seedSums = sums.get(s);
                    int[] seedCounts = counts.get(s);
                    double seedSum = 0;
                    long seedCount = 0;
                    for (int p = 0; p < ofPrompts.length; p++) {
                        seedSum += ofPrompts[p] * seedSums[p];
                        seedCount += (long) ofPrompts[p] * seedCounts[p];
                    }
                    sum += ofSeeds[s] * seedSum;
                    count += ofSeeds[s] * seedCount;
                }
            }
            return count == 0 ? Double.NaN : sum / count;
        }
    }

    /**
     * The mean over the tasks of the mean of each one's values.
     *
     * @param tasks of the same seeds, at least one
     * @return absent if a task has no value
     */
    public static @Nullable Estimate mean(List<Cells> tasks) {
        return estimate(tasks, null);
    }

    /**
     * How much higher the mean is than that of others on the same seeds and prompts, draw by draw: what a seed or a prompt
     * adds to both of them cancels out.
     *
     * @param others of the same shape as {@code tasks}: the seed and the prompt at a place are the same ones
     * @return absent if a task has no value in one of them
     */
    public static @Nullable Estimate difference(List<Cells> tasks, List<Cells> others) {
        if (others.size() != tasks.size()
                || IntStream.range(0, tasks.size())
                        .anyMatch(t -> tasks.get(t).prompts() != others.get(t).prompts()
                                || tasks.get(t).seeds() != others.get(t).seeds())) {
            throw new IllegalArgumentException("the two must have the same tasks, seeds and prompts");
        }
        return estimate(tasks, others);
    }

    /**
     * The mean of one value a seed, which a curve has at each of its steps. Of few seeds all draws are gone through, so that
     * the interval is the bootstrap's own and costs little.
     *
     * @param values of at least one seed
     */
    public static Estimate ofSeeds(double[] values) {
        int n = values.length;
        if (n > MOST_ENUMERATED) {
            return Objects.requireNonNull(mean(List.of(Cells.ofSeeds(values))), "each seed has a value");
        }
        record Mean(double value, double share) {}
        List<Mean> means = new ArrayList<>();
        for (Drawn drawn : Drawn.OF.get(n)) {
            double sum = 0;
            for (int s = 0; s < n; s++) {
                sum += drawn.times.get(s) * values[s];
            }
            means.add(new Mean(sum / n, drawn.share));
        }
        means.sort(Comparator.comparingDouble(Mean::value));
        double mean = Sample.mean(values);
        double low = Double.NaN;
        double high = Double.NaN;
        double share = 0;
        for (Mean one : means) {
            share += one.share;
            if (Double.isNaN(low) && share >= 0.025) {
                low = one.value;
            }
            if (Double.isNaN(high) && share >= 0.975) {
                high = one.value;
            }
        }
        return new Estimate(mean, Math.min(mean, low), Math.max(mean, high), n);
    }

    /**
     * One of the draws of n among n, whatever the order.
     *
     * @param times how often each is drawn
     * @param share of all ordered draws
     */
    private record Drawn(List<Integer> times, double share) {

        /** By n. */
        static final List<List<Drawn>> OF = IntStream.rangeClosed(0, MOST_ENUMERATED)
                .mapToObj(n -> {
                    List<Drawn> all = new ArrayList<>();
                    add(n, n, List.of(), Math.pow(n, -n), all);
                    return List.copyOf(all);
                })
                .toList();

        /** @param share so far: n! / (times! ...) of n^n draws, factor by factor */
        private static void add(int n, int left, List<Integer> times, double share, List<Drawn> all) {
            if (times.size() == n) {
                if (left == 0) {
                    all.add(new Drawn(times, share));
                }
                return;
            }
            double choices = 1; // left over k
            for (int k = 0; k <= left; k++) {
                List<Integer> more = new ArrayList<>(times);
                more.add(k);
                add(n, left - k, List.copyOf(more), share * choices, all);
                choices = choices * (left - k) / (k + 1);
            }
        }
    }

    private static @Nullable Estimate estimate(List<Cells> tasks, @Nullable List<Cells> others) {
        if (tasks.isEmpty()
                || tasks.stream()
                        .anyMatch(task -> task.seeds() != tasks.getFirst().seeds())) {
            throw new IllegalArgumentException("must be of the same seeds, and at least one task");
        }
        double value = statistic(tasks, others, SeededMeans::once);
        if (Double.isNaN(value)) {
            return null;
        }
        double[] bounds = Resampling.bounds(drawn -> statistic(tasks, others, size -> times(size, drawn)));
        long n = tasks.stream().mapToLong(Cells::values).sum();
        return bounds == null ? null : new Estimate(value, Math.min(value, bounds[0]), Math.max(value, bounds[1]), n);
    }

    /** How often each of so many is drawn. */
    @FunctionalInterface
    private interface Draw {
        int[] of(int size);
    }

    private static int[] once(int size) {
        int[] each = new int[size];
        Arrays.fill(each, 1);
        return each;
    }

    private static int[] times(int size, IntUnaryOperator drawn) {
        int[] times = new int[size];
        for (int i = 0; i < size; i++) {
            times[drawn.applyAsInt(size)]++;
        }
        return times;
    }

    private static double statistic(List<Cells> tasks, @Nullable List<Cells> others, Draw draw) {
        int[] ofSeeds = draw.of(tasks.getFirst().seeds());
        double sum = 0;
        for (int t = 0; t < tasks.size(); t++) {
            int[] ofPrompts = draw.of(tasks.get(t).prompts());
            sum += tasks.get(t).mean(ofSeeds, ofPrompts)
                    - (others == null ? 0 : others.get(t).mean(ofSeeds, ofPrompts));
        }
        return sum / tasks.size();
    }
}
