package dev.tribunal.languagemodel;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One of the models that a soup is made of.
 *
 * @param adapter merged into the checkpoint's weights first; null if there is none
 * @param weight finite; the weights of a soup add up to 1, and may be negative
 */
public record SoupPart(Path checkpoint, @Nullable Path adapter, double weight) {

    public SoupPart {
        if (!Double.isFinite(weight)) {
            throw new IllegalArgumentException(
                    "the weight of " + checkpoint + " is " + weight + ", but must be finite");
        }
    }

    public SoupPart(Path checkpoint, double weight) {
        this(checkpoint, null, weight);
    }
}
