package dev.tribunal.local.bench;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Medians over the measured steps.
 *
 * @param secondsPerStep of the phases together
 * @param seconds of each phase; their sum may differ from {@code secondsPerStep}, as medians do
 * @param productGigaflops how fast the machine multiplied wide matrices right after the steps
 * @param arithmeticShare of {@code secondsPerStep} that a step's least arithmetic would take at that rate
 */
public record EngineTimes(
        double secondsPerStep,
        double generatedTokensPerSecond,
        Map<Phase, Double> seconds,
        double productGigaflops,
        double arithmeticShare) {

    /** @param gigaflop the least arithmetic of a step */
    static EngineTimes of(List<Map<Phase, Double>> steps, int tokensOfStep, double gigaflop, double productGigaflops) {
        double whole = median(steps.stream()
                .map(step ->
                        step.values().stream().mapToDouble(Double::doubleValue).sum())
                .toList());
        Map<Phase, Double> phases = new EnumMap<>(Phase.class);
        for (Phase phase : Phase.values()) {
            phases.put(phase, median(steps.stream().map(step -> step.get(phase)).toList()));
        }
        return new EngineTimes(
                whole, tokensOfStep / whole, phases, productGigaflops, gigaflop / productGigaflops / whole);
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
