package dev.tribunal.trainer.store;

import dev.tribunal.contracts.runs.v1.run.RunEvent;
import dev.tribunal.contracts.runs.v1.run.RunResource.Fork;
import dev.tribunal.contracts.runs.v1.run.RunResource.Parent;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.trainer.TrainerError;
import dev.tribunal.trainer.checkpoint.CheckpointWriter;
import dev.tribunal.trainer.journal.RunJournal.RunLostException;
import dev.tribunal.trainer.spec.SpecResolver.Resolved;
import dev.tribunal.trainer.store.Leases.Lease;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.FileSystemUtils;

/**
 * Runs as stored. Every change is one transaction that locks the run's row, writes the events that the change tells,
 * and rings the signal once events are committed.
 */
@Component
public class RunStore {

    private static final Logger LOG = LoggerFactory.getLogger(RunStore.class);

    private final RunRepository runs;
    private final RunCheckpoints checkpoints;
    private final EventLog events;
    private final Deliveries deliveries;
    private final Leases leases;
    private final TransactionTemplate transactions;
    private final Signal signal;
    private final TrainerProperties properties;

    RunStore(
            RunRepository runs,
            RunCheckpoints checkpoints,
            EventLog events,
            Deliveries deliveries,
            Leases leases,
            TransactionTemplate transactions,
            Signal signal,
            TrainerProperties properties) {
        this.runs = runs;
        this.checkpoints = checkpoints;
        this.events = events;
        this.deliveries = deliveries;
        this.leases = leases;
        this.transactions = transactions;
        this.signal = signal;
        this.properties = properties;
    }

    /** @throws org.springframework.dao.DataIntegrityViolationException if its idempotency key is taken */
    public RunEntity create(RunEntity run) {
        return inTransaction(() -> {
            runs.saveAndFlush(run);
            tell(run);
            return run;
        });
    }

    /**
     * Creates a fork. Meanwhile its parent loses no checkpoint.
     *
     * @param take gives the fork the checkpoint's files; returns the folder that they are in then
     * @throws TribunalException if the parent or the checkpoint is not there any more
     */
    public RunEntity fork(RunEntity fork, Function<CheckpointEntity, Path> take) {
        Parent parent = Objects.requireNonNull(fork.parent(), "it is a fork");
        try {
            return inTransaction(() -> {
                lock(parent.run());
                CheckpointEntity checkpoint = checkpoints.get(parent.run(), parent.step());
                Path folder = take.apply(checkpoint);
                runs.saveAndFlush(fork);
                if (parent.kind() == Fork.STATE) {
                    checkpoints.inherit(fork, Objects.requireNonNull(checkpoint.checkpoint()), folder);
                }
                tell(fork);
                return fork;
            });
        } catch (RuntimeException notCreated) {
            deleteFolder(fork.id());
            throw notCreated;
        }
    }

    /** @throws TribunalException if there is none, or who asks does not see its namespace */
    public RunEntity get(String id) {
        return runs.findById(id)
                .filter(run -> Caller.current().sees(run.namespace()))
                .orElseThrow(() -> notFound(id));
    }

    /** The namespace of a run, whoever asks. */
    public Optional<String> namespace(String id) {
        return runs.findById(id).map(RunEntity::namespace);
    }

    /** Those that there are and who asks sees, in any order. */
    public List<RunEntity> all(Collection<String> ids) {
        return runs.findAllById(ids).stream()
                .filter(run -> Caller.current().sees(run.namespace()))
                .toList();
    }

    /** In the namespace that who asks creates in. */
    public Optional<RunEntity> byIdempotencyKey(String key) {
        return runs.findByNamespaceAndIdempotencyKey(Caller.current().namespace(), key);
    }

    /** @param before only older runs than this id */
    public List<RunEntity> page(RunFilter filter, @Nullable String before, int limit) {
        String judge = filter.judge() == null ? null : filter.judge().toString();
        return runs.page(
                filter.state(),
                filter.labels(),
                judge,
                filter.ended(),
                Caller.current().visible(),
                before,
                limit);
    }

    /** @throws TribunalException naming the allowed actions if this one is not, or the run is not the caller's to change */
    public RunEntity act(String id, RunAction action) {
        return change(id, run -> {
            requireChangeable(run);
            RunState next = action.next(run.state(), run.held());
            if (next == null) {
                throw notAllowed(run, action);
            }
            if (next.terminal() && next != run.state()) {
                run.end(
                        next,
                        run.started()
                                ? "cancelled while no trainer had it; its checkpoints and episodes are kept"
                                : "cancelled before it was started");
            } else if (next != run.state()) {
                run.moveTo(next, null);
            }
        });
    }

