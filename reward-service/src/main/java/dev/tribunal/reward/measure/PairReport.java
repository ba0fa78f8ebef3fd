package dev.tribunal.reward.measure;

import dev.tribunal.methods.loss.Logistic;
import dev.tribunal.methods.statistics.Calibration;
import dev.tribunal.methods.statistics.Correlation;
import dev.tribunal.methods.statistics.Estimate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What scored pairs say of their reward model.
 *
 * @param accuracy the share of pairs whose chosen score is the larger one, with Wilson's interval; pairs of one prompt
 *     belong together
 * @param calibration of the probability sigma(r_chosen - r_rejected)
 * @param lengthCorrelation Pearson's, of score and length in tokens over all completions; absent where one of them does not
 *     vary
 * @param longerPreferred of the pairs whose completions are not equally long, the share in which the longer one has the
 *     larger score; absent where there is none
 * @param longerChosen of the same pairs, the share in which the longer one is the chosen one: what {@code longerPreferred}
 *     is of a reward model that is always right
 */
public record PairReport(
        Estimate accuracy,
        Calibration calibration,
        @Nullable Double lengthCorrelation,
        @Nullable Double longerPreferred,
        @Nullable Double longerChosen) {

    /** @param pairs at least one */
    public static PairReport of(List<ScoredPair> pairs) {
        Collection<List<ScoredPair>> byPrompt = pairs.stream()
                .collect(Collectors.groupingBy(ScoredPair::prompt, LinkedHashMap::new, Collectors.toList()))
                .values();
        Estimate accuracy = Estimate.share(
                List.copyOf(byPrompt),
                part -> part.stream().filter(ScoredPair::right).count(),
                part -> part.size());
        double[] probabilities = pairs.stream()
                .mapToDouble(pair -> Logistic.sigma(pair.chosen() - pair.rejected()))
                .toArray();
        double[] scores = new double[2 * pairs.size()];
        double[] lengths = new double[scores.length];
        int different = 0;
        int longerPreferred = 0;
        int longerChosen = 0;
        for (int i = 0; i < pairs.size(); i++) {
            ScoredPair pair = pairs.get(i);
            scores[2 * i] = pair.chosen();
            scores[2 * i + 1] = pair.rejected();
            lengths[2 * i] = pair.chosenTokens();
            lengths[2 * i + 1] = pair.rejectedTokens();
            if (pair.chosenTokens() != pair.rejectedTokens()) {
                boolean chosenIsLonger = pair.chosenTokens() > pair.rejectedTokens();
                different++;
                longerChosen += chosenIsLonger ? 1 : 0;
                longerPreferred += chosenIsLonger ? pair.right() ? 1 : 0 : pair.rejected() > pair.chosen() ? 1 : 0;
            }
        }
        OptionalDouble correlation = Correlation.of(scores, lengths);
        return new PairReport(
                Objects.requireNonNull(accuracy, "there is a pair"),
                Calibration.of(probabilities),
                correlation.isPresent() ? correlation.getAsDouble() : null,
                different == 0 ? null : (double) longerPreferred / different,
                different == 0 ? null : (double) longerChosen / different);
    }

    /** By name, each after a prefix such as {@code validation}. */
    public Map<String, Double> metrics(String prefix) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(prefix + "Accuracy", accuracy.value());
        metrics.put(prefix + "Accuracy.low", accuracy.low());
        metrics.put(prefix + "Accuracy.high", accuracy.high());
        metrics.put(prefix + "Ece", calibration.ece());
        metrics.put(prefix + "Brier", calibration.brier());
        putIfThere(metrics, prefix + "LengthCorrelation", lengthCorrelation);
        putIfThere(metrics, prefix + "LongerPreferred", longerPreferred);
        putIfThere(metrics, prefix + "LongerChosen", longerChosen);
        return metrics;
    }

    private static void putIfThere(Map<String, Double> metrics, String name, @Nullable Double value) {
        if (value != null) {
            metrics.put(name, value);
        }
    }
}
