package dev.tribunal.methods.loss;

import java.util.Map;

/** What has numbers that the next step depends on, and that a checkpoint has to hold. Most have none. */
public interface Stateful {

    /** All of it, by name. */
    default Map<String, Double> state() {
        return Map.of();
    }

    /** Goes on from what {@link #state()} gave, by whatever instance. */
    default void restore(Map<String, Double> state) {
        if (!state.isEmpty()) {
            throw new IllegalArgumentException(
                    getClass().getSimpleName() + " has no state, but is to restore " + state.keySet());
        }
    }
}
