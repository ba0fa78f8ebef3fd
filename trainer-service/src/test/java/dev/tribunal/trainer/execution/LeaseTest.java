package dev.tribunal.trainer.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.runs.v1.RunResource;
import dev.tribunal.contracts.runs.v1.RunState;
import dev.tribunal.trainer.api.RunCreation;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import dev.tribunal.trainer.store.Leases.Lease;
import dev.tribunal.trainer.store.RunAction;
import dev.tribunal.trainer.store.RunStore;
import dev.tribunal.trainer.training.RunJournal;
import dev.tribunal.trainer.training.RunJournal.Kind;
import dev.tribunal.trainer.training.RunJournal.Metric;
import dev.tribunal.trainer.training.RunJournal.RunLostException;
import dev.tribunal.trainer.training.RunJournal.StepRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;

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
        RunJournal newer = new PostgresJournal(stores, new Lease(id, "other#1", epoch), new Slot(new Semaphore(0)));

        assertThatThrownBy(() -> older.commit(step(2))).isInstanceOf(RunLostException.class);
        assertThatThrownBy(() -> older.warn("late", "too late")).isInstanceOf(RunLostException.class);
        assertThatThrownBy(() -> older.checkpoint(new Checkpoint(2, Path.of("late"), "sha256:late")))
                .isInstanceOf(RunLostException.class);
        assertThatThrownBy(older::awaitPermission).isInstanceOf(RunLostException.class);
        assertThat(count("steps", id)).isEqualTo(1);
        assertThat(count("episodes", id)).isEqualTo(1);
        assertThat(count("checkpoints", id)).isZero();

        newer.commit(step(2));
        assertThat(runs.get(id).resource().step()).isEqualTo(2);
        release.countDown();
    }

    @Test
    void aStepIsStoredWholeOrNotAtAll() throws InterruptedException {
        String id = running("whole");
        RunJournal journal = journals.take();
        Metric twice = new Metric("score", "math", 1);

        assertThatThrownBy(() ->
                        journal.commit(new StepRecord(1, Kind.TRAINING, step(1).episodes(), List.of(twice, twice))))
                .isInstanceOf(DataIntegrityViolationException.class);

        assertThat(count("steps", id)).isZero();
        assertThat(count("episodes", id)).isZero();
        assertThat(runs.get(id).resource().step()).isZero();
        journal.commit(step(1));
        assertThat(count("verdicts", id)).isEqualTo(2);
        release.countDown();
    }

    @Test
    void aRunWhoseLeaseRanOutHasFailedWithItsReason() throws InterruptedException {
        String id = running("expired");
        RunJournal journal = journals.take();
        journal.commit(step(1));
        journal.checkpoint(new Checkpoint(1, Path.of("step-1"), "sha256:1"));
        jdbc.update(
                "update trainer.runs set lease_owner = 'elsewhere#1', lease_expires_at = now() - interval '1 s'"
                        + " where id = ?",
                id);

        await().until(() -> runs.get(id).state() == RunState.FAILED);

        assertThat(runs.get(id).resource().terminalReason())
                .contains("the trainer stopped at committed step 1 of 3", "its checkpoint and its episodes are kept");
        assertThatThrownBy(() -> journal.commit(step(2))).isInstanceOf(RunLostException.class);
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

        await().until(() -> runs.get(id).state() == RunState.FAILED);
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
    void aRunThatThisTrainerHoldsWithoutKnowingItIsEnded() {
        String id = create("orphan");
        await().until(() -> runs.get(id).state() == RunState.SUCCEEDED);
        jdbc.update("update trainer.runs set state = 'running', finished_at = null where id = ?", id);

        await().until(() -> runs.get(id).state() == RunState.FAILED);
        assertThat(runs.get(id).resource().terminalReason()).contains("the trainer stopped at committed step");
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
    void aTrainerThatIsShutDownEndsItsRunsAndKeepsTheirSteps() throws InterruptedException {
        String id = running("shut-down");
        RunJournal journal = journals.take();
        journal.commit(step(1));

        executor.stop();
        try {
            RunResource run = runs.get(id).resource();
            assertThat(run.state()).isEqualTo(RunState.FAILED);
            assertThat(run.terminalReason()).contains("was shut down at committed step 1");
            assertThat(count("episodes", id)).isEqualTo(1);
            assertThatThrownBy(() -> journal.commit(step(2))).isInstanceOf(RunLostException.class);
            String queued = create("after");
            assertThat(runs.get(queued).state()).isEqualTo(RunState.QUEUED);
            executor.start();
            await().until(() -> runs.get(queued).state() == RunState.SUCCEEDED);
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
        return creation.create(spec(name), "application/yaml", null).id();
    }

    private long count(String table, String id) {
        return jdbc.queryForObject("select count(*) from trainer." + table + " where run_id = ?", Long.class, id);
    }

    private static StepRecord step(int step) {
        return new StepRecord(step, Kind.TRAINING, List.of(RunsApiTest.episode(step, 0, Verdict.SATISFIED)), List.of());
    }
}
