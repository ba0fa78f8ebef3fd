package dev.tribunal.trainer.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.runs.v1.metric.MetricColumns;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.trainer.api.RunCreation;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import dev.tribunal.trainer.checkpoint.Checkpoint.Purpose;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.RunJournal.Kind;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import dev.tribunal.trainer.journal.RunJournal.RunLostException;
import dev.tribunal.trainer.journal.RunJournal.StepRecord;
import dev.tribunal.trainer.store.Leases.Lease;
import dev.tribunal.trainer.store.MetricLog.Mark;
import dev.tribunal.trainer.store.RunAction;
import dev.tribunal.trainer.store.RunStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;

/** Two trainers never write one run, and a run never outlives its trainer. */
class LeaseTest extends TrainerContext {

    @Autowired
    private RunCreation creation;

    @Autowired
    private RunStore runs;

    @Autowired
    private RunExecutor executor;

    @Autowired
    private PostgresJournal.Stores stores;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private ConfigurableTransactionManager transactions;

    private final BlockingQueue<RunJournal> journals = new LinkedBlockingQueue<>();
    private final CountDownLatch release = new CountDownLatch(1);

    @Test
    void theJournalOfAnOlderLeaseIsRefusedAndWritesNothing() throws InterruptedException {
        String id = running("fenced");
        RunJournal older = journals.take();
        older.commit(step(1));
        long epoch = jdbc.queryForObject(
                "update trainer.runs set lease_owner = 'other#1', lease_epoch = lease_epoch + 1 where id = ?"
                        + " returning lease_epoch",
                Long.class,
                id);
        RunJournal newer = new PostgresJournal(
                stores, new Lease(id, "other#1", epoch, 2), new Slot(new Semaphore(0)), () -> false);

        assertThatThrownBy(() -> older.commit(step(2))).isInstanceOf(RunLostException.class);
        assertThatThrownBy(() -> older.warn("late", "too late")).isInstanceOf(RunLostException.class);
        assertThatThrownBy(() -> older.checkpoint(
                        new Checkpoint(2, Path.of("late"), "sha256:late", "state", Purpose.MILESTONE), null))
                .isInstanceOf(RunLostException.class);
        assertThatThrownBy(older::awaitPermission).isInstanceOf(RunLostException.class);
        assertThat(count("steps", id)).isEqualTo(1);
        assertThat(count("episodes", id)).isEqualTo(1);
        assertThat(count("checkpoints", id)).isZero();

        newer.commit(step(2));
        assertThat(runs.get(id).resource().step()).isEqualTo(2);
        release.countDown();
    }

    private MetricColumns columns(String id, Mark mark) {
        return stores.metrics().columns(runs.get(id), mark, List.of(), null, null);
    }

    /** PostgreSQL ends a deadlock by rolling back one of the transactions, and it may be the trainer's. */
    @Test
    void aStepThatTheDatabaseRolledBackIsWrittenAgain() throws InterruptedException {
        String id = running("deadlocked");
        RunJournal journal = journals.take();
        jdbc.execute("""
                create sequence trainer.deadlocks;
                create function trainer.deadlock() returns trigger language plpgsql as $$
                begin
                    if nextval('trainer.deadlocks') < 3 then
                        raise exception 'deadlock detected' using errcode = '40P01';
                    end if;
                    return new;
                end $$;
                create trigger deadlock before insert on trainer.steps
                    for each row execute function trainer.deadlock()""");
        try {
            journal.commit(step(1));
        } finally {
            jdbc.execute("drop function trainer.deadlock cascade; drop sequence trainer.deadlocks");
        }

        assertThat(count("steps", id)).isEqualTo(1);
        assertThat(count("episodes", id)).isEqualTo(1);
        assertThat(runs.get(id).resource().state()).isEqualTo(RunState.RUNNING);
        release.countDown();
    }

    @Test
    void aStepIsStoredWholeOrNotAtAll() throws InterruptedException {
        String id = running("whole");
        RunJournal journal = journals.take();
        Metric twice = new Metric("score", "math", 1);

        assertThatThrownBy(() -> journal.commit(
                        new StepRecord("train", 1, Kind.TRAINING, step(1).episodes(), List.of(twice, twice))))
                .isInstanceOf(DataIntegrityViolationException.class);

        assertThat(count("steps", id)).isZero();
        assertThat(count("episodes", id)).isZero();
        assertThat(runs.get(id).resource().step()).isZero();
        journal.commit(step(1));
        assertThat(count("verdicts", id)).isEqualTo(2);
        release.countDown();
    }

