package dev.tribunal.languagemodel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Counter-based random numbers: a number is a pure function of what it is for, so nothing has to be saved or
 * replayed to draw it again, and the order of drawing does not matter.
 *
 * <p>The mixing function is the finalizer of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
 * generators", OOPSLA 2014), applied once for each part of the key.
 */
public final class CounterRandom {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private CounterRandom() {}

    /** A key for what the parts name, for example (run seed, step, task, prompt, sample). */
    public static long key(long... parts) {
        long key = GOLDEN_GAMMA;
        for (long part : parts) {
            key = mix(key + mix(part + GOLDEN_GAMMA));
        }
        return key;
    }

    /** The {@code counter}-th number of a key's stream, uniform in (0, 1), never either end. */
    public static double uniform(long key, long counter) {
        long bits = mix(key + (counter + 1) * GOLDEN_GAMMA) >>> 11; // 53 bits, what a double holds
        return (bits + 0.5) * 0x1.0p-53;
    }

    /** A new list in a random order that depends on the key alone: Fisher and Yates's shuffle over the key's stream. */
    public static <T> List<T> shuffled(List<T> items, long key) {
        List<T> shuffled = new ArrayList<>(items);
        for (int i = shuffled.size() - 1; i > 0; i--) {
            Collections.swap(shuffled, i, (int) (uniform(key, i) * (i + 1)));
        }
        return shuffled;
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
