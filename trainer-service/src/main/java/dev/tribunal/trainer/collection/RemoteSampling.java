package dev.tribunal.trainer.collection;

import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.sampling.SamplingListener;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import dev.tribunal.trainer.generation.Completion;
import dev.tribunal.trainer.generation.GroupSampler;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import dev.tribunal.trainer.vllm.VllmSampler;
import dev.tribunal.trainer.vllm.VllmSampler.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/**
 * Rollouts from servers that have the policy's weights: those of a step, or of steps to come, which are sampled while the
 * weights are updated.
 *
 * <p>A batch that is ordered at step t for step t + k is sampled by the weights before step t. So it is at most {@code
 * staleness} steps old when it is learnt from. Only its tokens are there before its step: prompts are left behind, and reward
 * models and judges asked, when the step has come. A run that is resumed has no batch ahead of its checkpoint; it samples the
 * same prompts again, with newer weights.
 */
public final class RemoteSampling implements AutoCloseable {

    private final VllmSampler servers;
    private final double cap;
    private final int staleness;
    private final int last;
    private final ChatTokenizer tokenizer;
    private final SamplingOptions options;
    private final RunJournal journal;
    private final Map<Integer, Order> ordered = new HashMap<>();
    private final ExecutorService background = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("sampling ahead").factory());

    /**
     * @param cap the largest importance weight of a token
     * @param staleness how many steps' batches are ordered before their own step
     * @param last the stage's last step
     * @param tokenizer of the policy
     * @param options of training; an evaluation has its own
     */
    public RemoteSampling(
            VllmSampler servers,
            double cap,
            int staleness,
            int last,
            ChatTokenizer tokenizer,
            SamplingOptions options,
            RunJournal journal) {
        this.servers = servers;
        this.cap = cap;
        this.staleness = staleness;
        this.last = last;
        this.tokenizer = tokenizer;
        this.options = options;
        this.journal = journal;
    }

    /**
     * A batch.
     *
     * @param groups one a request
     * @param version committed steps of the policy that sampled
     * @param seconds that the servers took
     */
    record Sampled(List<List<Completion>> groups, int version, double seconds) {}

    private record Order(List<SamplingRequest> requests, CompletableFuture<Sampled> sampled) {

        boolean isOf(List<SamplingRequest> wanted) {
            return requests.size() == wanted.size()
                    && IntStream.range(0, wanted.size()).allMatch(i -> same(requests.get(i), wanted.get(i)));
        }

        private static boolean same(SamplingRequest one, SamplingRequest other) {
            return Arrays.equals(one.prompt(), other.prompt())
                    && Arrays.equals(one.randomKeys(), other.randomKeys())
                    && Arrays.equals(one.lengths(), other.lengths());
        }
    }

    double cap() {
        return cap;
    }

    /** The last step whose batch is ordered at a step. */
    int orderedUntil(int step) {
        return Math.min(step + staleness, last);
    }

    boolean isAhead() {
        return staleness > 0;
    }

    /** Samples now. */
    void sample(int version, List<SamplingRequest> requests, SamplingOptions wanted, SamplingListener listener) {
        servers.sample(servers.publish(version), requests, wanted, listener, journal::stopIfAsked);
    }

    /** Has a step's batch sampled in the background, unless that very batch was ordered before. */
    void order(int step, int version, List<SamplingRequest> requests) {
        Order known = ordered.get(step);
        if (requests.isEmpty() || (known != null && known.isOf(requests))) {
            return;
        }
        if (known != null) { // other prompts than were foreseen
            known.sampled().cancel(false);
        }
        Weights weights = servers.publish(version);
        ordered.put(
                step, new Order(requests, CompletableFuture.supplyAsync(() -> sampled(weights, requests), background)));
    }

    private Sampled sampled(Weights weights, List<SamplingRequest> requests) {
        long start = System.nanoTime();
        List<List<Completion>> groups = new ArrayList<>();
        requests.forEach(request -> groups.add(List.of()));
        new GroupSampler(
                        (each, wanted, listener) ->
                                servers.sample(weights, each, wanted, listener, journal::stopIfAsked),
                        tokenizer,
                        options)
                .sample(requests, groups::set, () -> {});
        return new Sampled(groups, weights.version(), (System.nanoTime() - start) / 1e9);
    }

    /** Waits for a batch that was ordered. One whose sampling failed is ordered anew when its step begins again. */
    Sampled await(int step) {
        CompletableFuture<Sampled> order =
                Objects.requireNonNull(ordered.get(step), "it was ordered").sampled();
        try {
            return AskedGroup.answer(order, journal);
        } finally {
            if (order.isDone()) {
                ordered.remove(step);
            }
        }
    }

    List<Metric> metrics() {
        return servers.metrics();
    }

    @Override
    public void close() {
        background.shutdownNow();
        servers.close();
    }
}
