package dev.tribunal.trainer.execution;

import dev.tribunal.contracts.runs.v1.run.RunResource.Wait;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.trainer.TrainerError;
import dev.tribunal.trainer.journal.RunJournal.RunLostException;
import dev.tribunal.trainer.spec.Checking;
import dev.tribunal.trainer.spec.SpecResolver;
import dev.tribunal.trainer.spec.SpecResolver.Resolved;
import dev.tribunal.trainer.store.Leases.Lease;
import dev.tribunal.trainer.store.RunStore;
import dev.tribunal.trainer.store.Signal;
import dev.tribunal.trainer.store.TrainerProperties;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Checks the prompt files of runs to their ends, one run at a time, on a thread of its own and under a lease; then the
 * run is queued, or has failed with its mistakes. What a dead trainer left half checked is checked anew.
 */
@Component
final class RunValidator {

    private static final Logger log = LoggerFactory.getLogger(RunValidator.class);

    /** How often a run says how far it is, and looks whether it is cancelled. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Duration FAREWELL = Duration.ofSeconds(10);

    private final RunStore runs;
    private final SpecResolver resolver;
    private final TrainerProperties properties;
    private final Signal signal;
    private volatile @Nullable Thread thread;

    RunValidator(RunStore runs, SpecResolver resolver, TrainerProperties properties, Signal signal) {
        this.runs = runs;
        this.resolver = resolver;
        this.properties = properties;
        this.signal = signal;
    }

    boolean isBusy() {
        Thread working = thread;
        return working != null && working.isAlive();
    }

    /** Begins with the next run that is to be validated, unless one is in hand. */
    void startNext(String owner) {
        if (isBusy()) {
            return;
        }
        runs.startValidation(owner)
                .ifPresent(lease -> thread = Thread.ofPlatform()
                        .daemon()
                        .name("validate " + lease.runId())
                        .start(() -> validate(lease)));
    }

    /** The run in hand is left to the next trainer. */
    void stop() {
        Thread working = thread;
        if (working != null) {
            working.interrupt();
            try {
                working.join(FAREWELL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** If its end cannot be written, the run stays to be validated and is claimed again. */
    private void validate(Lease lease) {
        try {
            log.info("run {}: its prompt files are checked", lease.runId());
            Progress progress = new Progress(lease);
            Resolved resolved = resolved(lease, progress);
            runs.validated(lease, resolved);
            log.info("run {} is queued", lease.runId());
        } catch (RunLostException e) {
            log.info("the check of run {} ends: {}", lease.runId(), e.getMessage());
        } catch (CancellationException | InterruptedException e) {
            log.info("the check of run {} is left, since the trainer is shutting down", lease.runId());
        } catch (TribunalException e) {
            log.info("run {} is refused: {}", lease.runId(), e.getMessage());
            refuse(lease, e);
        } catch (Throwable e) {
            log.error("run {} cannot be validated; trying again", lease.runId(), e);
        } finally {
            signal.send();
        }
    }

    /** Waits for services that cannot be reached. */
    private Resolved resolved(Lease lease, Progress progress) throws InterruptedException {
        Instant since = Instant.now().truncatedTo(ChronoUnit.MICROS);
        while (true) {
            long heard = signal.sent();
            try {
                return resolver.resolve(runs.held(lease).spec(), new Checking(() -> false, progress::tell));
            } catch (TribunalException e) {
                if (e.code() != TrainerError.DEPENDENCY_UNREACHABLE || progress.isTooLong()) {
                    throw e;
                }
                Wait wait = new Wait("service", "services of the spec", since, String.valueOf(e.getMessage()));
                runs.change(lease, run -> {
                    run.phase("waiting: " + e.getMessage());
                    run.waitsFor(List.of(wait));
                });
            }
            signal.await(heard, RETRY);
        }
    }

    private void refuse(Lease lease, TribunalException refusal) {
        try {
            runs.change(lease, run -> run.refuse(reason(refusal), refusal.errors()));
        } catch (RuntimeException e) {
            log.error("cannot write that run {} is refused; trying again", lease.runId(), e);
        }
    }

    /** All of it in one text, for those who look at nothing else. */
    private static String reason(TribunalException refusal) {
        return refusal.errors().size() < 2
                ? String.valueOf(refusal.getMessage())
                : "The spec has " + refusal.errors().size() + " mistakes: "
                        + refusal.errors().stream()
                                .map(error -> error.pointer() + " " + error.detail())
                                .collect(Collectors.joining("; "));
    }

    /** Tells how far a run is, once a second at most. */
    private final class Progress {

        private final Lease lease;
        private final long started = System.nanoTime();
        private long told = started;

        Progress(Lease lease) {
            this.lease = lease;
        }

        boolean isTooLong() {
            return System.nanoTime() - started > properties.validationTimeout().toNanos();
        }

        /** @throws RunLostException if the run is cancelled, or another trainer's */
        void tell(String words) {
            if (isTooLong()) {
                throw new TribunalException(
                        TrainerError.INVALID_SPEC,
                        "The prompt files took longer than "
                                + properties.validationTimeout().toMinutes()
                                + " min to check (" + words + "). Look at the chat template and the tokenizer, use"
                                + " smaller files, or raise tribunal.trainer.validation-timeout.");
            }
            long now = System.nanoTime();
            if (now - told < LOOK.toNanos()) {
                return;
            }
            told = now;
            try {
                runs.change(lease, run -> run.phase(words));
            } catch (DataAccessException | TransactionException e) {
                log.warn("cannot write how far run {} is; going on", lease.runId(), e);
            }
        }
    }
}
