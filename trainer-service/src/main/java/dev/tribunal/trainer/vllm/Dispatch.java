package dev.tribunal.trainer.vllm;

import dev.tribunal.languagemodel.sampling.SampledCompletion;
import dev.tribunal.languagemodel.sampling.SamplingListener;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import dev.tribunal.servicekit.outbound.CallFailure;
import dev.tribunal.servicekit.trace.Span;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.RunJournal.Waiting;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.vllm.AdapterHost.LeftOut;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one call and the servers that do them. A server takes the next request when it has room, so a slow one gets
 * fewer. What one fails to do goes back to the front, and what one takes far too long for is asked of another one, too: the
 * first answer counts.
 */
final class Dispatch implements AutoCloseable {

    /** Requests of one server at a time; it batches them itself. */
    private static final int AT_ONCE = 64;

    /** An answer that takes no longer is never asked for a second time. */
    private static final Duration SLOW = Duration.ofSeconds(5);

    /** A request is slow that takes so many times as long as the longest that was ever done. */
    private static final int SLOWER = 3;

    /** And where none was, so many of a server's timeout. */
    private static final int OF_TIMEOUT = 4;

    private static final Duration LOOK = Duration.ofMillis(100);

    /** What is away for no longer is not spoken of. */
    private static final Duration BLIP = Duration.ofSeconds(1);

    private static final String SERVERS = "the vLLM servers";

    /** As in {@code RunResource.Wait}. */
    private static final String KIND = "sampler";

    private final List<AdapterHost> hosts;
    private final PublishedWeights weights;
    private final List<Ask> asks;
    private final SamplingOptions options;
    private final int[] endIds;
    private final AtomicLong longest;
    private final RunJournal journal;

    private final Deque<Ask> open = new ArrayDeque<>();
    private final IdentityHashMap<Ask, Flight> flights = new IdentityHashMap<>();
    private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    private final Map<AdapterHost, String> leftOut = new HashMap<>();
    /** Who tries a server that did not answer. */
    private final Map<AdapterHost, Thread> trying = new HashMap<>();

    private final Map<AdapterHost, Waiting> waits = new HashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private final long start = System.nanoTime();
    private boolean over;

    /**
     * @param endIds tokens that end a text
     * @param longest nanoseconds of the longest answer so far, in earlier calls too; 0 if there is none
     */
    Dispatch(
            List<AdapterHost> hosts,
            PublishedWeights weights,
            List<SamplingRequest> requests,
            SamplingOptions options,
            int[] endIds,
            AtomicLong longest,
            RunJournal journal) {
        this.hosts = hosts;
        this.weights = weights;
        this.options = options;
        this.endIds = endIds;
        this.longest = longest;
        this.journal = journal;
        this.asks = asks(requests, options);
        this.open.addAll(asks);
    }

    /** What one request to a server is about: samples of a prompt that may become equally long. */
    private record Ask(int prompt, int[] tokens, int[] samples, long key, int maxTokens) {}

    private record Flight(AdapterHost host, long since, boolean twice) {}

    /** Of a request that is done, or why none can be. */
    private record Outcome(
            Ask ask,
            List<SampledCompletion> completions,
            @Nullable RuntimeException failure) {}

    private static List<Ask> asks(List<SamplingRequest> requests, SamplingOptions options) {
        List<Ask> asks = new ArrayList<>();
        for (int p = 0; p < requests.size(); p++) {
            SamplingRequest request = requests.get(p);
            Map<Integer, List<Integer>> byLength = IntStream.range(0, request.randomKeys().length)
                    .boxed()
                    .collect(Collectors.groupingBy(
                            sample -> request.maxNewTokens(sample, options), TreeMap::new, Collectors.toList()));
            int prompt = p;
            byLength.forEach((length, samples) -> asks.add(new Ask(
                    prompt,
                    request.prompt(),
                    samples.stream().mapToInt(sample -> sample).toArray(),
                    request.randomKeys()[samples.getFirst()],
                    length)));
        }
        return asks;
    }

