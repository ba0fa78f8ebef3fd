package dev.tribunal.embedded;

import dev.tribunal.languagemodel.CounterRandom;
import java.util.ArrayList;
import java.util.List;

/** A stream of random choices that its key determines. */
final class Draws {

    private final long key;
    private long counter;

    Draws(long... key) {
        this.key = CounterRandom.key(key);
    }

    double uniform() {
        return CounterRandom.uniform(key, counter++);
    }

    boolean chance(double probability) {
        return uniform() < probability;
    }

    /** Uniform in {@code [from, to]}, both ends included. */
    int between(int from, int to) {
        return from + (int) (uniform() * (to - from + 1));
    }

    <T> T oneOf(List<T> choices) {
        return choices.get(between(0, choices.size() - 1));
    }

    @SafeVarargs
    final <T> T oneOf(T... choices) {
        return choices[between(0, choices.length - 1)];
    }

    // Not CounterRandom.shuffled, which draws otherwise: the committed checkpoints and data are what these draws made.
    /** A shuffled copy (Fisher and Yates). */
    <T> List<T> shuffled(List<T> items) {
        var copy = new ArrayList<>(items);
        for (int last = copy.size() - 1; last > 0; last--) {
            int other = between(0, last);
            T moved = copy.get(last);
            copy.set(last, copy.get(other));
            copy.set(other, moved);
        }
        return copy;
    }
}
