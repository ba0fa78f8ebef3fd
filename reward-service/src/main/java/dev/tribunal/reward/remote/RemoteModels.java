package dev.tribunal.reward.remote;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Remote;
import dev.tribunal.servicekit.digest.Sha256;
import dev.tribunal.servicekit.json.CanonicalJson;
import dev.tribunal.servicekit.outbound.AllowedServers;
import dev.tribunal.servicekit.outbound.CallFailure;
import dev.tribunal.servicekit.outbound.GuardedHttp;
import dev.tribunal.servicekit.outbound.JsonEndpoint;
import dev.tribunal.servicekit.protocols.Score;
import dev.tribunal.servicekit.protocols.Score.Missing;
import dev.tribunal.servicekit.protocols.ScoredItem;
import dev.tribunal.servicekit.protocols.ScoringClient;
import dev.tribunal.servicekit.trace.Span;
import dev.tribunal.servicekit.work.Batches;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.stereotype.Component;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/** Asks servers of other systems for scores, in batches, within a deadline, again where that may help. */
@Component
@EnableConfigurationProperties(RemoteProperties.class)
public class RemoteModels {

    private static final int DEFAULT_TIMEOUT_MS = 30_000;
    private static final int DEFAULT_BATCH_ITEMS = 32;
    private static final int MAX_IN_FLIGHT = 8;
    private static final int MAX_ATTEMPTS = 3;
    private static final Duration BACKOFF = Duration.ofMillis(200);

    private final AllowedServers servers;
    private final GuardedHttp http;

    /** By a server's settings: two models behind one host and port share no connection. */
    private final Map<Remote, GuardedHttp> connections = new ConcurrentHashMap<>();

    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("remote-", 0).factory());

    RemoteModels(RemoteProperties properties) {
        this.servers = properties.servers();
        this.http = new GuardedHttp(
                servers.guard(), Math.toIntExact(properties.maxAnswer().toBytes()));
    }

    @PreDestroy
    void close() throws IOException {
        threads.shutdownNow();
        http.close();
    }

    /** What is wrong with it beyond its form; pointers are from its root. */
    public List<FieldError> mistakes(Remote remote) {
        List<FieldError> errors = new ArrayList<>(servers.mistakes("", remote.url(), remote.secretRef()));
        ScoringClient.errors(remote.server())
                .forEach(error -> errors.add(new FieldError("/server" + error.pointer(), error.detail())));
        return errors;
    }

    /** SHA-256 over all of its settings; what the server computes with is the server's own. */
    public String digest(Remote remote) {
        return "sha256:" + Sha256.hex(CanonicalJson.of(remote));
    }

    /** @throws IllegalArgumentException if the server gives no score, saying why */
    public void requireScore(Remote remote) {
        ScoredItem hello = new ScoredItem(List.of(Message.user("Hello")), "Hello!", Map.of(), Map.of());
        if (scores(remote, List.of(hello)).getFirst() instanceof Missing missing) {
            throw new IllegalArgumentException("The server at " + remote.url() + " gives no score (" + missing.code()
                    + "): " + missing.detail() + "; mend that, then register the version again.");
        }
    }

    /** One an item, in order; whatever the server does, by its deadline. */
    public List<Score> scores(Remote remote, List<ScoredItem> items) {
        long end = System.nanoTime() + Duration.ofMillis(timeoutMs(remote)).toNanos();
        int size = ScoringClient.oneItemARequest(remote.server())
                ? 1
                : Objects.requireNonNullElse(remote.maxBatchItems(), DEFAULT_BATCH_ITEMS);
        ScoringClient client = new ScoringClient(remote.server());
        Semaphore inFlight = new Semaphore(MAX_IN_FLIGHT);
        List<Future<List<Score>>> batches = new ArrayList<>();
        Span trace = Span.current();
        for (List<ScoredItem> batch : Batches.of(items, size)) {
            batches.add(threads.submit(() -> trace.run(() -> inTurn(inFlight, remote, client, batch, end))));
        }
        List<Score> scores = new ArrayList<>(items.size());
        batches.forEach(batch -> scores.addAll(result(batch)));
        return scores;
    }

    private List<Score> inTurn(
            Semaphore inFlight, Remote remote, ScoringClient client, List<ScoredItem> batch, long end)
            throws InterruptedException {
        if (!inFlight.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            return none(batch, "timeout", "its turn did not come within " + timeoutMs(remote) + " ms");
        }
        try {
            return untilDeadline(remote, client, batch, end);
        } finally {
            inFlight.release();
        }
    }

    private List<Score> untilDeadline(Remote remote, ScoringClient client, List<ScoredItem> batch, long end)
            throws InterruptedException {
        String secret = servers.secret(remote.url(), remote.secretRef());
        GuardedHttp own = connections.computeIfAbsent(remote, model -> http.apart());
        JsonEndpoint endpoint = new JsonEndpoint(own, remote.url(), secret);
        try {
            return new RetryTemplate(new UntilDeadline(end))
                    .execute(() -> client.<CallFailure>scores(
                                    batch, (path, body) -> endpoint.post(path, body, Map.of(), left(end)))
                            .scores());
        } catch (RetryException e) {
            return switch (e.getCause()) {
                case CallFailure failure -> none(batch, failure.code(), String.valueOf(failure.getMessage()));
                case InterruptedException interrupted -> throw interrupted;
                default -> throw new IllegalStateException("asking a reward model failed", e.getCause());
            };
        }
    }

    private static Duration left(long end) {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    /** For one call: again after a pause, or a longer one if the server asks for it, where that is before the deadline. */
    private static final class UntilDeadline implements RetryPolicy {

        private final long end;
        private Duration wished = Duration.ZERO;

        UntilDeadline(long end) {
            this.end = end;
        }

        @Override
        public boolean shouldRetry(Throwable thrown) {
            if (!(thrown instanceof CallFailure failure) || !failure.retryable()) {
                return false;
            }
            wished = Objects.requireNonNullElse(failure.retryAfter(), Duration.ZERO);
            return true;
        }

        @Override
        public BackOff getBackOff() {
            ExponentialBackOff doubling = new ExponentialBackOff(BACKOFF.toMillis(), 2);
            doubling.setJitter(BACKOFF.toMillis());
            doubling.setMaxAttempts(MAX_ATTEMPTS - 1L);
            return () -> {
                BackOffExecution own = doubling.start();
                return () -> {
                    long pause = own.nextBackOff();
                    long longer = Math.max(pause, wished.toMillis());
                    return pause == BackOffExecution.STOP || longer >= left(end).toMillis()
                            ? BackOffExecution.STOP
                            : longer;
                };
            };
        }
    }

    private static int timeoutMs(Remote remote) {
        return Objects.requireNonNullElse(remote.timeoutMs(), DEFAULT_TIMEOUT_MS);
    }

    private static List<Score> none(List<ScoredItem> batch, String code, String detail) {
        return Collections.nCopies(batch.size(), new Missing(code, detail));
    }

    private static List<Score> result(Future<List<Score>> batch) {
        try {
            return batch.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("asking a reward model failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a reward model was asked", e);
        }
    }
}
