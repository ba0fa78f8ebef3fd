package dev.tribunal.methods.statistics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How well rewards say what completions are really worth (PF-PPO, arXiv 2409.06957): completions of similar reward are
 * brought together, and R^2 is that of the line through the groups' means.
 *
 * <pre>R^2 = 1 - SS_res/SS_tot,   SS_res over (actual_g - (a + b reward_g))^2,   SS_tot over (actual_g - mean)^2</pre>
 *
 * Each group counts by its weight. It is 1 where what completions are worth is a line in their rewards, and 0 where no line
 * says more than the mean. A selection that draws what the reward model is sure of has a higher one.
 */
public final class RewardFit {

    /** What optimizers call it in their metrics, with the selection's name after it. */
    public static final String METRIC = "rewardFit";
    /** How many groups there are by default. */
    public static final int GROUPS = 10;

    private static final double ROUNDING = 1e-12;

    private RewardFit() {}

    /**
     * A completion.
     *
     * @param reward that it was given
     * @param actual what it is worth, for example 1 if a verifier is satisfied and 0 if not
     * @param weight how much it counts, for example the chance to be drawn; not negative
     */
    public record Rated(double reward, double actual, double weight) {}

    private record Group(double reward, double actual, double weight) {}

    /**
     * @param groups of about the same weight that the completions are put into, by the order of their rewards
     * @return empty where all are worth the same, or there are fewer than two groups
     */
    public static OptionalDouble rSquared(List<Rated> rated, int groups) {
        List<Group> means = means(rated, groups);
        double weight = means.stream().mapToDouble(Group::weight).sum();
        double reward = means.stream()
                        .mapToDouble(group -> group.weight() * group.reward())
                        .sum()
                / weight;
        double actual = means.stream()
                        .mapToDouble(group -> group.weight() * group.actual())
                        .sum()
                / weight;
        double total = 0;
        double ofRewards = 0;
        double both = 0;
        for (Group group : means) {
            total += group.weight() * (group.actual() - actual) * (group.actual() - actual);
            ofRewards += group.weight() * (group.reward() - reward) * (group.reward() - reward);
            both += group.weight() * (group.actual() - actual) * (group.reward() - reward);
        }
        if (means.size() < 2 || total <= ROUNDING * weight * Math.max(1, actual * actual)) {
            return OptionalDouble.empty();
        }
        // The residuals of the least squares' line: total - both^2 / ofRewards.
        return OptionalDouble.of(ofRewards == 0 ? 0 : both * both / (ofRewards * total));
    }

    /** Completions of the same reward are in one group, so that their order does not matter. */
    private static List<Group> means(List<Rated> rated, int groups) {
        List<Rated> sorted = rated.stream()
                .filter(one -> one.weight() > 0)
                .sorted(Comparator.comparingDouble(Rated::reward))
                .toList();
        double all = sorted.stream().mapToDouble(Rated::weight).sum();
        List<Group> means = new ArrayList<>();
        double before = 0;
        int from = 0;
        for (int i = 0; i < sorted.size(); i++) {
            before += sorted.get(i).weight();
            boolean last = i + 1 == sorted.size();
            boolean full = before >= all * (means.size() + 1) / groups * (1 - ROUNDING);
            if (last || (full && sorted.get(i + 1).reward() > sorted.get(i).reward())) {
                means.add(mean(sorted.subList(from, i + 1)));
                from = i + 1;
            }
        }
        return means;
    }

    private static Group mean(List<Rated> of) {
        double weight = of.stream().mapToDouble(Rated::weight).sum();
        return new Group(
                of.stream().mapToDouble(one -> one.weight() * one.reward()).sum() / weight,
                of.stream().mapToDouble(one -> one.weight() * one.actual()).sum() / weight,
                weight);
    }
}
