package dev.tribunal.trainer.reward;

import org.jspecify.annotations.Nullable;

/**
 * What a reward model says of a completion.
 *
 * @param value raw score r(s, a), finite; absent exactly when there is an error
 * @param error why there is none
 */
public record Score(@Nullable Double value, @Nullable String error) {

    public Score {
        if ((value == null) == (error == null)) {
            throw new IllegalArgumentException("a score is either a value or an error");
        }
        if (value != null && !Double.isFinite(value)) {
            throw new IllegalArgumentException("a score must be finite, not " + value);
        }
    }

    public static Score of(double value) {
        return new Score(value, null);
    }

    public static Score failed(String error) {
        return new Score(null, error);
    }
}
