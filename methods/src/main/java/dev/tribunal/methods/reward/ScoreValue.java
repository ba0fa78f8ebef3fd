package dev.tribunal.methods.reward;

import dev.tribunal.input.Default;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.PositiveOrZero;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a reward model says of a completion.
 *
 * @param value the raw score, or what a transform made of it; finite
 * @param deviation its standard deviation, on the value's scale; absent of a reward model that does not know it
 * @param classes probability of each label; default none, as of a reward model that does not classify
 * @param heads what each of its heads says; default none, as of a reward model with one head
 */
public record ScoreValue(
        @Min(-1_000_000_000) @Max(1_000_000_000) double value,
        @PositiveOrZero @Max(1_000_000_000) @Nullable Double deviation,
        @Default("{}") Map<String, Double> classes,

        @Default("[]") List<HeadScore> heads) {

    public ScoreValue {
        requireFinite(value, deviation, classes);
        classes = Collections.unmodifiableMap(new LinkedHashMap<>(classes)); // in the order of the labels
        heads = heads == null ? List.of() : List.copyOf(heads); // rows from before there were heads have none
    }

    /** Of a reward model without several heads. */
    public ScoreValue(double value, @Nullable Double deviation, Map<String, Double> classes) {
        this(value, deviation, classes, List.of());
    }

    static void requireFinite(double value, @Nullable Double deviation, Map<String, Double> classes) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("a score must be finite, not " + value);
        }
        if (deviation != null && !(deviation >= 0 && Double.isFinite(deviation))) {
            throw new IllegalArgumentException("a deviation must be finite and at least 0, not " + deviation);
        }
        classes.forEach((label, probability) -> {
            if (!(probability >= 0 && probability <= 1)) {
                throw new IllegalArgumentException(
                        "the probability of class '" + label + "' must be from 0 to 1, not " + probability);
            }
        });
    }

    public static ScoreValue of(double value) {
        return new ScoreValue(value, null, Map.of());
    }

    /** After a linear transform of the value, its heads' too; classes are of raw scores. */
    ScoreValue scaled(double newValue, double factor) {
        double shift = newValue - factor * value;
        return new ScoreValue(
                newValue,
                deviation == null ? null : deviation * factor,
                Map.of(),
                heads.stream().map(head -> head.scaled(factor, shift)).toList());
    }
}
