package dev.tribunal.servicekit.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.servicekit.error.BusyException;
import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.TribunalException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkPoolTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final WorkPool pool = new WorkPool("sums", 1, 1);
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final CountDownLatch free = new CountDownLatch(1);

    @AfterEach
    void close() {
        free.countDown();
        pool.close();
    }

    @Test
    void workIsDoneOnAPlatformThreadAndItsResultOrExceptionComesBack() throws InterruptedException {
        AtomicReference<Object> result = new AtomicReference<>();
        Thread request = Thread.ofVirtual()
                .start(() -> result.set(pool.call(LONG, () -> {
                    assertThat(Thread.currentThread().isVirtual()).isFalse();
                    return 42;
                })));
        request.join();

        assertThat(result.get()).isEqualTo(42);
        assertThatThrownBy(() -> pool.call(LONG, () -> {
                    throw new IllegalArgumentException("not a number");
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a number");
    }

    @Test
    void aFullQueueRefusesAtOnceAndSaysWhenToComeAgain() throws InterruptedException {
        CompletableFuture<Void> running =
                CompletableFuture.runAsync(() -> pool.call(LONG, this::untilInterrupted), Thread::startVirtualThread);
        assertThat(started.await(60, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Integer> waiting =
                CompletableFuture.supplyAsync(() -> pool.call(LONG, () -> 2), Thread::startVirtualThread);
        while (pool.waiting() == 0) {
            Thread.onSpinWait();
        }

        assertThatThrownBy(() -> pool.call(LONG, () -> 3))
                .isInstanceOf(BusyException.class)
                .hasMessageContaining("Too many sums");
        free.countDown();
        assertThat(waiting.join()).isEqualTo(2);
        running.join();
    }

    @Test
    void workIsInterruptedWhenItsTimeIsUp() throws InterruptedException {
        assertThatThrownBy(() -> pool.call(Duration.ofMillis(200), this::untilInterrupted))
                .isInstanceOfSatisfying(
                        TribunalException.class, e -> assertThat(e.code()).isEqualTo(CommonError.WORK_TIMEOUT));
        assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void workIsInterruptedWhenItsCallerGivesUp() throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread request = Thread.ofVirtual().start(() -> {
            try {
                pool.call(LONG, this::untilInterrupted);
            } catch (RuntimeException e) {
                thrown.set(e);
            }
        });
        assertThat(started.await(60, TimeUnit.SECONDS)).isTrue();
        request.interrupt();
        request.join();

        assertThat(thrown.get()).isInstanceOf(CancellationException.class);
        assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.call(LONG, () -> "the thread is free again")).isNotEmpty();
    }

    /** As good work does: it stops when its thread is interrupted. */
    private Integer untilInterrupted() {
        started.countDown();
        try {
            free.await();
        } catch (InterruptedException e) {
            interrupted.countDown();
        }
        return 0;
    }
}
