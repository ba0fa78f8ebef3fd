package dev.tribunal.trainer.store;

import dev.tribunal.contracts.runs.v1.RunEvent;
import dev.tribunal.contracts.runs.v1.RunState;
import dev.tribunal.servicekit.http.TribunalException;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.trainer.TrainerError;
import dev.tribunal.trainer.spec.SpecResolver.Resolved;
import dev.tribunal.trainer.store.Leases.Lease;
import dev.tribunal.trainer.training.RunJournal.RunLostException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Runs as stored. Every change is one transaction that locks the run's row, writes the events that the change tells,
 * and rings the signal once events are committed.
 */
@Component
public class RunStore {

    private final RunRepository runs;
    private final CheckpointRepository checkpoints;
    private final EventLog events;
    private final Leases leases;
    private final TransactionTemplate transactions;
    private final Signal signal;

    RunStore(
            RunRepository runs,
            CheckpointRepository checkpoints,
            EventLog events,
            Leases leases,
            TransactionTemplate transactions,
            Signal signal) {
        this.runs = runs;
        this.checkpoints = checkpoints;
        this.events = events;
        this.leases = leases;
        this.transactions = transactions;
        this.signal = signal;
    }

    /** @throws org.springframework.dao.DataIntegrityViolationException if its idempotency key is taken */
    public RunEntity create(RunEntity run) {
        return inTransaction(() -> {
            runs.saveAndFlush(run);
            tell(run);
            return run;
        });
    }

    public RunEntity get(String id) {
        return runs.findById(id).orElseThrow(() -> notFound(id));
    }

    public Optional<RunEntity> byIdempotencyKey(String key) {
        return runs.findByIdempotencyKey(key);
    }

    /** @param before only older runs than this id */
    public List<RunEntity> page(RunFilter filter, @Nullable String before, int limit) {
        return runs.page(filter.state(), filter.labels(), filter.spec(), filter.ended(), before, limit);
    }

    /** @throws TribunalException naming the allowed actions if this one is not */
    public RunEntity act(String id, RunAction action) {
        return change(id, run -> {
            RunState next = action.next(run.state(), run.held());
            if (next == null) {
                throw notAllowed(run, action);
            }
            if (next.terminal() && next != run.state()) {
                run.end(next, "cancelled before it was started");
            } else if (next != run.state()) {
                run.moveTo(next, null);
            }
        });
    }

    /** Claims the next queued run, which is then running. */
    public Optional<Lease> startNext(String owner) {
        return inTransaction(() -> {
            Optional<Lease> lease = leases.claim(owner);
            lease.ifPresent(claimed -> {
                RunEntity run = lock(claimed.runId());
                run.start();
                tell(run);
            });
            return lease;
        });
    }

    /** Claims the next run that is to be validated. */
    public Optional<Lease> startValidation(String owner) {
        return inTransaction(() -> leases.claimValidation(owner));
    }

    /** The run has been validated, and is put into the queue. */
    public void validated(Lease lease, Resolved resolved) {
        inTransaction(() -> {
            RunEntity run = lock(lease.runId());
            requireHeld(run, lease);
            run.validated(resolved);
            runs.saveAndFlush(run);
            tell(run);
            leases.release(run.id());
            return run;
        });
    }

    /** A change by the run's trainer, which must still hold it. */
    public RunEntity change(Lease lease, Consumer<RunEntity> change) {
        return change(lease.runId(), run -> {
            requireHeld(run, lease);
            change.accept(run);
        });
    }

    /**
     * The run as its trainer sees it, who changes nothing.
     *
     * @throws RunLostException if it does not hold it any more
     */
    public RunEntity held(Lease lease) {
        RunEntity run = get(lease.runId());
        requireHeld(run, lease);
        return run;
    }

    private static void requireHeld(RunEntity run, Lease lease) {
        if (run.leaseEpoch() != lease.epoch() || run.state().terminal()) {
            throw new RunLostException("run " + lease.runId() + " is not this trainer's any more: it is "
                    + Words.of(run.state()) + ", lease epoch " + run.leaseEpoch() + ", ours was " + lease.epoch());
        }
    }

    /**
     * The end of a run, by its trainer. A run that was to be cancelled is, however else its training ended.
     *
     * @return the state that it ended in
     */
    public RunState end(Lease lease, RunState terminal, @Nullable String reason) {
        return change(lease, run -> {
                    if (run.state() == RunState.CANCELLING) {
                        run.end(RunState.CANCELLED, "cancelled by request; its checkpoints and episodes are kept");
                    } else {
                        run.end(terminal, reason);
                    }
                })
                .state();
    }

    /**
     * Ends runs whose trainers are dead. A run that was to be cancelled is; any other has failed.
     *
     * @param active the runs that {@code owner} is training
     */
    public void endAbandoned(String owner, Set<String> active) {
        for (String id : leases.abandoned(owner, active)) {
            stop(id, "the trainer stopped");
        }
    }

    /**
     * Ends a run that its trainer will not go on with, and refuses that trainer's further writes.
     *
     * @param what happened
     */
    public void stop(String id, String what) {
        inTransaction(() -> {
            leases.revoke(id);
            RunEntity run = lock(id);
            if (!run.state().terminal()) {
                run.end(
                        run.state() == RunState.CANCELLING ? RunState.CANCELLED : RunState.FAILED,
                        what + " at committed step " + run.step() + " of " + run.steps() + "; " + kept(run)
                                + " Apply the spec again to start anew.");
                tell(run);
            }
            return run;
        });
    }

    private String kept(RunEntity run) {
        int count = checkpoints.countByRunId(run.id());
        return switch (count) {
            case 0 -> "its episodes are kept; it has no checkpoint yet.";
            case 1 -> "its checkpoint and its episodes are kept.";
            default -> "its " + count + " checkpoints and its episodes are kept.";
        };
    }

    private RunEntity change(String id, Consumer<RunEntity> change) {
        return inTransaction(() -> {
            RunEntity run = lock(id);
            change.accept(run);
            runs.saveAndFlush(run);
            tell(run);
            return run;
        });
    }

    private RunEntity lock(String id) {
        return runs.lock(id).orElseThrow(() -> notFound(id));
    }

    /** Inside a transaction. */
    private void tell(RunEntity run) {
        List<RunEvent> news = run.takeNews();
        if (news.isEmpty()) {
            return;
        }
        events.append(run.id(), news);
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                signal.send();
            }
        });
    }

    private <T> T inTransaction(Supplier<T> work) {
        return Objects.requireNonNull(transactions.execute(status -> work.get()));
    }

    private static TribunalException notFound(String id) {
        return new TribunalException(TrainerError.RUN_NOT_FOUND, "There is no run '" + id + "'.");
    }

    private static TribunalException notAllowed(RunEntity run, RunAction action) {
        List<RunAction> allowed = RunAction.allowed(run.state());
        return new TribunalException(
                TrainerError.ACTION_NOT_ALLOWED,
                "Run '" + run.id() + "' is " + Words.of(run.state()) + " and cannot be asked to " + Words.of(action)
                        + "; allowed now: "
                        + (allowed.isEmpty()
                                ? "nothing"
                                : allowed.stream().map(Words::of).collect(Collectors.joining(", ")))
                        + ".");
    }
}
