package dev.tribunal.trainer.training;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Sends items to a service in batches, a bounded number at a time, on virtual threads. Whoever hands items in never
 * waits: what comes in while all requests are out goes along with the next.
 */
final class Batches<I, R> {

    private static final int MOST_ITEMS = 32;
    private static final int MOST_IN_FLIGHT = 4;

    private final Function<List<I>, List<R>> service;
    private final Queue<Waiting<I, R>> queue = new ArrayDeque<>();
    private int inFlight;

    /** @param service blocks; answers with one result an item, in order */
    Batches(Function<List<I>, List<R>> service) {
        this.service = service;
    }

    private record Waiting<I, R>(List<I> items, CompletableFuture<List<R>> results) {}

    /** @return one result an item, in order; fails as the service fails */
    synchronized CompletableFuture<List<R>> submit(List<I> items) {
        Waiting<I, R> waiting = new Waiting<>(List.copyOf(items), new CompletableFuture<>());
        queue.add(waiting);
        if (inFlight < MOST_IN_FLIGHT) {
            inFlight++;
            Thread.ofVirtual().name("batch").start(this::sendAll);
        }
        return waiting.results();
    }

    private void sendAll() {
        for (List<Waiting<I, R>> batch = next(); !batch.isEmpty(); batch = next()) {
            send(batch);
        }
    }

    private void send(List<Waiting<I, R>> batch) {
        try {
            List<R> results = service.apply(
                    batch.stream().flatMap(waiting -> waiting.items().stream()).toList());
            int from = 0;
            for (Waiting<I, R> waiting : batch) {
                int to = from + waiting.items().size();
                waiting.results().complete(List.copyOf(results.subList(from, to)));
                from = to;
            }
        } catch (Throwable e) { // whatever it is: somebody waits for these results
            batch.forEach(waiting -> waiting.results().completeExceptionally(e));
        }
    }

    private synchronized List<Waiting<I, R>> next() {
        queue.removeIf(waiting -> waiting.results().isDone()); // cancelled: nobody waits for it any more
        List<Waiting<I, R>> batch = new ArrayList<>();
        int items = 0;
        while (!queue.isEmpty() && (batch.isEmpty() || items + queue.peek().items().size() <= MOST_ITEMS)) {
            items += queue.peek().items().size();
            batch.add(queue.remove());
        }
        if (batch.isEmpty()) {
            inFlight--;
        }
        return batch;
    }
}
