package dev.tribunal.languagemodel.decoder;

import java.time.Duration;

/**
 * Keeps models running while the process ends. Without one, a model refuses work as soon as the process is asked to end;
 * with one, whoever trains a model has the time to write down what it has learnt.
 */
public final class ExitHold implements AutoCloseable {

    private static final Object HELD = new Object();
    private static int count;

    private boolean open = true;

    private ExitHold() {}

    /** To be closed soon after the process has been asked to end. */
    public static ExitHold take() {
        synchronized (HELD) {
            count++;
            return new ExitHold();
        }
    }

    /** Waits until nobody holds on any more, but no longer than {@code longest}. */
    public static void awaitNone(Duration longest) throws InterruptedException {
        long end = System.nanoTime() + longest.toNanos();
        synchronized (HELD) {
            for (long left = longest.toMillis(); count > 0 && left > 0; left = (end - System.nanoTime()) / 1_000_000) {
                HELD.wait(left);
            }
        }
    }

    @Override
    public void close() {
        synchronized (HELD) {
            if (open) {
                open = false;
                count--;
                HELD.notifyAll();
            }
        }
    }
}
