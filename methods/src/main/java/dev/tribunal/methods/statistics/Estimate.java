package dev.tribunal.methods.statistics;

import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A figure of a sample, with its 95 % interval.
 *
 * @param low at most {@code value}
 * @param high at least {@code value}
 * @param n completions that it is taken over
 */
public record Estimate(double value, double low, double high, long n) {

    private static final double Z = 1.959963984540054;

    /**
     * A share with Wilson's interval (JASA 22, 1927), which says something of 0 of n too. Completions of one prompt
     * belong together: the interval is that of as many independent completions as they are worth (Kish, Survey Sampling,
     * 1965: n over the design effect).
     *
     * @param parts one a prompt
     * @param hits how many completions of a part count
     * @param tries of how many
     * @return absent if there was no try
     */
    public static <T> @Nullable Estimate share(List<T> parts, ToLongFunction<T> hits, ToLongFunction<T> tries) {
        long all = parts.stream().mapToLong(tries).sum();
        if (all == 0) {
            return null;
        }
        double share = (double) parts.stream().mapToLong(hits).sum() / all;
        return wilson(share, all / designEffect(parts, hits, tries, share, all), all);
    }

    /** A share of completions that have nothing to do with one another. */
    public static @Nullable Estimate share(long hits, long tries) {
        return tries == 0 ? null : wilson((double) hits / tries, (double) tries, tries);
    }

    /** Cohen's kappa with the percentile bootstrap interval over prompts; absent where kappa has no value. */
    public static @Nullable Estimate kappa(List<Confusion> byPrompt) {
        List<Confusion> some = byPrompt.stream().filter(part -> part.n() > 0).toList();
        Confusion all = Confusion.sum(some);
        double kappa = all.kappaOrNaN();
        double[] bounds = Double.isNaN(kappa)
                ? null
                : Resampling.bounds(some.size(), drawn -> {
                    long both = 0;
                    long judge = 0;
                    long other = 0;
                    long neither = 0;
                    for (int i = 0; i < some.size(); i++) {
                        Confusion part = some.get(drawn.applyAsInt(i));
                        both += part.bothSatisfied();
                        judge += part.onlyJudgeSatisfied();
                        other += part.onlyOtherSatisfied();
                        neither += part.bothViolated();
                    }
                    return new Confusion(both, judge, other, neither).kappaOrNaN();
                });
        return bounds == null
                ? null
                : new Estimate(kappa, Math.min(kappa, bounds[0]), Math.max(kappa, bounds[1]), all.n());
    }

    private static Estimate wilson(double share, double effective, long n) {
        double spread = Z * Z / effective;
        double middle = (share + spread / 2) / (1 + spread);
        double half = Z * Math.sqrt(share * (1 - share) / effective + spread / (4 * effective)) / (1 + spread);
        return new Estimate(share, Math.clamp(middle - half, 0, share), Math.clamp(middle + half, share, 1), n);
    }

    /**
     * How many times the variance of as many independent completions the share has: that of a ratio over clusters. At 0
     * and 1 nothing varies, and completions of one prompt are taken to be worth one.
     */
    private static <T> double designEffect(
            List<T> parts, ToLongFunction<T> hits, ToLongFunction<T> tries, double share, long all) {
        long clusters =
                parts.stream().filter(part -> tries.applyAsLong(part) > 0).count();
        if (clusters == all) {
            return 1;
        }
        if (clusters == 1 || share == 0 || share == 1) {
            return (double) all / clusters;
        }
        double squares = parts.stream()
                .mapToDouble(part -> hits.applyAsLong(part) - share * tries.applyAsLong(part))
                .map(residual -> residual * residual)
                .sum();
        double variance = clusters / (clusters - 1.0) * squares / ((double) all * all);
        return Math.max(1, variance / (share * (1 - share) / all));
    }
}
