package dev.tribunal.servicekit.protocols;

import org.jspecify.annotations.Nullable;

/** What a server said of one item. */
public sealed interface Score {

    /**
     * @param value finite, on the server's own scale
     * @param said what there is to read beside the number; default nothing
     */
    record Given(double value, @Nullable String said) implements Score {

        public Given {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("a score must be finite, not " + value);
            }
        }

        public Given(double value) {
            this(value, null);
        }
    }

    /**
     * No score, and never a guess at one.
     *
     * @param code snake case, for counting
     */
    record Missing(String code, String detail) implements Score {}
}
