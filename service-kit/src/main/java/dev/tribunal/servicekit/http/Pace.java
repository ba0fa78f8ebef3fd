package dev.tribunal.servicekit.http;

import java.time.Duration;

/**
 * Tells a client that is slow from one that holds a connection: after a grace it has to move 16 KiB a second on
 * average.
 */
public final class Pace {

    private static final long BYTES_A_SECOND = 16 * 1024;

    private final long graceNanos;
    private long waited;
    private long moved;

    public Pace(Duration grace) {
        this.graceNanos = grace.toNanos();
    }

    /**
     * @param nanos how long the client was waited for
     * @param bytes what it sent or took in this time
     * @return whether it is too slow by now
     */
    public boolean tooSlow(long nanos, long bytes) {
        waited += nanos;
        moved += bytes;
        return waited > graceNanos + moved / BYTES_A_SECOND * 1_000_000_000L;
    }
}
