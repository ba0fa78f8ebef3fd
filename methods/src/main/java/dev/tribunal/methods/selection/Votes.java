package dev.tribunal.methods.selection;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.OptionalInt;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Completions vote for their answers (Bag of Tricks, arXiv 2502.07191; majority: self-consistency, arXiv 2203.11171).
 * An empty answer has no vote. Answers are equal if their texts are: what reads them brings equal answers to one text.
 * Of equal answers the first wins.
 */
public final class Votes {

    private Votes() {}

    /** The first completion with the most frequent answer; none if all answers are empty. */
    public static OptionalInt majority(List<String> answers) {
        return winner(answers, i -> 1, i -> 0);
    }

    /**
     * The completion with the highest score of the answer whose weights have the largest sum; none if no completion with
     * an answer has a score.
     *
     * @param scores one a completion; one of NaN has no vote
     * @param floor the weight of the worst of those that vote, in [0, 1]: see {@link #weights}
     */
    public static OptionalInt weighted(double[] scores, List<String> answers, double floor) {
        List<String> counted = counted(scores, answers);
        double[] weights = weights(scores, counted, floor);
        return winner(counted, i -> weights[i], i -> scores[i]);
    }

    /**
     * What each vote weighs: from the floor, for the lowest score of those that vote, to 1 for the highest. With floor 0
     * the worst never counts, however good it is, for it is the worst alone that says what 0 is; with floor 1 all count
     * alike, as in a majority.
     *
     * <pre>weight = floor + (1 - floor) (score - min) / (max - min),   1 if all scores are equal</pre>
     *
     * @return 0 for a completion without a vote
     */
    public static double[] weights(double[] scores, List<String> answers, double floor) {
        if (!(floor >= 0 && floor <= 1)) {
            throw new IllegalArgumentException("floor is " + floor + ", but is a weight and must lie in [0, 1]");
        }
        List<String> counted = counted(scores, answers);
        double[] voting = IntStream.range(0, scores.length)
                .filter(i -> !counted.get(i).isBlank())
                .mapToDouble(i -> scores[i])
                .toArray();
        double lowest = Arrays.stream(voting).min().orElse(0);
        double range = Arrays.stream(voting).max().orElse(0) - lowest;
        return IntStream.range(0, scores.length)
                .mapToDouble(i -> {
                    if (counted.get(i).isBlank()) {
                        return 0;
                    }
                    return range == 0 ? 1 : floor + (1 - floor) * (scores[i] - lowest) / range;
                })
                .toArray();
    }

    /** With no answer where there is no score. */
    private static List<String> counted(double[] scores, List<String> answers) {
        if (scores.length != answers.size()) {
            throw new IllegalArgumentException(scores.length + " scores for " + answers.size() + " answers");
        }
        return IntStream.range(0, scores.length)
                .mapToObj(i -> Double.isNaN(scores[i]) ? "" : answers.get(i))
                .toList();
    }

    private static OptionalInt winner(List<String> answers, IntToDoubleFunction weight, IntToDoubleFunction score) {
        Map<String, Double> votes = new LinkedHashMap<>();
        for (int i = 0; i < answers.size(); i++) {
            if (!answers.get(i).isBlank()) {
                votes.merge(answers.get(i), weight.applyAsDouble(i), Double::sum);
            }
        }
        return votes.entrySet().stream()
                .reduce((most, next) -> next.getValue() > most.getValue() ? next : most)
                .map(Entry::getKey)
                .map(won ->
                        Best.highest(answers.size(), score, i -> answers.get(i).equals(won)))
                .orElse(OptionalInt.empty());
    }
}