    void run(SamplingListener listener, Runnable stopIfAsked) {
        try (Waiting _ =
                journal.waiting(KIND, SERVERS, "have not sampled the completions of " + asks.size() + " prompts yet")) {
            sample(listener, stopIfAsked);
        }
    }

    private void sample(SamplingListener listener, Runnable stopIfAsked) {
        Span trace = Span.current();
        for (AdapterHost host : hosts) {
            for (int i = 0; i < Math.min(AT_ONCE, asks.size()); i++) {
                threads.add(Thread.ofVirtual()
                        .name("vllm")
                        .start(() -> trace.run(() -> {
                            work(host);
                            return null;
                        })));
            }
        }
        for (int done = 0; done < asks.size(); ) {
            Outcome outcome = poll();
            stopIfAsked.run();
            if (outcome == null) {
                requireServers();
                continue;
            }
            if (outcome.failure() != null) {
                throw outcome.failure();
            }
            done++;
            journal.answered(SERVERS);
            hand(outcome, listener);
        }
    }

    private @Nullable Outcome poll() {
        try {
            return outcomes.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while servers sample", interrupted);
        }
    }

    private static void hand(Outcome outcome, SamplingListener listener) {
        Ask ask = outcome.ask();
        for (int i = 0; i < ask.samples().length; i++) {
            SampledCompletion one = outcome.completions().get(i);
            for (int id : one.ids()) {
                listener.drawn(ask.prompt(), ask.samples()[i], id);
            }
            listener.finished(new SampledCompletion(
                    ask.prompt(), ask.samples()[i], one.ids(), one.logProbs(), one.finishReason()));
        }
    }

    /** Says what is waited for; fails if there is nothing to wait for. */
    private void requireServers() {
        Map<AdapterHost, String> out;
        synchronized (this) {
            out = Map.copyOf(leftOut);
        }
        if (out.size() == hosts.size()) {
            throw new TrainingFailedException("no vLLM server can sample: " + told(out)
                    + ". Each has to serve policy.model itself, started with --enable-lora, --max-lora-rank of at least"
                    + " policy.lora.rank and VLLM_ALLOW_RUNTIME_LORA_UPDATING=1, and to see the folder of"
                    + " policy.sampler.adapters, under adaptersOnServers if its path is another one there");
        }
        List<AdapterHost> others =
                hosts.stream().filter(host -> !out.containsKey(host)).toList();
        if (others.stream().allMatch(host -> host.away() != null) && System.nanoTime() - start > BLIP.toNanos()) {
            journal.waitsFor(
                    SERVERS,
                    others.stream()
                            .map(host -> host.server().name() + ": " + host.away())
                            .collect(Collectors.joining("; ")));
        }
    }

    private static String told(Map<AdapterHost, String> out) {
        return out.entrySet().stream()
                .map(each -> each.getKey().server().name() + ": " + each.getValue())
                .sorted()
                .collect(Collectors.joining("; "));
    }

    /** One of a server's threads. */
    private void work(AdapterHost host) {
        try {
            while (awaitTurn(host)) {
                try {
                    goOn(host, host.ready(weights));
                } catch (CallFailure failure) {
                    tell(host, failure);
                } catch (LeftOut out) {
                    leaveOut(host, String.valueOf(out.getMessage()));
                    return;
                } finally {
                    turnIsOver(host);
                }
            }
        } catch (InterruptedException done) {
            Thread.currentThread().interrupt(); // nobody waits for it any more
        } catch (RuntimeException | Error unexpected) {
            outcomes.add(new Outcome(
                    asks.getFirst(),
                    List.of(),
                    unexpected instanceof RuntimeException told ? told : new IllegalStateException(unexpected)));
        }
    }

    /**
     * Waits until the server may be asked: one that did not answer is tried by one thread alone.
     *
     * @return false when all is over, or the server is left out
     */
    private synchronized boolean awaitTurn(AdapterHost host) throws InterruptedException {
        while (!over && !leftOut.containsKey(host)) {
            if (host.away() == null
                    || (host.mayBeAsked() && trying.putIfAbsent(host, Thread.currentThread()) == null)) {
                return true;
            }
            wait(LOOK.toMillis());
        }
        return false;
    }

