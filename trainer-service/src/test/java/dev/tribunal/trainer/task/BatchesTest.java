package dev.tribunal.trainer.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BatchesTest {

    private final CountDownLatch open = new CountDownLatch(1);
    private final Semaphore started = new Semaphore(0);
    private final Queue<List<Integer>> sent = new ConcurrentLinkedQueue<>();
    private final Batches<Integer, Integer> batches = new Batches<>(items -> {
        sent.add(items);
        started.release();
        await(open);
        return items.stream().map(item -> 10 * item).toList();
    });

    @Test
    void whatTravelsTogetherIsDecidedByTheOrderOfHandingInAlone() {
        open.countDown(); // a service that is ready at once gets the same batches as a slow one
        List<CompletableFuture<List<Integer>>> results = IntStream.range(0, 15)
                .mapToObj(i -> batches.submit(items(5 * i, 5)))
                .toList();
        assertThat(results.get(14)).as("waits for company").isNotDone();
        batches.flush();

        for (int i = 0; i < 15; i++) {
            assertThat(results.get(i).join()).startsWith(50 * i).hasSize(5);
        }
        assertThat(sent).containsExactlyInAnyOrder(items(0, 20), items(20, 20), items(40, 20), items(60, 15));
    }

    @Test
    void nobodyWaitsToHandInAndFewRequestsAreOut() {
        for (int i = 0; i < 6; i++) {
            var _ = batches.submit(items(16 * i, 16));
        }
        started.acquireUninterruptibly(4);
        assertThat(started.tryAcquire()).as("four requests are out, no fifth").isFalse();
        open.countDown();
        started.acquireUninterruptibly(2);
    }

    @Test
    void aFailureReachesThoseWhoWereInTheBatchAndNobodyElse() {
        Batches<Integer, Integer> failing = new Batches<>(items -> {
            if (items.contains(13)) {
                throw new IllegalStateException("no");
            }
            return items;
        });
        CompletableFuture<List<Integer>> bad = failing.submit(items(0, 16));
        assertThatThrownBy(bad::join).isInstanceOf(CompletionException.class).hasRootCauseMessage("no");
        assertThat(failing.submit(items(16, 16)).join()).hasSize(16);
    }

    @Test
    void aBatchThatNobodyWaitsForIsNeverSent() {
        for (int i = 0; i < 4; i++) {
            var _ = batches.submit(items(16 * i, 16));
        }
        started.acquireUninterruptibly(4);
        CompletableFuture<List<Integer>> cancelled = batches.submit(items(100, 16));
        CompletableFuture<List<Integer>> kept = batches.submit(items(200, 16));
        cancelled.cancel(false);
        open.countDown();

        assertThat(kept.join()).startsWith(2000);
        assertThat(sent).contains(items(200, 16)).doesNotContain(items(100, 16));
    }

    private static List<Integer> items(int from, int count) {
        return IntStream.range(from, from + count).boxed().toList();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
