package dev.tribunal.judge.rules.code;

import java.time.Duration;

/**
 * What one program may use.
 *
 * @param time from its first instruction to its end, by the clock on the wall
 * @param memory bytes, of all its processes together
 * @param processes processes and threads at the same time
 * @param scratch bytes below /tmp, and in any one file
 */
record Limits(Duration time, long memory, int processes, long scratch) {

    static final long MEGABYTE = 1 << 20;
    static final long LEAST_MEMORY = 64 * MEGABYTE;
}
