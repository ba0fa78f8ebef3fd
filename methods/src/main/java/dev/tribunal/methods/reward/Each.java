package dev.tribunal.methods.reward;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a transform does to each reward model's value by itself. */
final class Each {

    private Each() {}

    interface OfModel {
        double of(String model, double value);
    }

    static Map<String, Double> of(Map<String, Double> values, OfModel function) {
        Map<String, Double> result = new LinkedHashMap<>();
        values.forEach((model, value) -> result.put(model, function.of(model, value)));
        return result;
    }

    static double require(Map<String, Double> values, String model, String what) {
        Double value = values.get(model);
        if (value == null) {
            throw new IllegalArgumentException(
                    "there is no " + what + " for '" + model + "', only for " + values.keySet());
        }
        return value;
    }
}
