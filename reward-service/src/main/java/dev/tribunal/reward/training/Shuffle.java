package dev.tribunal.reward.training;

import dev.tribunal.languagemodel.CounterRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A random order that depends on its key alone. */
final class Shuffle {

    private Shuffle() {}

    /** Fisher and Yates's shuffle, drawing from {@link CounterRandom}. */
    static <T> List<T> of(List<T> items, long key) {
        List<T> shuffled = new ArrayList<>(items);
        for (int i = shuffled.size() - 1; i > 0; i--) {
            Collections.swap(shuffled, i, (int) (CounterRandom.uniform(key, i) * (i + 1)));
        }
        return shuffled;
    }
}
