package dev.tribunal.trainer.execution;

import dev.tribunal.contracts.runs.v1.RunState;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import dev.tribunal.trainer.episode.EpisodeStore;
import dev.tribunal.trainer.store.CheckpointEntity;
import dev.tribunal.trainer.store.CheckpointRepository;
import dev.tribunal.trainer.store.Leases.Lease;
import dev.tribunal.trainer.store.MetricLog;
import dev.tribunal.trainer.store.RunEntity;
import dev.tribunal.trainer.store.RunStore;
import dev.tribunal.trainer.store.Signal;
import dev.tribunal.trainer.training.RunJournal;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** A run's journal in PostgreSQL. Each write checks in its own transaction that the run's lease is still this one. */
final class PostgresJournal implements RunJournal {

    private static final Logger log = LoggerFactory.getLogger(PostgresJournal.class);

    /** How often a run looks for orders that another process has written. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Stores stores;
    private final Lease lease;
    private final Slot slot;
    private long looked = System.nanoTime();
    private Runnable beforeResuming = () -> {};

    PostgresJournal(Stores stores, Lease lease, Slot slot) {
        this.stores = stores;
        this.lease = lease;
        this.slot = slot;
    }

    /** Where a journal writes. */
    @Component
    record Stores(
            RunStore runs,
            CheckpointRepository checkpoints,
            EpisodeStore episodes,
            MetricLog metrics,
            JdbcTemplate jdbc,
            VerdictMeters meters,
            Signal signal) {}

    @Override
    public void phase(String phase) {
        stores.runs.change(lease, run -> run.phase(phase));
    }

    @Override
    public void commit(StepRecord step) {
        stores.runs.change(lease, run -> {
            stores.jdbc.update(
                    "insert into trainer.steps (run_id, step, kind, committed_at) values (?, ?, ?, ?)",
                    run.id(),
                    step.step(),
                    Words.of(step.kind()),
                    Timestamp.from(Instant.now()));
            stores.episodes.append(run.id(), run.numberEpisodes(step.episodes().size()), step.episodes());
            stores.metrics.append(run.id(), step);
            switch (step.kind()) {
                case TRAINING -> {
                    run.committed(step.step());
                    run.tell("step", "step " + step.step() + " of " + run.steps(), summary(step));
                }
                case EVALUATION -> run.tell("evaluation", "evaluated after step " + step.step(), summary(step));
            }
        });
        stores.meters.count(step.episodes());
    }

    @Override
    public void checkpoint(Checkpoint checkpoint) {
        stores.runs.change(lease, run -> {
            CheckpointEntity row = stores.checkpoints.save(new CheckpointEntity(run.id(), checkpoint));
            run.tell(
                    "checkpoint",
                    "checkpoint of step " + checkpoint.step(),
                    Map.of(
                            "id", row.resource().id(),
                            "step", checkpoint.step(),
                            "path", checkpoint.directory().toString(),
                            "digest", checkpoint.digest()));
        });
    }

    @Override
    public void warn(String type, String message) {
        stores.runs.change(lease, run -> run.warn(type, message));
    }

    @Override
    public void pause(String reason) {
        stores.runs.change(lease, run -> {
            run.warn("paused", reason);
            if (run.state() == RunState.RUNNING) {
                run.moveTo(RunState.PAUSING, reason);
            }
        });
    }

    @Override
    public void beforeResuming(Runnable check) {
        beforeResuming = check;
    }

    @Override
    public void awaitPermission() {
        try {
            while (!permitted()) {
                // Looks again at the next change, or after a while.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RunLostException("the trainer is stopping");
        }
    }

    /** Looks once a second at most. Whether the database is well is for the writes to find out. */
    @Override
    public void stopIfCancelled() {
        if (System.nanoTime() - looked < LOOK.toNanos()) {
            return;
        }
        looked = System.nanoTime();
        try {
            if (stores.runs.held(lease).state() == RunState.CANCELLING) {
                throw new RunCancelledException();
            }
        } catch (DataAccessException | TransactionException e) {
            log.warn("cannot see whether run {} is cancelled; looking again", lease.runId(), e);
        }
    }

    /** One look at the run's orders, and a wait if there is nothing to do yet. */
    private boolean permitted() throws InterruptedException {
        long heard = stores.signal.sent();
        RunState state = stores.runs.change(lease, PostgresJournal::obey).state();
        return switch (state) {
            case RUNNING -> true;
            case CANCELLING -> throw new RunCancelledException();
            case PAUSED -> {
                slot.release();
                stores.signal.await(heard, LOOK);
                yield false;
            }
            case QUEUED -> {
                if (slot.acquire(LOOK)) {
                    beforeResuming.run();
                    stores.runs.change(lease, PostgresJournal::goOn);
                }
                yield false;
            }
            case VALIDATING, PAUSING, SUCCEEDED, FAILED, CANCELLED ->
                throw new IllegalStateException("run " + lease.runId() + " is " + Words.of(state));
        };
    }

    private static void obey(RunEntity run) {
        if (run.state() == RunState.PAUSING) {
            run.moveTo(RunState.PAUSED, null);
        }
    }

    private static void goOn(RunEntity run) {
        if (run.state() == RunState.QUEUED) {
            run.clear("paused");
            run.start();
        }
    }

    /** {@code {step, metrics: {NAME: VALUE}, tasks: {TASK: {NAME: VALUE}}}}. */
    private static Map<String, Object> summary(StepRecord step) {
        Map<String, Double> metrics = new TreeMap<>();
        Map<String, Map<String, Double>> tasks = new TreeMap<>();
        List<Metric> finite = step.metrics().stream()
                .filter(metric -> Double.isFinite(metric.value()))
                .toList();
        for (Metric metric : finite) {
            if (metric.task() == null) {
                metrics.put(metric.name(), metric.value());
            } else {
                tasks.computeIfAbsent(metric.task(), task -> new TreeMap<>()).put(metric.name(), metric.value());
            }
        }
        return Map.of("step", step.step(), "metrics", metrics, "tasks", tasks);
    }
}
