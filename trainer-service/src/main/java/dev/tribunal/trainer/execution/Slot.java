package dev.tribunal.trainer.execution;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** One run's place among those that train at the same time; given up while the run is paused. Of one thread. */
final class Slot {

    private final Semaphore places;
    private boolean held = true;

    /** @param places one of which has just been taken for this run */
    Slot(Semaphore places) {
        this.places = places;
    }

    void release() {
        if (held) {
            held = false;
            places.release();
        }
    }

    /** @return whether the run has a place now */
    boolean acquire(Duration longest) throws InterruptedException {
        if (!held) {
            held = places.tryAcquire(longest.toMillis(), TimeUnit.MILLISECONDS);
        }
        return held;
    }
}
