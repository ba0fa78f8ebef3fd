package dev.tribunal.trainer.task;

import dev.tribunal.servicekit.trace.Span;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Sends items to a service in batches, a bounded number at a time, on virtual threads. Whoever hands items in never
 * waits.
 *
 * <p>Which items travel together depends on the order in which they are handed in and on nothing else, least of all on
 * how fast the service is: a model behind it rounds differently in another batch, and a run must be reproducible.
 */
final class Batches<I, R> {

    /** A batch that has as many is closed. */
    private static final int ENOUGH_ITEMS = 16;

    private static final int MOST_IN_FLIGHT = 4;

    private final Function<List<I>, List<R>> service;
    private final Queue<List<Waiting<I, R>>> closed = new ArrayDeque<>();
    private final IdentityHashMap<List<Waiting<I, R>>, Thread> asked = new IdentityHashMap<>();
    private List<Waiting<I, R>> open = new ArrayList<>();
    private int inFlight;

    /** @param service blocks; answers with one result an item, in order */
    Batches(Function<List<I>, List<R>> service) {
        this.service = service;
    }

    /** @param trace of the step that handed them in */
    private record Waiting<I, R>(List<I> items, CompletableFuture<List<R>> results, Span trace) {}

    /** @return one result an item, in order, once the batch is full or flushed; fails as the service fails */
    synchronized CompletableFuture<List<R>> submit(List<I> items) {
        Waiting<I, R> waiting = new Waiting<>(List.copyOf(items), new CompletableFuture<>(), Span.current());
        var _ = waiting.results().whenComplete((results, failure) -> {
            if (failure instanceof CancellationException) {
                breakOff();
            }
        });
        open.add(waiting);
        if (open.stream().mapToInt(each -> each.items().size()).sum() >= ENOUGH_ITEMS) {
            flush();
        }
        return waiting.results();
    }

    /** A service that does not answer must not keep its place after nobody waits for it any more. */
    private synchronized void breakOff() {
        asked.forEach((batch, thread) -> {
            if (isForgotten(batch)) {
                thread.interrupt();
            }
        });
    }

    private static <I, R> boolean isForgotten(List<Waiting<I, R>> batch) {
        return batch.stream().allMatch(waiting -> waiting.results().isDone());
    }

    /** Nothing more is coming for now: what is waiting for company goes without. */
    synchronized void flush() {
        if (open.isEmpty()) {
            return;
        }
        closed.add(open);
        open = new ArrayList<>();
        if (inFlight < MOST_IN_FLIGHT) {
            inFlight++;
            Thread.ofVirtual().name("batch").start(this::sendAll);
        }
    }

    private void sendAll() {
        for (List<Waiting<I, R>> batch = next(); !batch.isEmpty(); batch = next()) {
            send(batch);
            answered(batch);
        }
    }

    private synchronized void answered(List<Waiting<I, R>> batch) {
        asked.remove(batch);
        Thread.interrupted(); // it was meant for that batch
    }

    private void send(List<Waiting<I, R>> batch) {
        try {
            List<I> items =
                    batch.stream().flatMap(waiting -> waiting.items().stream()).toList();
            List<R> results = batch.getFirst().trace().run(() -> service.apply(items));
            int from = 0;
            for (Waiting<I, R> waiting : batch) {
                int to = from + waiting.items().size();
                waiting.results().complete(List.copyOf(results.subList(from, to)));
                from = to;
            }
        } catch (Throwable e) { // whatever it is: another thread waits for these results
            batch.forEach(waiting -> waiting.results().completeExceptionally(e));
        }
    }

    /** The next batch; empty if there is none, and then the sender is gone. */
    private synchronized List<Waiting<I, R>> next() {
        closed.removeIf(Batches::isForgotten);
        List<Waiting<I, R>> batch = closed.poll();
        if (batch == null) {
            inFlight--;
            return List.of();
        }
        asked.put(batch, Thread.currentThread());
        return batch;
    }
}
