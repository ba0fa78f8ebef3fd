package dev.tribunal.methods.label;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The rewards that a prompt asks for, in Rewards-in-Context (Yang et al., ICML 2024): chosen, written and read again. */
public final class RewardGoals {

    private RewardGoals() {}

    /** The least and the greatest reward of an objective in the data. */
    public record Range(double low, double high) {}

    /**
     * From a preference to rewards: the objective with the greatest weight is asked for its greatest reward, any other for
     *
     * <pre>low + min(n p, 1) (high - low)</pre>
     *
     * @param ranges by objective
     * @param preference p, by objective, from 0 to 1; of equal weights the first objective is the greatest
     * @throws IllegalArgumentException if they are not about the same objectives
     */
    public static Map<String, Double> preferred(Map<String, Range> ranges, Map<String, Double> preference) {
        if (!ranges.keySet().equals(preference.keySet())) {
            throw new IllegalArgumentException("the preference weighs " + new TreeSet<>(preference.keySet())
                    + ", but the rewards are " + new TreeSet<>(ranges.keySet()));
        }
        String first = ranges.keySet().iterator().next();
        for (String objective : ranges.keySet()) {
            first = weight(preference, objective) > weight(preference, first) ? objective : first;
        }
        String greatest = first;
        Map<String, Double> goal = new LinkedHashMap<>();
        ranges.forEach((objective, range) -> {
            double share = Math.min(ranges.size() * weight(preference, objective), 1);
            goal.put(
                    objective,
                    objective.equals(greatest) ? range.high() : range.low() + share * (range.high() - range.low()));
        });
        return goal;
    }

    private static double weight(Map<String, Double> preference, String objective) {
        return preference.getOrDefault(objective, 0.0);
    }

    public static double rounded(double reward, int decimals) {
        return BigDecimal.valueOf(reward)
                .setScale(decimals, RoundingMode.HALF_EVEN)
                .doubleValue();
    }

    /** The prompt with what it asks for: {@code How do I cook? <helpfulness> 1.2 <harmlessness> -0.3}. */
    public static String asking(String prompt, Map<String, Double> goal) {
        return prompt + suffix(goal);
    }

    /** The prompt as it was; empty if it does not end with that goal. */
    public static Optional<String> asked(String prompt, Map<String, Double> goal) {
        String suffix = suffix(goal);
        return prompt.endsWith(suffix)
                ? Optional.of(prompt.substring(0, prompt.length() - suffix.length()))
                : Optional.empty();
    }

    private static String suffix(Map<String, Double> goal) {
        return goal.entrySet().stream()
                .map(reward -> " <" + reward.getKey() + "> "
                        + BigDecimal.valueOf(reward.getValue()).toPlainString())
                .collect(Collectors.joining());
    }
}