    @Test
    void aRunWhoseLeaseRanOutGoesOnFromItsCheckpoint(@TempDir Path folder) throws InterruptedException {
        String id = running("expired");
        RunJournal older = journals.take();
        older.commit(evaluation());
        older.commit(step(1));
        older.checkpoint(checkpoint(folder, 1), null);
        MetricColumns early = columns(id, Mark.BEGINNING);
        older.commit(step(2));
        older.checkpoint(new Checkpoint(2, folder.resolve("step-2"), "sha256:2", "state", Purpose.RESUMING), null);
        older.commit(step(3));
        long seen = lastEvent(id);
        jdbc.update("update trainer.checkpoints set state_digest = null where run_id = ? and step = 2", id);
        MetricColumns late = columns(id, Mark.parse(early.cursor()));
        expire(id);

        RunJournal newer = journals.take();

        assertThat(newer.attempt()).isEqualTo(2);
        assertThat(newer.checkpoints()).extracting(Checkpoint::step).containsExactly(1);
        assertThat(late.reset()).isFalse();
        assertThat(late.series())
                .allSatisfy(series -> assertThat(series.steps()).containsExactly(2, 3));
        MetricColumns again = columns(id, Mark.parse(late.cursor()));
        assertThat(again.reset()).isTrue();
        assertThat(again.series()).isEqualTo(early.series()).isNotEmpty();
        assertThat(runs.get(id).resource().step()).isEqualTo(1);
        assertThat(count("steps", id)).isEqualTo(2);
        assertThat(count("metrics", id)).isEqualTo(2);
        assertThat(count("episodes", id)).isEqualTo(1);
        assertThat(count("verdicts", id)).isEqualTo(2);
        assertThat(typesAfter(id, 0))
                .containsSubsequence("evaluation", "step", "checkpoint", "state", "resumed", "state");
        assertThat(typesAfter(id, seen)).containsExactly("state", "resumed", "state");
        assertThat(jdbc.queryForObject(
                        "select message from trainer.events where run_id = ? and type = 'resumed'", String.class, id))
                .isEqualTo(
                        "taken up again: the run goes on from the checkpoint of step 1; steps 2 to 3 are taken again");
        assertThatThrownBy(() -> older.commit(step(4))).isInstanceOf(RunLostException.class);
        newer.commit(step(2));
        assertThat(typesAfter(id, seen)).containsExactly("state", "resumed", "state", "step");
        assertThat(jdbc.queryForList("select number from trainer.episodes where run_id = ? order by 1", Long.class, id))
                .containsExactly(1L, 2L);
        release.countDown();
    }

    @Test
    void aRunWithoutACheckpointBeginsAgain() throws InterruptedException {
        String id = running("anew");
        RunJournal older = journals.take();
        older.commit(evaluation());
        older.commit(step(1));
        expire(id);

        RunJournal newer = journals.take();

        assertThat(newer.checkpoints()).isEmpty();
        for (String table : List.of("steps", "metrics", "episodes", "verdicts")) {
            assertThat(count(table, id)).as(table).isZero();
        }
        newer.commit(evaluation());
        newer.commit(step(1));
        assertThat(runs.get(id).resource().step()).isEqualTo(1);
        release.countDown();
    }

    @Test
    void whatIsWrittenIsNotWrittenTwiceWhenItsAnswerIsLost() throws InterruptedException {
        String id = running("lost-answer");
        RunJournal journal = journals.take();
        Checkpoint checkpoint = new Checkpoint(1, Path.of("step-1"), "sha256:1", "state", Purpose.MILESTONE);

        losingTheAnswer(() -> journal.commit(step(1)));
        losingTheAnswer(() -> journal.checkpoint(checkpoint, null));
        losingTheAnswer(() -> journal.commit(step(2)));

        assertThat(count("steps", id)).isEqualTo(2);
        assertThat(count("episodes", id)).isEqualTo(2);
        assertThat(count("checkpoints", id)).isEqualTo(1);
        assertThat(typesAfter(id, 0).stream().filter(type -> !type.equals("state") && !type.equals("recovered")))
                .containsExactly("step", "checkpoint", "step");
        release.countDown();
    }

