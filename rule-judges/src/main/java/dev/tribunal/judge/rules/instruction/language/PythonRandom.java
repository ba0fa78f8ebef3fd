package dev.tribunal.judge.rules.instruction.language;

/**
 * Python's {@code random.Random(0)}: the same draws. A Mersenne twister (Matsumoto and Nishimura, Mersenne Twister: A
 * 623-Dimensionally Equidistributed Uniform Pseudo-Random Number Generator, 1998; MT19937), seeded by an array.
 */
final class PythonRandom {

    private static final int SIZE = 624;
    private static final int SHIFT = 397;
    private static final int[] SEEDED_WITH_ZERO = seededWithZero();

    private final int[] state = SEEDED_WITH_ZERO.clone();
    private int at = SIZE;
    private double nextGaussian = Double.NaN;

    private static int[] seededWithZero() {
        int[] state = new int[SIZE];
        state[0] = 19650218;
        for (int i = 1; i < SIZE; i++) {
            state[i] = 1812433253 * (state[i - 1] ^ state[i - 1] >>> 30) + i;
        }
        int i = 1;
        for (int k = 0; k < SIZE; k++) {
            state[i] = (state[i] ^ (state[i - 1] ^ state[i - 1] >>> 30) * 1664525);
            i = next(state, i);
        }
        for (int k = 0; k < SIZE - 1; k++) {
            state[i] = (state[i] ^ (state[i - 1] ^ state[i - 1] >>> 30) * 1566083941) - i;
            i = next(state, i);
        }
        state[0] = Integer.MIN_VALUE;
        return state;
    }

    private static int next(int[] state, int i) {
        if (i + 1 < SIZE) {
            return i + 1;
        }
        state[0] = state[SIZE - 1];
        return 1;
    }

    private int bits32() {
        if (at == SIZE) {
            twist();
            at = 0;
        }
        int y = state[at++];
        y ^= y >>> 11;
        y ^= y << 7 & 0x9d2c5680;
        y ^= y << 15 & 0xefc60000;
        return y ^ y >>> 18;
    }

    private void twist() {
        for (int i = 0; i < SIZE; i++) {
            int y = state[i] & 0x80000000 | state[(i + 1) % SIZE] & 0x7fffffff;
            state[i] = state[(i + SHIFT) % SIZE] ^ y >>> 1 ^ ((y & 1) == 0 ? 0 : 0x9908b0df);
        }
    }

    /** {@code random()} */
    private double unit() {
        int high = bits32() >>> 5;
        int low = bits32() >>> 6;
        return (high * 67108864.0 + low) / 9007199254740992.0;
    }

    /** {@code randrange(n)} */
    int below(int n) {
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(n);
        int drawn = bits32() >>> Integer.SIZE - bits;
        while (drawn >= n) {
            drawn = bits32() >>> Integer.SIZE - bits;
        }
        return drawn;
    }

    /** {@code gauss(0, 1)} */
    double gaussian() {
        if (!Double.isNaN(nextGaussian)) {
            double gaussian = nextGaussian;
            nextGaussian = Double.NaN;
            return gaussian;
        }
        double angle = unit() * 2 * Math.PI;
        double radius = Math.sqrt(-2 * Math.log(1 - unit()));
        nextGaussian = Math.sin(angle) * radius;
        return Math.cos(angle) * radius;
    }
}
