package dev.tribunal.trainer.store;

import java.time.Duration;

/** Is sent when a run has changed, for all that wait for news in this process. News from elsewhere is polled for. */
public final class Signal {

    private long sent;

    /** To be asked before looking at what changed, so that nothing falls between the look and the wait. */
    public synchronized long sent() {
        return sent;
    }

    public synchronized void send() {
        sent++;
        notifyAll();
    }

    /** Waits for one that is sent after {@code seen}, but no longer than {@code longest}. */
    public synchronized void await(long seen, Duration longest) throws InterruptedException {
        long end = System.nanoTime() + longest.toNanos();
        for (long left = longest.toMillis(); sent == seen && left > 0; left = (end - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
    }
}