    /** The database takes the first transaction of this thread, and the connection breaks before it can say so. */
    private void losingTheAnswer(Runnable work) {
        Thread here = Thread.currentThread();
        AtomicBoolean lost = new AtomicBoolean();
        TransactionExecutionListener breaking = new TransactionExecutionListener() {
            @Override
            public void afterCommit(TransactionExecution transaction, @Nullable Throwable failure) {
                if (Thread.currentThread() == here && lost.compareAndSet(false, true)) {
                    throw new DataAccessResourceFailureException(
                            "broken", new SQLTransientConnectionException("broken"));
                }
            }
        };
        Collection<TransactionExecutionListener> before = transactions.getTransactionExecutionListeners();
        List<TransactionExecutionListener> withIt = new ArrayList<>(before);
        withIt.add(breaking);
        transactions.setTransactionExecutionListeners(withIt);
        try {
            work.run();
        } finally {
            transactions.setTransactionExecutionListeners(before);
        }
        assertThat(lost).isTrue();
    }

    @Test
    void checkpointsThatAreNotKeptGoOnceTheNextIsKnown(@TempDir Path folder) throws InterruptedException {
        String id = running("retention");
        RunJournal journal = journals.take();
        journal.checkpoint(checkpoint(folder, 1), 2);
        journal.checkpoint(passing(folder, 2), 2);
        assertThat(steps(folder, journal)).containsExactly(2, 1);
        journal.checkpoint(passing(folder, 3), 2);
        assertThat(steps(folder, journal)).containsExactly(3, 1);
        journal.checkpoint(checkpoint(folder, 4), 2);
        assertThat(steps(folder, journal)).containsExactly(4, 1);
        journal.checkpoint(checkpoint(folder, 5), 2);
        assertThat(steps(folder, journal)).containsExactly(5, 4);
        journal.checkpoint(passing(folder, 6), 1);
        assertThat(steps(folder, journal)).containsExactly(6, 5);
        journal.checkpoint(endOfStage(folder, 7), 1);
        assertThat(steps(folder, journal)).containsExactly(7, 5);
        journal.checkpoint(checkpoint(folder, 8), 1);
        journal.checkpoint(checkpoint(folder, 9), 1);
        assertThat(steps(folder, journal)).containsExactly(9, 7);
        release.countDown();
    }

    @Test
    void aRunThatWasToBePausedIsPausedWithoutATrainerAndGoesOnWhenItIsResumed() throws InterruptedException {
        String id = running("pausing");
        journals.take();
        runs.act(id, RunAction.PAUSE);
        expire(id);

        await().until(() -> runs.get(id).state() == RunState.PAUSED);
        assertThat(runs.get(id).held()).isFalse();
        runs.act(id, RunAction.RESUME);
        assertThat(journals.take().attempt()).isEqualTo(2);
        assertThat(runs.get(id).state()).isEqualTo(RunState.RUNNING);
        release.countDown();
    }

    @Test
    void aRunOfAnEarlierInstanceIsNotWaitedFor() throws InterruptedException {
        String id = running("earlier");
        journals.take();
        jdbc.update(
                "update trainer.runs set lease_owner = 'trainer-test#earlier',"
                        + " lease_expires_at = now() + interval '1 h' where id = ?",
                id);

        assertThat(journals.take().attempt()).isEqualTo(2);
        release.countDown();
    }

    @Test
    void aRunThatWasToBeCancelledIsCancelledByTheNextTrainer() throws InterruptedException {
        String id = running("cancelling");
        journals.take();
        runs.act(id, RunAction.CANCEL);
        jdbc.update(
                "update trainer.runs set lease_owner = 'elsewhere#1', lease_expires_at = now() - interval '1 s'"
                        + " where id = ?",
                id);

        await().until(() -> runs.get(id).state() == RunState.CANCELLED);
        release.countDown();
    }

    @Test
    void aRunThatWasToBeCancelledIsCancelledEvenIfItsTrainingEndsFirst() throws InterruptedException {
        String id = running("last-step");
        journals.take();
        runs.act(id, RunAction.CANCEL);
        release.countDown();

        await().until(() -> runs.get(id).state().terminal());
        assertThat(runs.get(id).state()).isEqualTo(RunState.CANCELLED);
    }

    @Test
    void aRunThatThisTrainerHoldsWithoutKnowingItGoesOn() {
        String id = create("orphan");
        await().until(() -> runs.get(id).state() == RunState.SUCCEEDED);
        jdbc.update("update trainer.runs set state = 'running', finished_at = null where id = ?", id);

        await().until(() -> typesAfter(id, 0).contains("resumed"));
        await().until(() -> runs.get(id).state() == RunState.SUCCEEDED);
    }