    /**
     * Deletes a run that has ended, its rows first.
     *
     * @throws TribunalException if it has not ended, or is not the caller's to change
     */
    public void delete(String id) {
        inTransaction(() -> {
            RunEntity run = lock(id);
            requireChangeable(run);
            if (!run.state().terminal()) {
                throw new TribunalException(
                        TrainerError.ACTION_NOT_ALLOWED,
                        "Run '" + id + "' is " + Words.of(run.state())
                                + " and cannot be deleted; cancel it first, and delete it when it has ended.");
            }
            runs.delete(run); // all that refers to it goes with it
            return run;
        });
        deleteFolder(id);
    }

    /** The routes of a run are held to namespaces before; what reaches it by another way is here. */
    private static void requireChangeable(RunEntity run) {
        if (!Caller.current().sees(run.namespace())) {
            throw notFound(run.id());
        }
        if (!Caller.current().changes(run.namespace())) {
            throw new TribunalException(
                    CommonError.FORBIDDEN,
                    "Run '" + run.id() + "' is in the namespace '" + run.namespace()
                            + "', which your token may look into and not change.");
        }
    }

    private void deleteFolder(String id) {
        try {
            FileSystemUtils.deleteRecursively(properties.runDirectory(id));
        } catch (IOException e) {
            LOG.warn("the folder of the deleted run {} cannot be deleted; delete it by hand", id, e);
        }
    }

    /**
     * Claims the next queued run, which is then running. If it was trained before, all that came after its latest
     * checkpoint is taken back in the same transaction.
     */
    public Optional<Lease> startNext(String owner) {
        List<Path> forgotten = new ArrayList<>();
        Optional<Lease> lease = inTransaction(() -> {
            forgotten.clear();
            Optional<Lease> claim = leases.claim(owner);
            claim.ifPresent(claimed -> {
                RunEntity run = lock(claimed.runId());
                if (run.started()) {
                    forgotten.addAll(checkpoints.goBackToLatest(run, "taken up again"));
                }
                run.clear("paused");
                run.start();
                runs.saveAndFlush(run);
                tell(run);
            });
            return claim;
        });
        CheckpointWriter.delete(forgotten);
        return lease;
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

    /**
     * What {@link #held} finds the run's state to be, for those who look often.
     *
     * @throws RunLostException likewise
     */
    public RunState heldState(Lease lease) {
        return leases.state(lease)
                .filter(state -> !state.terminal())
                .orElseThrow(() -> new RunLostException("run " + lease.runId()
                        + " is not this trainer's any more: our lease epoch was " + lease.epoch()));
    }

    private static void requireHeld(RunEntity run, Lease lease) {
        if (run.leaseEpoch() != lease.epoch() || run.state().terminal()) {
            throw new RunLostException("run " + lease.runId() + " is not this trainer's any more: it is "
                    + Words.of(run.state()) + ", lease epoch " + run.leaseEpoch() + ", ours was " + lease.epoch());
        }
    }

    /**
     * The end of a run, by its trainer. A run that was to be cancelled is, however else its training ended; one that has
     * learnt nothing has failed.
     *
     * @return the state that it ended in
     */
    public RunState end(Lease lease, RunState terminal, @Nullable String reason) {
        return change(lease, run -> {
                    if (run.state() == RunState.CANCELLING) {
                        run.end(RunState.CANCELLED, "cancelled by request; its checkpoints and episodes are kept");
                    } else if (terminal == RunState.SUCCEEDED) {
                        run.trained();
                    } else {
                        run.end(terminal, reason);
                    }
                })
                .state();
    }

    /**
     * Puts runs whose trainers are dead back into the queue, from which the next trainer with a place takes them. A run
     * that was to be paused or cancelled is.
     *
     * @param active the runs that {@code owner} is training
     * @param grace how long another trainer's lease has to have run out
     */
    public void takeBackAbandoned(String owner, Set<String> active, Duration grace) {
        for (String id : leases.abandoned(owner, active, grace)) {
            change(id, run -> {
                if (leases.revokeAbandoned(id, owner, active, grace)) {
                    run.left("the trainer stopped", checkpoints.goesOnFrom(run));
                }
            });
        }
    }

    /** The run's trainer shuts down: the next one goes on, and this one is refused from now on. */
    public void leave(Lease lease, String why) {
        change(lease, run -> {
            leases.release(run.id());
            run.left(why, checkpoints.goesOnFrom(run));
        });
    }

    /** Something that a person should know, whoever trains the run and even if it has ended. */
    public void note(String id, String type, String message) {
        change(id, run -> run.warn(type, message));
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
        if (run.spec().webhook() != null) {
            deliveries.add(run.id(), news);
        }
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

    public static TribunalException notFound(String id) {
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
