package dev.tribunal.judge.registry;

import dev.tribunal.judge.fanout.JudgeClient;
import dev.tribunal.judge.registry.JudgeStore.Changes;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Registered judges as each judgement looks them up: from memory, where there is an answer of this last second.
 *
 * <p>What this instance of the service has done to a judge (registered, probed, drained, retired, deleted, brought
 * back), it sees from the next request on. What another instance has done, it sees within a second. A database that does
 * not answer keeps no known judge from being asked: as long as it does not, and up to five seconds longer, the judge is
 * taken to be what it was. A judge that is not known, or that this instance has changed since, waits for the database.
 */
@Component
class KnownJudges {

    private static final Logger log = LoggerFactory.getLogger(KnownJudges.class);

    private static final long FRESH = Duration.ofSeconds(1).toNanos();
    private static final long PATIENCE = Duration.ofSeconds(1).toNanos();

    /** How long a database is left alone that lost the patience: not every judge of a request must find out. */
    private static final long PAUSE = Duration.ofSeconds(5).toNanos();

    private final JudgeStore store;
    private final ExecutorService threads;
    private final Map<String, Known> known = new ConcurrentHashMap<>();
    private volatile long stalledAt = System.nanoTime() - PAUSE;

    KnownJudges(JudgeStore store, JudgeClient.Surroundings surroundings) {
        this.store = store;
        this.threads = surroundings.threads();
    }

    /**
     * @param done this service's changes of the judge's name, before the row was read
     * @param readAt when the row was asked for, in nanoseconds
     */
    private record Known(JudgeEntity judge, int done, long readAt) {}

    /** @param version a version, or {@code latest}: the newest active one */
    Optional<JudgeEntity> find(String name, String version) {
        Known last = known.get(name + "@" + version);
        Changes changes = store.changesOf(name);
        if (last == null || last.done() != changes.done()) {
            return read(name, version);
        }
        long now = System.nanoTime();
        boolean fresh = now - last.readAt() < FRESH && changes.underWay() == 0;
        if (fresh || now - stalledAt < PAUSE) {
            return Optional.of(last.judge());
        }
        Future<Optional<JudgeEntity>> row = threads.submit(() -> read(name, version));
        try {
            return row.get(PATIENCE, TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            stalledAt = System.nanoTime();
            log.warn("the database does not tell of judge {}@{}; it is asked as it was known", name, version, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            row.cancel(true);
        }
        return Optional.of(last.judge());
    }

    private Optional<JudgeEntity> read(String name, String version) {
        int done = store.changesOf(name).done();
        long readAt = System.nanoTime();
        Optional<JudgeEntity> row = store.find(name, version);
        row.ifPresentOrElse(
                judge -> known.put(name + "@" + version, new Known(judge, done, readAt)),
                () -> known.remove(name + "@" + version));
        return row;
    }
}
