package dev.tribunal.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BatchesTest {

    @Test
    void aSlowServiceGetsFewAndLargeRequestsAndNobodyWaitsToHandIn() {
        CountDownLatch open = new CountDownLatch(1);
        Semaphore started = new Semaphore(0);
        List<Integer> sizes = new ArrayList<>();
        Batches<Integer, Integer> batches = new Batches<>(items -> {
            synchronized (sizes) {
                sizes.add(items.size());
            }
            started.release();
            await(open);
            return items.stream().map(item -> 10 * item).toList();
        });

        List<CompletableFuture<List<Integer>>> first = IntStream.range(0, 4)
                .mapToObj(i -> {
                    CompletableFuture<List<Integer>> submitted = batches.submit(List.of(i));
                    started.acquireUninterruptibly();
                    return submitted;
                })
                .toList();
        List<CompletableFuture<List<Integer>>> later = IntStream.range(0, 20)
                .mapToObj(i -> batches.submit(List.of(100 + 2 * i, 101 + 2 * i)))
                .toList();
        assertThat(started.tryAcquire()).as("four requests are out, no fifth").isFalse();
        open.countDown();

        assertThat(first.get(3).join()).containsExactly(30);
        for (int i = 0; i < 20; i++) {
            assertThat(later.get(i).join()).containsExactly(1000 + 20 * i, 1010 + 20 * i);
        }
        assertThat(sizes).as("the twenty that waited went out in two").containsExactlyInAnyOrder(1, 1, 1, 1, 32, 8);
    }

    @Test
    void aFailureReachesThoseWhoWereInTheBatchAndNobodyElse() {
        Batches<Integer, Integer> batches = new Batches<>(items -> {
            if (items.contains(13)) {
                throw new IllegalStateException("no");
            }
            return items;
        });
        CompletableFuture<List<Integer>> bad = batches.submit(List.of(13));
        assertThatThrownBy(bad::join).isInstanceOf(CompletionException.class).hasRootCauseMessage("no");
        assertThat(batches.submit(List.of(1, 2)).join()).containsExactly(1, 2);
    }

    @Test
    void whatIsCancelledBeforeItWasSentIsNeverSent() {
        CountDownLatch open = new CountDownLatch(1);
        Semaphore started = new Semaphore(0);
        Set<Integer> sent = ConcurrentHashMap.newKeySet();
        Batches<Integer, Integer> batches = new Batches<>(items -> {
            sent.addAll(items);
            started.release();
            await(open);
            return items;
        });
        for (int i = 0; i < 4; i++) {
            batches.submit(List.of(i));
            started.acquireUninterruptibly();
        }
        CompletableFuture<List<Integer>> cancelled = batches.submit(List.of(13));
        CompletableFuture<List<Integer>> kept = batches.submit(List.of(14));
        cancelled.cancel(false);
        open.countDown();

        assertThat(kept.join()).containsExactly(14);
        assertThat(sent).contains(14).doesNotContain(13);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
