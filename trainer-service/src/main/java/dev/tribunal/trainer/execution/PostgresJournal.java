package dev.tribunal.trainer.execution;

import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.PendingJudgementApi;
import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource.ModelScore;
import dev.tribunal.contracts.runs.v1.run.RunResource.Alarm;
import dev.tribunal.contracts.runs.v1.run.RunResource.BestCheckpoint;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.contracts.runs.v1.spec.Alarms.Action;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.servicekit.error.DatabaseFailure;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.trainer.alarm.Finding;
import dev.tribunal.trainer.alarm.MetricHistory;
import dev.tribunal.trainer.alarm.RunAlarms;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import dev.tribunal.trainer.checkpoint.CheckpointWriter;
import dev.tribunal.trainer.episode.EpisodeStore;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.store.Leases.Lease;
import dev.tribunal.trainer.store.MetricLog;
import dev.tribunal.trainer.store.RunCheckpoints;
import dev.tribunal.trainer.store.RunEntity;
import dev.tribunal.trainer.store.RunStore;
import dev.tribunal.trainer.store.Signal;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * A run's journal in PostgreSQL. Each write checks in its own transaction that the run's lease is still this one. While
 * the database is away the run waits for it: every write is tried until it is known to have been taken, or refused.
 */
final class PostgresJournal implements RunJournal, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PostgresJournal.class);

    /** How often a run looks for orders that another process has written. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** So often one after another the database may roll back what a run writes; more is no coincidence. */
    private static final int ROLLBACKS = 20;

    /** The judge service's word for a verdict that a judge does not give because it has drifted. */
    private static final String DRIFTED = "judge_drifted";

    private static final String DATABASE = "the database";

    private final Stores stores;
    private final Lease lease;
    private final Slot slot;
    private final BooleanSupplier leaving;
    private final Map<String, Instant> away = new ConcurrentHashMap<>();
    private final RunWatch watch;
    private @Nullable RunSpec spec;
    private @Nullable MetricHistory history;
    private boolean pausedByAlarm;
    private int reached;
    private Runnable beforeResuming = () -> {};

    /** @param leaving whether the trainer is shutting down */
    PostgresJournal(Stores stores, Lease lease, Slot slot, BooleanSupplier leaving) {
        this.stores = stores;
        this.lease = lease;
        this.slot = slot;
        this.leaving = leaving;
        this.watch = new RunWatch(stores.runs, lease, stores.signal, stores.judgements);
    }

    RunSpec spec() {
        if (spec == null) {
            spec = insist(() -> stores.runs.held(lease)).spec();
        }
        return spec;
    }

    String namespace() {
        return insist(() -> stores.runs.held(lease)).namespace();
    }

    /** Where a journal writes. */
    @Component
    record Stores(
            RunStore runs,
            RunCheckpoints checkpoints,
            EpisodeStore episodes,
            MetricLog metrics,
            JdbcTemplate jdbc,
            StepMeters meters,
            PendingJudgementApi judgements,
            Signal signal) {}

    @Override
    public void phase(String phase) {
        change(run -> run.phase(phase));
    }

    @Override
    public void commit(StepRecord step) {
        AtomicLong number = new AtomicLong();
        List<Alarm> raised = new ArrayList<>();
        MetricHistory next = history(step.stage()).plus(step.step(), step.kind(), step.metrics());
        List<Finding> findings = RunAlarms.of(spec().alarms(), next, tasks(step.stage()));
        change(run -> {
            if (number.get() == 0) {
                number.set(run.nextCommit());
            } else if (number.get() < run.nextCommit()) {
                return; // it is committed: the answer was lost on its way
            }
            long commit = run.numberCommit();
            stores.jdbc.update(
                    "insert into trainer.steps (run_id, stage, step, kind, number, committed_at) values (?, ?, ?, ?, ?, ?)",
                    run.id(),
                    step.stage(),
                    step.step(),
                    Words.of(step.kind()),
                    commit,
                    Timestamp.from(Instant.now()));
            stores.episodes.append(run.id(), run.numberEpisodes(step.episodes().size()), step.episodes());
            stores.metrics.append(run.id(), commit, step);
            tellOfJudges(run, step.episodes());
            switch (step.kind()) {
                case TRAINING -> {
                    run.committed(step.step(), isUpdate(step));
                    run.tell("step", "step " + step.step() + " of " + run.steps(), summary(step));
                }
                case EVALUATION -> run.tell("evaluation", "evaluated after step " + step.step(), summary(step));
            }
            raised.clear();
            raised.addAll(run.findAlarms(findings));
            ordered(raised, Action.PAUSE).ifPresent(alarm -> pause(run, words(alarm)));
        });
        history = next;
        reached = step.kind() == Kind.TRAINING ? step.step() : reached;
        stores.meters.count(step);
        pausedByAlarm = ordered(raised, Action.PAUSE).isPresent();
        ordered(raised, Action.FAIL).ifPresent(alarm -> {
            throw new TrainingFailedException(words(alarm));
        });
    }

    /** The last step that was committed here; 0 if none was. */
    int reached() {
        return reached;
    }

    private static Optional<Alarm> ordered(List<Alarm> raised, Action action) {
        return raised.stream().filter(alarm -> alarm.severity() == action).findFirst();
    }

    private static String words(Alarm alarm) {
        return "alarm " + alarm.type() + ": " + alarm.message();
    }

    private static boolean isUpdate(StepRecord step) {
        return step.metrics().stream()
                .noneMatch(metric -> metric.name().equals(MetricNames.UPDATES) && metric.value() == 0);
    }

    /** Of the stage's metrics so far, which a run that is taken up again finds in the database. */
    private MetricHistory history(String stage) {
        MetricHistory known = history;
        if (known == null || !known.stage().equals(stage)) {
            known = insist(() -> stores.metrics.history(lease.runId(), stage));
            history = known;
        }
        return known;
    }

    /** Those of the stage that are to learn. */
    private List<String> tasks(String stage) {
        return spec().allStages().stream()
                .filter(each -> each.name().equals(stage))
                .flatMap(each -> each.tasks().stream())
                .filter(task -> task.weight() > 0)
                .map(RunSpec.Task::name)
                .toList();
    }

    @Override
    public boolean isPausedByAlarm() {
        return pausedByAlarm;
    }

    @Override
    public Waiting waiting(String kind, String name, String message) {
        return watch.waiting(kind, name, message);
    }

    @Override
    public void close() {
        watch.close();
    }

    /** A judge that has drifted is asked of nothing, and its verdicts say so; what it decides is over with the drift. */
    private static void tellOfJudges(RunEntity run, List<EpisodeResource> episodes) {
        Map<String, String> drifted = new TreeMap<>();
        Set<String> deciding = new TreeSet<>();
        for (EpisodeResource episode : episodes) {
            List<JudgeVerdict> apart = episode.heldOutVerdicts() == null ? List.of() : episode.heldOutVerdicts();
            Stream.concat(episode.verdicts().stream(), apart.stream()).forEach(verdict -> {
                String judge = verdict.judge() + "@" + verdict.version();
                if (verdict.error() == null) {
                    deciding.add(judge);
                } else if (verdict.error().code().equals(DRIFTED)) {
                    drifted.put(judge, String.valueOf(verdict.error().detail()));
                }
            });
        }
        deciding.removeAll(drifted.keySet());
        deciding.forEach(judge -> {
            run.clear(driftCondition(judge));
            run.clear("judge-away:" + judge); // as it was when the run was created
        });
        episodes.stream()
                .flatMap(episode -> episode.scores().stream())
                .filter(score -> score.score() != null)
                .map(ModelScore::rewardModel)
                .distinct()
                .forEach(model -> run.clear("reward-model-away:" + model));
        drifted.forEach((judge, why) -> run.warn(driftCondition(judge), "its verdicts are undecided: " + why));
    }

    private static String driftCondition(String judge) {
        return "judge-drifted:" + judge;
    }

    @Override
    public List<Checkpoint> checkpoints() {
        return insist(() -> stores.checkpoints.usable(lease.runId()));
    }

    @Override
    public void goBackTo(Checkpoint checkpoint, String why) {
        List<Path> forgotten = new ArrayList<>();
        history = null;
        change(run -> {
            forgotten.clear();
            run.warn("checkpoint_damaged", why);
            forgotten.addAll(stores.checkpoints.goBackTo(run, checkpoint, why));
        });
        CheckpointWriter.delete(forgotten);
    }

    @Override
    public int attempt() {
        return lease.attempt();
    }

    @Override
    public void requireHeld() {
        insist(() -> stores.runs.held(lease));
    }

    @Override
    public void checkpoint(Checkpoint checkpoint, @Nullable Integer keep) {
        List<Path> forgotten = new ArrayList<>();
        change(run -> {
            forgotten.clear();
            forgotten.addAll(stores.checkpoints.add(run, checkpoint, keep));
        });
        CheckpointWriter.delete(forgotten);
    }

    @Override
    public List<Evaluated> evaluations(String stage, String metric, String task) {
        return insist(() -> stores.metrics.evaluations(lease.runId(), stage, metric, task));
    }

    @Override
    public void best(String stage, BestCheckpoint best) {
        change(run -> run.best(stage, best));
    }

    @Override
    public List<Artifact> artifacts() {
        return insist(() -> stores.runs.held(lease)).artifacts();
    }

    @Override
    public void artifact(Artifact artifact) {
        change(run -> run.left(artifact));
    }

    @Override
    public void warn(String type, String message) {
        change(run -> run.warn(type, message));
    }

    @Override
    public void waitsFor(String service, String why) {
        if (away.putIfAbsent(service, Instant.now()) == null) {
            log.warn("run {} waits for {}: {}", lease.runId(), service, why);
            change(run -> run.warn(awayCondition(service), "waits for " + service + ": " + why));
        }
    }

    @Override
    public void answered(String service) {
        Instant since = away.remove(service);
        if (since != null) {
            change(run -> {
                run.clear(awayCondition(service));
                run.tell("recovered", "waited " + seconds(since) + " s for " + service, Map.of("service", service));
            });
        }
    }

    /** {@code the reward service} is {@code reward_service_away}. */
    private static String awayCondition(String service) {
        return service.replaceFirst("^the ", "").replace(' ', '_') + "_away";
    }

    private static long seconds(Instant since) {
        return Duration.between(since, Instant.now()).toSeconds();
    }

    @Override
    public void pause(String reason) {
        change(run -> pause(run, reason));
    }

    private static void pause(RunEntity run, String reason) {
        run.warn("paused", reason);
        if (run.state() == RunState.RUNNING) {
            run.moveTo(RunState.PAUSING, reason);
        }
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

    @Override
    public void stopIfAsked() {
        stopIfCancelled();
        if (watch.state() == RunState.PAUSING) {
            throw new StepAbandonedException();
        }
    }

    @Override
    public void stopIfCancelled() {
        leaveIfAsked();
        if (watch.state() == RunState.CANCELLING) {
            throw new RunCancelledException();
        }
    }

    /** One look at the run's orders, and a wait if there is nothing to do yet. */
    private boolean permitted() throws InterruptedException {
        leaveIfAsked();
        long heard = stores.signal.sent();
        RunState state = change(this::obey).state();
        watch.saw(state);
        return switch (state) {
            case RUNNING -> true;
            case CANCELLING -> throw new RunCancelledException();
            case PAUSED -> {
                away.clear();
                slot.release();
                stores.signal.await(heard, LOOK);
                yield false;
            }
            case QUEUED -> {
                if (slot.acquire(LOOK)) {
                    beforeResuming.run();
                    change(PostgresJournal::goOn);
                }
                yield false;
            }
            case VALIDATING, PAUSING, SUCCEEDED, FAILED, CANCELLED ->
                throw new IllegalStateException("run " + lease.runId() + " is " + Words.of(state));
        };
    }

    private void obey(RunEntity run) {
        if (run.state() == RunState.PAUSING) {
            away.keySet().forEach(service -> run.clear(awayCondition(service))); // nothing is asked while it is paused
            run.phase(null);
            run.moveTo(RunState.PAUSED, null);
        }
    }

    private void leaveIfAsked() {
        if (leaving.getAsBoolean()) {
            throw new TrainerLeavesException();
        }
    }

    private RunEntity change(Consumer<RunEntity> change) {
        return insist(() -> stores.runs.change(lease, change));
    }

    /**
     * Tries until the database has answered, and again where it rolled back in favour of another transaction. What is tried
     * may have been taken although the answer was lost, so it has to be the same the second time.
     */
    private <T> T insist(Supplier<T> work) {
        Instant since = null;
        int rolledBack = 0;
        while (true) {
            try {
                T done = work.get();
                if (since != null) {
                    tellOfOutage(since);
                }
                return done;
            } catch (ConcurrencyFailureException e) { // a deadlock's victim is free to try again
                if (++rolledBack > ROLLBACKS) {
                    throw e;
                }
                log.warn("run {} tries again what the database rolled back: {}", lease.runId(), e.getMessage());
                pause();
            } catch (DataAccessException | TransactionException e) {
                if (DatabaseFailure.of(e) != DatabaseFailure.UNAVAILABLE) {
                    throw e;
                }
                if (since == null) {
                    since = Instant.now();
                    log.warn("run {} waits for the database: {}", lease.runId(), e.getMessage());
                }
                pause();
            }
        }
    }

    private void tellOfOutage(Instant since) {
        long seconds = seconds(since);
        log.warn("run {} goes on after {} s without the database", lease.runId(), seconds);
        stores.runs.change(
                lease,
                run -> run.tell("recovered", "waited " + seconds + " s for the database", Map.of("service", DATABASE)));
    }

    /** Not waiting for the signal: while a run waits, others may send it all the time. */
    private static void pause() {
        try {
            Thread.sleep(LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RunLostException("the trainer is stopping");
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
