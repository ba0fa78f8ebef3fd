package dev.tribunal.methods.reward;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/** What a transform does to each reward model's value by itself. */
final class Each {

    private Each() {}

    interface OfModel {
        ScoreValue of(String model, ScoreValue value);
    }

    static Map<String, ScoreValue> of(Map<String, ScoreValue> values, OfModel function) {
        Map<String, ScoreValue> result = new LinkedHashMap<>();
        values.forEach((model, value) -> result.put(model, function.of(model, value)));
        return result;
    }

    static <T> T require(Map<String, T> values, String model, String what) {
        T value = values.get(model);
        if (value == null) {
            throw new IllegalArgumentException(
                    "there is no " + what + " for '" + model + "', only for " + new TreeSet<>(values.keySet()));
        }
        return value;
    }
}
