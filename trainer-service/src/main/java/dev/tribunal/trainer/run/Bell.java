package dev.tribunal.trainer.run;

import java.time.Duration;

/** Rings when a run has changed, for whoever waits for news in this process. News from elsewhere is polled for. */
final class Bell {

    private long rings;

    /** To be asked before looking at what changed, so that nothing falls between the look and the wait. */
    synchronized long rings() {
        return rings;
    }

    synchronized void ring() {
        rings++;
        notifyAll();
    }

    /** Waits for a ring after {@code heard}, but no longer than {@code longest}. */
    synchronized void await(long heard, Duration longest) throws InterruptedException {
        long end = System.nanoTime() + longest.toNanos();
        for (long left = longest.toMillis(); rings == heard && left > 0; left = (end - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
    }
}
