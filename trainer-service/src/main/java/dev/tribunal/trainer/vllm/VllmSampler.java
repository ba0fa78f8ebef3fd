package dev.tribunal.trainer.vllm;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.spec.Sampler;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.sampling.SamplingListener;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Samples a policy's rollouts on vLLM servers. Each request is done by one of them; which one makes no difference to its
 * seed, so that those that answer do what the others do not.
 */
public final class VllmSampler implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(VllmSampler.class);

    /** Enough to tell weights apart, and no work for a server. */
    private static final int MOST_TOKENS = 256;

    private static final Duration GOODBYE = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofMillis(250);

    private final LanguageModel policy;
    private final List<AdapterHost> hosts;
    private final List<int[]> fixed;
    private final Path folder;
    private final String prefix;
    private final int staleness;

    /** Nanoseconds that an answer has taken at most. */
    private final AtomicLong longest = new AtomicLong();

    private final RunJournal journal;
    private final ReentrantLock sampling = new ReentrantLock();
    private final List<PublishedWeights> published = new ArrayList<>();

    /**
     * @param policy whose adapter the servers get
     * @param folder that the servers share
     * @param runId in the names of adapters
     * @param stage its index, in them too: a stage ends with the number of steps that the next one begins with
     * @param staleness how many versions older than the latest weights may be wanted still
     * @param prompts of the run, token ids, of which some are scored on every server
     */
    public VllmSampler(
            Sampler.Vllm settings,
            SamplerServers servers,
            LanguageModel policy,
            Path folder,
            String runId,
            int stage,
            int staleness,
            List<int[]> prompts,
            RunJournal journal) {
        this.policy = policy;
        this.folder = folder;
        this.staleness = staleness;
        this.journal = journal;
        this.fixed = prompts.stream()
                .filter(tokens -> tokens.length > 1)
                .limit(settings.fingerprint().prompts())
                .map(tokens -> tokens.length <= MOST_TOKENS ? tokens : Arrays.copyOf(tokens, MOST_TOKENS))
                .toList();
        String ofRun = "tribunal-" + runId + "-";
        this.prefix = ofRun + journal.attempt() + "." + stage + "-";
        String onServers = Objects.requireNonNullElse(settings.adaptersOnServers(), folder.toString())
                .replaceAll("/+$", "");
        this.hosts = settings.urls().stream()
                .map(url -> new AdapterHost(
                        new VllmServer(
                                servers.endpoint(url, settings.secretRef()),
                                Duration.ofSeconds(settings.timeoutSeconds())),
                        fixed,
                        ofRun,
                        onServers,
                        settings.fingerprint().tolerance()))
                .toList();
        delete(ofRun); // of an attempt that was killed
    }

    /**
     * Writes the policy's adapter for the servers, once a version. To be called while the policy does not change.
     *
     * @param version committed steps
     */
    public Weights publish(int version) {
        PublishedWeights latest = published.isEmpty() ? null : published.getLast();
        if (latest != null && latest.version() == version) {
            return new Weights(latest);
        }
        PublishedWeights weights = PublishedWeights.write(policy, version, folder.resolve(prefix + version), fixed);
        published.add(weights);
        for (Iterator<PublishedWeights> each = published.iterator(); each.hasNext(); ) {
            PublishedWeights old = each.next();
            if (old.version() < version - staleness) {
                each.remove();
                delete(String.valueOf(old.directory().getFileName()));
            }
        }
        return new Weights(weights);
    }

    /** Weights that the servers can be given. */
    public static final class Weights {

        private final PublishedWeights published;

        private Weights(PublishedWeights published) {
            this.published = published;
        }

        /** Committed steps. */
        public int version() {
            return published.version();
        }
    }

    /**
     * Returns when every completion is handed over, on this thread. If several threads sample, they do it one after the
     * other.
     *
     * @param stopIfAsked called several times a second; what it throws ends the sampling at once
     * @throws dev.tribunal.trainer.journal.TrainingFailedException if the servers refuse
     */
    public void sample(
            Weights weights,
            List<SamplingRequest> requests,
            SamplingOptions options,
            SamplingListener listener,
            Runnable stopIfAsked) {
        if (requests.isEmpty()) {
            return;
        }
        await(stopIfAsked);
        try (Dispatch dispatch = new Dispatch(
                hosts, weights.published, requests, options, policy.tokenizer().endOfSequenceIds(), longest, journal)) {
            dispatch.run(listener, stopIfAsked);
        } finally {
            sampling.unlock();
        }
    }

    private void await(Runnable stopIfAsked) {
        try {
            while (!sampling.tryLock(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                stopIfAsked.run();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the servers", interrupted);
        }
    }

    /** How far each server was from the trainer when it was last given weights. */
    public List<Metric> metrics() {
        List<Metric> metrics = new ArrayList<>();
        for (AdapterHost host : hosts) {
            Double difference = host.difference();
            if (difference != null) {
                metrics.add(new Metric(
                        MetricNames.FINGERPRINT_DIFFERENCE + "." + host.server().name(), null, difference));
            }
        }
        return metrics;
    }

    /** Unloads the adapters where servers answer at once, and deletes their files. */
    @Override
    public void close() {
        List<Thread> goodbyes = hosts.stream()
                .map(host -> Thread.ofVirtual().start(host::close))
                .toList();
        long end = System.nanoTime() + GOODBYE.toNanos();
        try {
            for (Thread goodbye : goodbyes) {
                long left = end - System.nanoTime();
                if (left <= 0 || !goodbye.join(Duration.ofNanos(left))) {
                    goodbye.interrupt();
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        delete(prefix);
    }

    /** All adapters whose names begin so. */
    private void delete(String beginning) {
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path entry : entries.toList()) {
                String name = String.valueOf(entry.getFileName());
                if (name.equals(beginning) || name.startsWith(beginning.endsWith("-") ? beginning : beginning + "-")) {
                    deleteAll(entry);
                }
            }
        } catch (IOException e) {
            LOG.warn("old adapters in {} cannot be deleted", folder, e);
        }
    }

    private static void deleteAll(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException problem) throws IOException {
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
