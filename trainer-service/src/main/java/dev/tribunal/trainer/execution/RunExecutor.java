package dev.tribunal.trainer.execution;

import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.languagemodel.OutOfNativeMemoryException;
import dev.tribunal.languagemodel.decoder.ExitHold;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.error.DatabaseFailure;
import dev.tribunal.servicekit.trace.Traces;
import dev.tribunal.trainer.checkpoint.ArtifactFiles;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import dev.tribunal.trainer.checkpoint.CheckpointWriter;
import dev.tribunal.trainer.journal.RunJournal.EngineLostException;
import dev.tribunal.trainer.journal.RunJournal.RunCancelledException;
import dev.tribunal.trainer.journal.RunJournal.RunLostException;
import dev.tribunal.trainer.journal.RunJournal.TrainerLeavesException;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.store.Leases;
import dev.tribunal.trainer.store.Leases.Lease;
import dev.tribunal.trainer.store.RunStore;
import dev.tribunal.trainer.store.Signal;
import dev.tribunal.trainer.store.TrainerProperties;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.NestedRuntimeException;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Trains queued runs, oldest first, as many at a time as {@code tribunal.trainer.concurrency} says, each under a
 * lease. Runs that a dead trainer left behind go back into the queue.
 */
@Component
public final class RunExecutor implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(RunExecutor.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    /** For a lease to have run out, when the database was away a moment ago. */
    private static final Duration AFTER_OUTAGE = Duration.ofHours(1);

    private static final String SHUT_DOWN = "the trainer was shut down";

    /** For threads that have been interrupted. */
    private static final Duration FAREWELL = Duration.ofSeconds(10);

    private final RunStore runs;
    private final Leases leases;
    private final PostgresJournal.Stores stores;
    private final RunTraining training;
    private final RunValidator validator;
    private final TrainerProperties properties;
    private final Signal signal;
    private final RunMeters runMeters;
    private final Traces traces;
    private final String owner;
    private final Semaphore places;
    private final Map<String, Thread> active = new ConcurrentHashMap<>();
    private final EngineLosses losses = new EngineLosses();
    private volatile boolean running;
    private @Nullable Thread dispatcher;

    /** When the database was last found to be away; nobody could renew a lease then. */
    private @Nullable Instant outage;

    RunExecutor(
            RunStore runs,
            Leases leases,
            PostgresJournal.Stores stores,
            RunTraining training,
            RunValidator validator,
            TrainerProperties properties,
            Signal signal,
            RunMeters runMeters,
            Traces traces,
            MeterRegistry meters) {
        this.runs = runs;
        this.leases = leases;
        this.stores = stores;
        this.training = training;
        this.validator = validator;
        this.properties = properties;
        this.signal = signal;
        this.runMeters = runMeters;
        this.traces = traces;
        this.owner = properties.name() + "#" + UUID.randomUUID();
        this.places = new Semaphore(properties.concurrency(), true);
        meters.gaugeMapSize("tribunal.runs.active", Tags.empty(), active);
    }

    @Override
    public void start() {
        running = true;
        // A platform thread: a virtual one would renew no lease while requests keep the processors busy.
        dispatcher = Thread.ofPlatform().daemon().name("run-dispatcher").start(this::dispatch);
    }

    /**
     * Runs in training get a checkpoint of their last committed step and go back into the queue, as far as the grace period
     * allows; after it they go back as they are.
     */
    @Override
    public void stop() {
        running = false;
        signal.send();
        await(dispatcher, FAREWELL);
        validator.stop();
        Instant end = Instant.now().plus(properties.grace());
        while (!active.isEmpty() && Instant.now().isBefore(end)) {
            renew();
            active.values().stream().findFirst().ifPresent(thread -> await(thread, LOOK));
        }
        active.values().forEach(Thread::interrupt);
        active.values().forEach(thread -> await(thread, FAREWELL));
    }

    private void renew() {
        try {
            leases.renew(owner);
        } catch (RuntimeException e) {
            log.warn("cannot renew the leases of runs that are being left", e);
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void dispatch() {
        while (running) {
            long heard = signal.sent();
            try {
                if (!active.isEmpty() || validator.isBusy()) {
                    leases.renew(owner);
                }
                runs.takeBackAbandoned(owner, active.keySet(), graceAfterOutage());
                validator.startNext(owner);
                startQueued();
            } catch (Throwable e) { // out of memory too: without this thread no run would start or end any more
                if (DatabaseFailure.of(e) == DatabaseFailure.UNAVAILABLE) {
                    outage = Instant.now();
                    log.info("cannot look for runs to train, for the database is away; trying again");
                } else {
                    log.error("cannot look for runs to train; trying again", e);
                }
            }
            try {
                signal.await(heard, LOOK);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** While the database was away nobody could renew a lease: after it, the other trainers get the time to. */
    private Duration graceAfterOutage() {
        Instant last = outage;
        return last == null || Duration.between(last, Instant.now()).compareTo(properties.lease()) > 0
                ? Duration.ZERO
                : AFTER_OUTAGE;
    }

    private void startQueued() {
        while (running && places.tryAcquire()) {
            Slot slot = new Slot(places);
            Optional<Lease> claimed = Optional.empty();
            try {
                claimed = runs.startNext(owner);
            } finally {
                if (claimed.isEmpty()) {
                    slot.release();
                }
            }
            if (claimed.isEmpty()) {
                return;
            }
            Lease lease = claimed.get();
            Thread thread = Thread.ofPlatform().daemon().name(lease.runId()).unstarted(() -> train(lease, slot));
            active.put(lease.runId(), thread);
            try {
                thread.start();
            } catch (Throwable e) { // no thread is to be had: the run has no trainer, and is ended as such
                active.remove(lease.runId());
                slot.release();
                throw e;
            }
        }
    }

    private void train(Lease lease, Slot slot) {
        String id = lease.runId();
        MDC.put("runId", id);
        int[] reached = {0};
        try (ExitHold _ = ExitHold.take()) { // for the checkpoint that is written when the trainer shuts down
            log.info("run {} starts", id);
            Path directory = Files.createDirectories(properties.runDirectory(id));
            try (PostgresJournal journal = new PostgresJournal(stores, lease, slot, () -> !running)) {
                CheckpointWriter.keepOnly(
                        directory,
                        journal.checkpoints().stream()
                                .map(Checkpoint::directory)
                                .toList());
                new ArtifactFiles(directory)
                        .keepOnly(journal.artifacts().stream()
                                .map(Artifact::reference)
                                .toList());
                // What the run leaves elsewhere is in its namespace, too.
                Caller run = new Caller("run " + id, null, journal.namespace());
                run.run(() -> traces.during(() -> {
                    try {
                        training.train(id, journal.spec(), directory, journal);
                    } finally {
                        reached[0] = journal.reached();
                    }
                    return null;
                }));
            }
            end(lease, RunState.SUCCEEDED, null);
        } catch (TrainerLeavesException e) {
            leave(lease, SHUT_DOWN);
        } catch (EngineLostException e) {
            if (running && losses.isTooMuch(id, reached[0])) {
                end(
                        lease,
                        RunState.FAILED,
                        "the run has lost its model again and again without a further step: " + e.getMessage()
                                + "; see that the server stays up, and apply the spec again");
            } else {
                log.warn("run {} goes back to its last checkpoint: {}", id, e.getMessage());
                leave(lease, String.valueOf(e.getMessage()));
            }
        } catch (RunCancelledException e) {
            end(lease, RunState.CANCELLED, null);
        } catch (RunLostException e) {
            log.warn("run {} is dropped: {}", id, e.getMessage());
            if (!running) { // it may have been an interruption
                leave(lease, SHUT_DOWN);
            }
        } catch (Throwable e) {
            if (running) {
                log.error("run {} fails", id, e);
                end(lease, RunState.FAILED, reason(e));
            } else {
                log.info("run {} is broken off, since the trainer is shutting down", id, e);
                leave(lease, SHUT_DOWN);
            }
        } finally {
            slot.release();
            active.remove(id);
            signal.send();
        }
    }

    /** If this cannot be written, the next trainer finds out by itself. */
    private void leave(Lease lease, String why) {
        boolean interrupted = Thread.interrupted(); // the grace period is over; this takes a moment only
        try {
            runs.leave(lease, why);
            log.info("run {} is left to the next trainer", lease.runId());
        } catch (RunLostException e) {
            log.warn("run {} is dropped: {}", lease.runId(), e.getMessage());
        } catch (RuntimeException e) {
            log.warn("cannot write that run {} is left; the next trainer will", lease.runId(), e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Tries until the end is written: a run whose trainer forgets it would look alive for ever. */
    private void end(Lease lease, RunState state, @Nullable String reason) {
        losses.forget(lease.runId());
        while (true) {
            long heard = signal.sent();
            try {
                RunState ended = runs.end(lease, state, reason);
                runMeters.ended(ended);
                log.info("run {} has {}", lease.runId(), ended);
                return;
            } catch (RunLostException e) {
                log.warn("run {} is dropped: {}", lease.runId(), e.getMessage());
                return;
            } catch (RuntimeException e) {
                log.error("cannot write the end of run {}; trying again", lease.runId(), e);
            }
            try {
                signal.await(heard, LOOK);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static String reason(Throwable failure) {
        return switch (failure) {
            case TrainingFailedException told -> String.valueOf(told.getMessage());
            case OutOfNativeMemoryException memory ->
                memory.getMessage()
                        + "; in a spec these are training.microBatchTokens, batch sizes, policy.activationCheckpointing"
                        + " and policy.precision";
            case OutOfMemoryError memory ->
                "the trainer ran out of memory: " + memory.getMessage()
                        + "; lower training.microBatchTokens or give the trainer more";
            case IOException io -> "the run's directory cannot be written: " + io.getMessage();
            case DataAccessException database -> databaseRefused(database);
            case TransactionException database -> databaseRefused(database);
            default -> failure.getClass().getSimpleName() + ": " + failure.getMessage();
        };
    }

    private static String databaseRefused(NestedRuntimeException refusal) {
        return "the database did not take what the run had to write ("
                + refusal.getMostSpecificCause().getMessage()
                + "); all committed steps are kept. See that it is up, and apply the spec again";
    }

    private static void await(@Nullable Thread thread, Duration longest) {
        try {
            if (thread != null) {
                thread.join(longest);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