    @Test
    void aCancelledRunNeedNotReachTheEndOfItsStep() {
        script.when("within", (id, journal) -> {
            while (true) {
                journal.stopIfCancelled();
                release.await(10, TimeUnit.MILLISECONDS);
            }
        });
        String id = create("within");
        await().until(() -> runs.get(id).state() == RunState.RUNNING);
        runs.act(id, RunAction.CANCEL);

        await().until(() -> runs.get(id).state() == RunState.CANCELLED);
    }

    @Test
    void aTrainerThatIsShutDownLeavesItsRunsToTheNext() throws InterruptedException {
        script.when("shut-down", (id, journal) -> {
            journals.add(journal);
            while (release.getCount() > 0) {
                journal.stopIfCancelled();
            }
        });
        String id = create("shut-down");
        RunJournal journal = journals.take();
        journal.commit(step(1));

        executor.stop();
        try {
            assertThat(runs.get(id).state()).isEqualTo(RunState.QUEUED);
            assertThat(runs.get(id).held()).isFalse();
            assertThat(count("episodes", id)).isEqualTo(1);
            assertThatThrownBy(() -> journal.commit(step(2))).isInstanceOf(RunLostException.class);
            String queued = create("after");
            assertThat(runs.get(queued).state()).isEqualTo(RunState.QUEUED);
            executor.start();
            assertThat(journals.take().attempt()).isEqualTo(2);
            release.countDown();
            await().until(() -> runs.get(queued).state() == RunState.SUCCEEDED);
            await().until(() -> runs.get(id).state() == RunState.SUCCEEDED);
        } finally {
            if (!executor.isRunning()) {
                executor.start();
            }
        }
    }

    /** A run that trains until it is released or interrupted; its journal is in the queue. */
    private String running(String name) {
        script.when(name, (id, journal) -> {
            journals.add(journal);
            if (!release.await(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("nobody released the run");
            }
        });
        String id = create(name);
        await().until(() -> !journals.isEmpty());
        return id;
    }

    private String create(String name) {
        return creation.create(spec(name).replace("steps: 3", "steps: 9"), "application/yaml", null)
                .id();
    }

    private void expire(String id) {
        jdbc.update(
                "update trainer.runs set lease_owner = 'elsewhere#1', lease_expires_at = now() - interval '1 s'"
                        + " where id = ?",
                id);
    }

    private long lastEvent(String id) {
        return jdbc.queryForObject("select max(sequence) from trainer.events where run_id = ?", Long.class, id);
    }

    private List<String> typesAfter(String id, long sequence) {
        return jdbc.queryForList(
                "select type from trainer.events where run_id = ? and sequence > ? order by sequence",
                String.class,
                id,
                sequence);
    }

    private static Checkpoint checkpoint(Path folder, int step) {
        return onDisk(
                new Checkpoint(step, folder.resolve("step-" + step), "sha256:" + step, "state", Purpose.MILESTONE));
    }

    private static Checkpoint passing(Path folder, int step) {
        return onDisk(
                new Checkpoint(step, folder.resolve("step-" + step), "sha256:" + step, "state", Purpose.RESUMING));
    }

    private static Checkpoint endOfStage(Path folder, int step) {
        return onDisk(
                new Checkpoint(step, folder.resolve("step-" + step), "sha256:" + step, "state", Purpose.ARTIFACT));
    }

    private static Checkpoint onDisk(Checkpoint checkpoint) {
        try {
            Files.createDirectory(checkpoint.directory());
            return checkpoint;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of the checkpoints that have a row, each of which is on the disk, and nothing else is. */
    private static List<Integer> steps(Path folder, RunJournal journal) {
        List<Checkpoint> known = journal.checkpoints();
        try (Stream<Path> entries = Files.list(folder)) {
            assertThat(entries)
                    .containsExactlyInAnyOrderElementsOf(
                            known.stream().map(Checkpoint::directory).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return known.stream().map(Checkpoint::step).toList();
    }

    private static StepRecord evaluation() {
        return new StepRecord("train", 0, Kind.EVALUATION, List.of(), List.of(new Metric("heldOutScore", "math", 1)));
    }

    private long count(String table, String id) {
        return jdbc.queryForObject("select count(*) from trainer." + table + " where run_id = ?", Long.class, id);
    }

    private static StepRecord step(int step) {
        return new StepRecord(
                "train",
                step,
                Kind.TRAINING,
                List.of(RunsApiTest.episode(step, 0, Verdict.SATISFIED)),
                List.of(new Metric("score", "math", step)));
    }
}
