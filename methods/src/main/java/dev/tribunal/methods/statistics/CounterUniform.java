package dev.tribunal.methods.statistics;

/**
 * Random numbers without a state: a number is a function of what it is for, so that it can be drawn again (SplitMix64,
 * Steele et al., OOPSLA 2014).
 */
public final class CounterUniform {

    private static final long GAMMA = 0x9e3779b97f4a7c15L;

    private CounterUniform() {}

    /** In [0, 1): the {@code counter}-th number of a key, from 0 on. */
    public static double of(long key, long counter) {
        long z = key + (counter + 1) * GAMMA;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        z ^= z >>> 31;
        return (z >>> 11) * 0x1.0p-53;
    }
}
