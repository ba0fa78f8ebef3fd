package dev.tribunal.trainer;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;

/** Ids that sort by the time they were made: a prefix, microseconds, and random letters. */
public final class Ids {

    private static final String LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"; // Crockford's, which no one misreads
    private static final int TIME_LETTERS = 11;
    private static final int RANDOM_LETTERS = 9;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final AtomicLong LAST = new AtomicLong();

    private Ids() {}

    /** @param prefix for example {@code run} */
    public static String next(String prefix) {
        long now = Clock.systemUTC().millis() * 1000;
        long time = LAST.accumulateAndGet(now, (last, current) -> Math.max(last + 1, current));
        return prefix + "_" + letters(time, TIME_LETTERS) + letters(RANDOM.nextLong(), RANDOM_LETTERS);
    }

    private static String letters(long bits, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = count - 1; i >= 0; i--) {
            text.append(LETTERS.charAt((int) (bits >>> (5 * i)) & 31));
        }
        return text.toString();
    }
}
