package dev.tribunal.judge.rules.code;

import java.time.Duration;
import java.util.Map;

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

    static Limits of(Map<String, Object> parameters) {
        return new Limits(
                Duration.ofMillis(Math.round(1000 * number(parameters, "timeoutSeconds", 5))),
                MEGABYTE * Math.round(number(parameters, "memoryMegabytes", 512)),
                (int) number(parameters, "processes", 64),
                MEGABYTE * Math.round(number(parameters, "scratchMegabytes", 64)));
    }

    private static double number(Map<String, Object> parameters, String name, double otherwise) {
        return parameters.get(name) instanceof Number given ? given.doubleValue() : otherwise;
    }
}
