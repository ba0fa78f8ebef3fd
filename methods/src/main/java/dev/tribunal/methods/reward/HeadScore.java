package dev.tribunal.methods.reward;

import dev.tribunal.input.Default;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.PositiveOrZero;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one head of a reward model says of a completion.
 *
 * @param name among the heads of its reward model
 * @param mean the head's score; of a head that classifies the expected index of the class, from 0
 * @param deviation the standard deviation of the score; absent of a head that does not know it
 * @param classes probability of each class; default none, as of a head that does not classify
 * @param standardised the same less their means and divided by their standard deviations, which are stored with the reward
 *     model; default none, as of a reward model that has none stored
 */
public record HeadScore(
        String name,
        @Min(-1_000_000_000) @Max(1_000_000_000) double mean,
        @PositiveOrZero @Max(1_000_000_000) @Nullable Double deviation,
        @Default("{}") Map<String, Double> classes,
        @Default("{}") Map<String, Double> standardised) {

    public HeadScore {
        ScoreValue.requireFinite(mean, deviation, classes);
        standardised.forEach((label, value) -> {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException(
                        "the standardised probability of class '" + label + "' must be finite, not " + value);
            }
        });
        classes = Collections.unmodifiableMap(new LinkedHashMap<>(classes)); // in the order of the classes
        standardised = Collections.unmodifiableMap(new LinkedHashMap<>(standardised));
    }

    /** Of a head that does not classify. */
    public HeadScore(String name, double mean, @Nullable Double deviation) {
        this(name, mean, deviation, Map.of(), Map.of());
    }

    /** After {@code factor * value + shift}; classes are of raw scores. */
    HeadScore scaled(double factor, double shift) {
        return new HeadScore(name, factor * mean + shift, deviation == null ? null : deviation * Math.abs(factor));
    }
}
