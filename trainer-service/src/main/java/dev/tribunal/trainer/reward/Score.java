package dev.tribunal.trainer.reward;

import dev.tribunal.methods.reward.ScoreValue;
import org.jspecify.annotations.Nullable;

/**
 * What one reward model says of a completion.
 *
 * @param value raw score r(s, a); absent exactly when there is an error
 * @param error why there is none
 */
public record Score(@Nullable ScoreValue value, @Nullable String error) {

    public Score {
        if ((value == null) == (error == null)) {
            throw new IllegalArgumentException("a score is either a value or an error");
        }
    }

    public static Score of(ScoreValue value) {
        return new Score(value, null);
    }

    public static Score of(double value) {
        return of(ScoreValue.of(value));
    }

    public static Score failed(String error) {
        return new Score(null, error);
    }
}