    private synchronized void turnIsOver(AdapterHost host) {
        trying.remove(host, Thread.currentThread());
    }

    /** Does one request, if there is one. */
    private void goOn(AdapterHost host, String adapter) throws InterruptedException {
        Ask ask = take(host);
        if (ask == null) {
            return;
        }
        try {
            List<SampledCompletion> completions = host.server()
                    .complete(adapter, ask.tokens(), ask.samples().length, ask.key(), ask.maxTokens(), options, endIds);
            host.answered();
            done(host, ask, completions);
        } catch (CallFailure failure) {
            back(host, ask);
            if (!isOver()) {
                failed(host, adapter, ask, failure);
            }
        }
    }

    private void failed(AdapterHost host, String adapter, Ask ask, CallFailure failure) {
        switch (failure.code()) {
            case "http_404" -> host.lost(adapter); // it was started anew and does not know the adapter
            case "http_400", "http_413", "http_422" ->
                outcomes.add(new Outcome(
                        ask,
                        List.of(),
                        new TrainingFailedException("the " + named(host) + " refuses to sample: " + failure.getMessage()
                                + "; start the servers with --max-model-len of at least the longest prompt and"
                                + " policy.maxNewTokens together")));
            default -> {
                host.failed(failure);
                tell(host, failure);
            }
        }
    }

    private static String named(AdapterHost host) {
        return "vLLM server " + host.server().name();
    }

    private synchronized void tell(AdapterHost host, CallFailure failure) {
        if (!over) {
            Waiting before = waits.put(
                    host,
                    journal.waiting(
                            KIND,
                            named(host),
                            "does not answer: " + failure.getMessage()
                                    + (hosts.size() > 1 ? "; meanwhile the others do its work" : "")));
            if (before != null) {
                before.close();
            }
        }
    }

    private synchronized void leaveOut(AdapterHost host, String why) {
        if (leftOut.put(host, why) == null && !over) {
            journal.warn(
                    "sampler_left_out",
                    "step " + (weights.version() + 1) + ": " + named(host) + " is left out, for " + why
                            + "; it is tried again with the next weights");
        }
    }

    private synchronized boolean isOver() {
        return over;
    }

    /** The next request for a server that may be asked; absent when all is over, or it may not any more. */
    private synchronized @Nullable Ask take(AdapterHost host) throws InterruptedException {
        while (!over && host.mayBeAsked()) {
            Ask next = open.poll();
            boolean twice = next == null;
            if (next == null) {
                next = lagging(host);
            }
            if (next != null) {
                flights.put(next, new Flight(host, System.nanoTime(), twice));
                return next;
            }
            wait(LOOK.toMillis());
        }
        return null;
    }

    /** What another server takes far too long for. */
    private @Nullable Ask lagging(AdapterHost host) {
        long known = longest.get();
        long limit =
                Math.max(SLOW.toNanos(), known == 0 ? host.server().timeout().toNanos() / OF_TIMEOUT : SLOWER * known);
        long now = System.nanoTime();
        return flights.entrySet().stream()
                .filter(each -> each.getValue().host() != host
                        && !each.getValue().twice()
                        && now - each.getValue().since() > limit)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    private synchronized void back(AdapterHost host, Ask ask) {
        Flight flight = flights.get(ask);
        if (flight != null && flight.host() == host) {
            flights.remove(ask);
            open.addFirst(ask);
            notifyAll();
        }
    }

    private synchronized void done(AdapterHost host, Ask ask, List<SampledCompletion> completions) {
        Flight flight = flights.remove(ask);
        boolean waiting = open.remove(ask);
        Waiting wait = waits.remove(host);
        if (wait != null) {
            wait.close();
        }
        if (flight == null && !waiting) {
            return; // another server was faster
        }
        if (flight != null && flight.host() == host) {
            longest.accumulateAndGet(System.nanoTime() - flight.since(), Math::max);
        }
        outcomes.add(new Outcome(ask, completions, null));
    }

    /** Breaks off what is still asked. */
    @Override
    public void close() {
        synchronized (this) {
            over = true;
            waits.values().forEach(Waiting::close);
            notifyAll();
        }
        threads.forEach(Thread::interrupt);
    }
}
