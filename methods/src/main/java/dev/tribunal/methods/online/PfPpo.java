package dev.tribunal.methods.online;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.input.Default;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import dev.tribunal.methods.selection.Selection;
import dev.tribunal.methods.statistics.CounterUniform;
import dev.tribunal.methods.statistics.RewardFit;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.PositiveOrZero;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * PF-PPO, policy filtration (arXiv 2409.06957): a reward model is most reliable where its rewards are very high or very
 * low, so that PPO learns from completions that are drawn by the rank of their reward among the prompt's.
 *
 * <pre>
 * best             w = (1, 0, ..., 0)                                  by rank, the highest reward first
 * best-and-random  w = (1/2, 1/2/(N-1), ..., 1/2/(N-1))
 * best-and-worst   w = (1/2, 0, ..., 0, 1/2)
 * power            w ~ |R|^exponent
 * </pre>
 *
 * Each group is ranked by itself, by the rewards that PPO is told: 0 for a violation. Of equal rewards the first completion
 * is the better. Completions are drawn with replacement, group by group, the i-th of a group by the i-th random number of
 * the group's key; one that is drawn twice counts twice. PPO sees those that are drawn and nothing else: advantages are
 * whitened after the selection.
 *
 * @param selection what the chances are; default {@code best-and-random}
 * @param drawn completions drawn of each prompt; default 2
 * @param threshold reward from which on {@code top} selections take a completion; default 0.5
 * @param exponent of {@code power}; default 2
 * @param ppo what learns from them; default PPO with its defaults
 */
public record PfPpo(
        @Default("best-and-random") Strategy selection,
        @Default("2") @Min(1) @Max(1024) int drawn,

        @Default("0.5") @Min(-1_000_000_000) @Max(1_000_000_000)
        double threshold,

        @Default("2") @PositiveOrZero @Max(1000) double exponent,
        @Default("{}") Ppo ppo)
        implements Method {

    /** Which completions of a prompt are drawn. */
    public enum Strategy {
        /** Each alike: PPO on a random sample. */
        @JsonProperty("uniform")
        UNIFORM,
        /** The best alone. */
        @JsonProperty("best")
        BEST,
        /** The best every other time, else one of the others. */
        @JsonProperty("best-and-random")
        BEST_AND_RANDOM,
        /** The best and the worst alike. */
        @JsonProperty("best-and-worst")
        BEST_AND_WORST,
        /** Those whose reward reaches the threshold, alike; a prompt without one adds nothing. */
        @JsonProperty("top")
        TOP,
        /** One that reaches the threshold every other time, else one of the others. */
        @JsonProperty("top-and-random")
        TOP_AND_RANDOM,
        /** Those whose reward reaches the threshold, or minus the threshold from below, alike. */
        @JsonProperty("top-and-bottom")
        TOP_AND_BOTTOM,
        /** In proportion to a power of the reward's size, for rewards around 0. */
        @JsonProperty("power")
        POWER;

        /** As specs write it. */
        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** The chance of each completion of a prompt; all 0 where none is taken. */
        double[] chances(double[] rewards, double threshold, double exponent) {
            return switch (this) {
                case UNIFORM -> Selection.uniform(rewards);
                case BEST -> Selection.best(rewards);
                case BEST_AND_RANDOM -> Selection.bestAndRandom(rewards);
                case BEST_AND_WORST -> Selection.bestAndWorst(rewards);
                case TOP -> Selection.top(rewards, threshold);
                case TOP_AND_RANDOM -> Selection.topAndRandom(rewards, threshold);
                case TOP_AND_BOTTOM -> Selection.topAndBottom(rewards, threshold);
                case POWER -> Selection.power(rewards, exponent);
            };
        }
    }

    @Override
    public PolicyOptimizer optimizer() {
        return new Filtered();
    }

    private final class Filtered implements PolicyOptimizer {

        private final PolicyOptimizer learning = ppo.optimizer();
        private Map<String, Double> fits = Map.of();

        @Override
        public List<LossTerm> terms(List<RatedGroup> batch) {
            fits = fits(batch);
            return learning.terms(batch.stream().map(PfPpo.this::drawnOf).toList());
        }

        @Override
        public Map<String, Double> metrics() {
            return fits;
        }
    }

    /** In the order of the draws. */
    RatedGroup drawnOf(RatedGroup group) {
        List<RatedRollout> candidates = group.candidates();
        double[] chances = candidates.isEmpty()
                ? new double[0]
                : selection.chances(
                        candidates.stream()
                                .mapToDouble(RatedRollout::constrainedReward)
                                .toArray(),
                        threshold,
                        exponent);
        boolean none = Arrays.stream(chances).allMatch(chance -> chance == 0);
        return group.with(
                none
                        ? List.of()
                        : IntStream.range(0, drawn)
                                .mapToObj(
                                        i -> candidates.get(Selection.draw(chances, CounterUniform.of(group.key(), i))))
                                .toList());
    }

    /** The rewards are as the reward models give them: a violation's 0 would tell what is to be foretold. */
    private Map<String, Double> fits(List<RatedGroup> batch) {
        Map<String, Double> fits = new TreeMap<>();
        fits(
                        batch.stream()
                                .map(group -> group.candidates().stream()
                                        .filter(RatedRollout::scored)
                                        .map(rollout -> new Judged(rollout.reward(), rollout.feasible() ? 1 : 0))
                                        .toList())
                                .toList(),
                        threshold,
                        exponent)
                .forEach((strategy, fit) -> fits.put(RewardFit.METRIC + "." + strategy, fit));
        return fits;
    }

    /**
     * A completion, to choose a selection by.
     *
     * @param reward of the reward models
     * @param actual what it is really worth, for example 1 if it is feasible and 0 if not
     */
    public record Judged(double reward, double actual) {}

    /**
     * R^2 of each selection: how well the rewards of what it would draw say what completions are really worth. A selection has
     * none where all that it draws are worth the same.
     *
     * @param prompts the completions of each
     * @return by the selection's name in specs
     */
    public static Map<String, Double> fits(List<List<Judged>> prompts, double threshold, double exponent) {
        Map<String, Double> fits = new TreeMap<>();
        for (Strategy strategy : Strategy.values()) {
            List<RewardFit.Rated> rated = new ArrayList<>();
            for (List<Judged> completions : prompts) {
                if (completions.isEmpty()) {
                    continue;
                }
                double[] chances = strategy.chances(
                        completions.stream().mapToDouble(Judged::reward).toArray(), threshold, exponent);
                for (int i = 0; i < chances.length; i++) {
                    Judged one = completions.get(i);
                    rated.add(new RewardFit.Rated(one.reward(), one.actual(), chances[i]));
                }
            }
            RewardFit.rSquared(rated, RewardFit.GROUPS).ifPresent(fit -> fits.put(strategy.word(), fit));
        }
        return fits;
    }

    @Override
    public Set<Need> needs() {
        return ppo.needs();
    }

    /** Completions of a prompt are ranked. */
    @Override
    public int fewestGenerations() {
        return 2;
    }

    @Override
    public String paper() {
        return "arXiv 2409.06957";
    }
}
