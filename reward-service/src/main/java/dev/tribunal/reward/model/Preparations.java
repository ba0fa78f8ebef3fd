package dev.tribunal.reward.model;

import dev.tribunal.contracts.reward.v1.RewardModelResource.CurvePoint;
import dev.tribunal.contracts.reward.v1.RewardModelResource.State;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.reward.training.TrainingFailedException;
import dev.tribunal.reward.training.TrainingListener;
import dev.tribunal.servicekit.files.JsonLines;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Service;

/**
 * Prepares versions in the background, one at a time, in the order of registration. A version whose preparation was
 * cut off by the end of the process is prepared anew at the next start, a few times at most.
 */
@Service
class Preparations {

    static final int MAX_ATTEMPTS = 3;
    private static final Logger log = LoggerFactory.getLogger(Preparations.class);

    private final RewardModelRepository versions;
    private final Preparation preparation;
    private final MeterRegistry meters;
    private final ExecutorService queue = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("preparation").factory());

    private volatile boolean stopping;
    private final DatabaseRetry database = new DatabaseRetry(() -> stopping);

    Preparations(RewardModelRepository versions, Preparation preparation, MeterRegistry meters) {
        this.versions = versions;
        this.preparation = preparation;
        this.meters = meters;
    }

    void submit(RewardModelEntity version) {
        long id = version.id();
        queue.execute(() -> {
            try {
                prepare(id);
            } catch (CancellationException unwritten) {
                log.info("version {}: begins anew at the next start", id, unwritten);
            }
        });
    }

    /** Returns once all that was submitted so far is ready or failed. */
    void awaitSubmitted() throws InterruptedException, ExecutionException {
        queue.submit(() -> {}).get();
    }

    @EventListener(ApplicationReadyEvent.class)
    void submitInterrupted() {
        queue.execute(preparation::sweep);
        versions.findByStateOrderById(State.PREPARING).forEach(this::submit);
    }

    /** Ends the preparation at work after its step; it stays {@code preparing} for the next start. */
    @PreDestroy
    void stop() throws InterruptedException {
        stopping = true;
        queue.shutdown();
        if (!queue.awaitTermination(20, TimeUnit.SECONDS)) {
            log.warn("a preparation did not stop within 20 s");
        }
    }

    private void prepare(long id) {
        if (stopping) {
            return;
        }
        RewardModelEntity version =
                database.untilAnswered(() -> versions.findById(id).orElseThrow());
        if (version.state() != State.PREPARING) {
            return; // submitted twice
        }
        String what = version.name() + "@" + version.version();
        if (version.attempts() >= MAX_ATTEMPTS) {
            fail(
                    id,
                    "The service stopped " + MAX_ATTEMPTS + " times while preparing it, perhaps for lack of memory;"
                            + " see its log, then register the version again.");
            return;
        }
        update(id, RewardModelEntity::begun);
        log.info("{}: preparation begins", what);
        try {
            Prepared prepared = preparation.prepare(version, listenerOf(id));
            update(id, row -> row.ready(prepared));
            outcome("ready");
            log.info("{}: ready {}", what, prepared.metrics());
            prepared.conditions()
                    .forEach(condition -> log.warn("{}: {}: {}", what, condition.type(), condition.message()));
        } catch (CancellationException stopping) {
            update(id, RewardModelEntity::stopped);
            log.info("{}: stopped; begins anew at the next start", what);
        } catch (IllegalArgumentException
                | CheckpointException
                | JsonLines.InvalidLinesException
                | TrainingFailedException e) {
            fail(id, Objects.requireNonNullElseGet(e.getMessage(), e::toString));
        } catch (RuntimeException | Error e) {
            log.error("{}: preparation failed", what, e);
            fail(id, "Unexpected: " + e + "; see the service's log, then register the version again.");
        }
    }

    /** A training reports every step; the row is written a hundred times at most, and for each point of the curve. */
    private TrainingListener listenerOf(long id) {
        return new TrainingListener() {

            private int written;

            @Override
            public void progressed(double share) {
                if (stopping) {
                    throw new CancellationException();
                }
                int percent = (int) (share * 100);
                if (percent > written) {
                    written = percent;
                    update(id, row -> row.progressed(share));
                }
            }

            @Override
            public void measured(CurvePoint point) {
                update(id, row -> row.measured(point));
            }
        };
    }

    private void fail(long id, String reason) {
        log.warn("version {} failed: {}", id, reason);
        update(id, row -> row.failed(reason));
        outcome("failed");
    }

    private void outcome(String outcome) {
        meters.counter("tribunal.reward.preparations", "outcome", outcome).increment();
    }

    /** Only this thread changes a version that is preparing, so reading and writing it back loses nothing. */
    private void update(long id, Consumer<RewardModelEntity> change) {
        database.untilAnswered(() -> {
            RewardModelEntity row = versions.findById(id).orElseThrow();
            change.accept(row);
            return versions.save(row);
        });
    }
}
