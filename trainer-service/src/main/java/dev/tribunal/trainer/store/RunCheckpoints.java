package dev.tribunal.trainer.store;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.trainer.Ids;
import dev.tribunal.trainer.TrainerError;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import dev.tribunal.trainer.checkpoint.Checkpoint.Purpose;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The checkpoints of runs as rows, and what a run that goes on from one of them leaves behind. Every method stands in a
 * transaction that has locked the run.
 */
@Component
public class RunCheckpoints {

    /** Events that tell of what is taken back; those that tell what happened to the run stay. */
    private static final String OF_PROGRESS = "type in ('step', 'evaluation', 'checkpoint', 'best', 'alarm')";

    private final CheckpointRepository checkpoints;
    private final JdbcClient jdbc;

    RunCheckpoints(CheckpointRepository checkpoints, JdbcClient jdbc) {
        this.checkpoints = checkpoints;
        this.jdbc = jdbc;
    }

    /** @throws TribunalException naming the steps that there are, if there is none of this one */
    public CheckpointEntity get(String runId, int step) {
        return checkpoints.findByRunIdAndStep(runId, step).orElseThrow(() -> {
            List<CheckpointEntity> there = checkpoints.findByRunIdOrderByStep(runId);
            return new TribunalException(
                    TrainerError.CHECKPOINT_NOT_FOUND,
                    "Run '" + runId + "' has no checkpoint of step " + step + "; "
                            + (there.isEmpty()
                                    ? "it has none yet."
                                    : "it has those of step "
                                            + there.stream()
                                                    .map(each -> String.valueOf(each.step()))
                                                    .collect(Collectors.joining(", "))
                                            + "."));
        });
    }

    /** @throws TribunalException if there is none yet */
    public CheckpointEntity latest(String runId) {
        List<CheckpointEntity> there = checkpoints.findByRunIdOrderByStep(runId);
        if (there.isEmpty()) {
            throw new TribunalException(
                    TrainerError.CHECKPOINT_NOT_FOUND, "Run '" + runId + "' has no checkpoint yet.");
        }
        return there.getLast();
    }

    /**
     * A fork goes on from its parent's checkpoint, which is there for that alone.
     *
     * @param folder where its files are
     */
    void inherit(RunEntity fork, Checkpoint checkpoint, Path folder) {
        checkpoints.save(new CheckpointEntity(
                Ids.next("ckpt"),
                fork,
                new Checkpoint(
                        checkpoint.step(), folder, checkpoint.digest(), checkpoint.stateDigest(), Purpose.RESUMING)));
    }

    /** Those that the run can go on from, latest first. */
    public List<Checkpoint> usable(String runId) {
        return checkpoints.findByRunIdOrderByStep(runId).reversed().stream()
                .map(CheckpointEntity::checkpoint)
                .filter(Objects::nonNull)
                .toList();
    }

    /**
     * A checkpoint becomes known, and with it what is not to be kept any more is forgotten: those that were there for
     * resuming alone, and of the milestones the oldest. A stage's best one stays. While an alarm is raised, the latest
     * milestone from before it stays: later ones may be of a policy that is spoilt.
     *
     * @param keep the milestones that are kept, this one among them; absent for all
     * @return the directories that no row knows any more
     */
    public List<Path> add(RunEntity run, Checkpoint checkpoint, @Nullable Integer keep) {
        List<CheckpointEntity> before = checkpoints.findByRunIdOrderByStep(run.id());
        Optional<CheckpointEntity> known = before.stream()
                .filter(row -> row.directory().equals(checkpoint.directory()))
                .findFirst();
        if (known.isPresent()) { // the answer to this was lost on its way, or it has become the end of its stage
            known.get().becomes(checkpoint.purpose());
            checkpoints.save(known.get());
            return List.of();
        }
        String id = Ids.next("ckpt");
        run.tell(
                "checkpoint",
                "checkpoint of step " + checkpoint.step(),
                Map.of(
                        "id", id,
                        "step", checkpoint.step(),
                        "path", checkpoint.directory().toString(),
                        "digest", checkpoint.digest()));
        checkpoints.save(new CheckpointEntity(id, run, checkpoint));
        List<CheckpointEntity> milestones = before.stream()
                .filter(row -> row.purpose() == Purpose.MILESTONE && !run.isBest(row.step()))
                .toList();
        int kept = keep == null ? milestones.size() : keep - (checkpoint.purpose() == Purpose.MILESTONE ? 1 : 0);
        Integer alarm = run.firstAlarm();
        int sound = alarm == null
                ? -1
                : (int) milestones.stream().filter(row -> row.step() < alarm).count() - 1;
        List<CheckpointEntity> dropped = before.stream()
                .filter(old -> !run.isBest(old.step()))
                .filter(old -> switch (old.purpose()) {
                    case RESUMING -> true;
                    case MILESTONE ->
                        milestones.indexOf(old) != sound && milestones.indexOf(old) < milestones.size() - kept;
                    case ARTIFACT -> false;
                })
                .toList();
        return forget(dropped);
    }

    /** Where the run goes on, for a person. */
    String goesOnFrom(RunEntity run) {
        return usable(run.id()).stream()
                .findFirst()
                .map(checkpoint -> "it goes on from the checkpoint of step " + checkpoint.step())
                .orElse("it begins again, since it has no checkpoint yet");
    }

    /**
     * Takes back what the run did after its latest checkpoint, if it was trained before.
     *
     * @param why for a person
     * @return the directories that no row knows any more
     */
    List<Path> goBackToLatest(RunEntity run, String why) {
        List<CheckpointEntity> usable = checkpoints.findByRunIdOrderByStep(run.id()).stream()
                .filter(row -> row.checkpoint() != null)
                .toList();
        return goBack(run, usable.isEmpty() ? null : usable.getLast(), why);
    }

    /** Likewise to an earlier one. */
    public List<Path> goBackTo(RunEntity run, Checkpoint checkpoint, String why) {
        CheckpointEntity row = checkpoints.findByRunIdOrderByStep(run.id()).stream()
                .filter(each -> each.directory().equals(checkpoint.directory()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no checkpoint " + checkpoint.directory()));
        return goBack(run, row, why);
    }

    private List<Path> goBack(RunEntity run, @Nullable CheckpointEntity to, String why) {
        String id = run.id();
        run.keepArtifacts(to == null ? 0 : to.step());
        StoredArtifact left = run.latestArtifact(); // of a stage after the checkpoint it has the later numbers
        long commit = Math.max(to == null ? 0 : to.lastCommit(), left == null ? 0 : left.lastCommit());
        long episode = Math.max(to == null ? 0 : to.lastEpisode(), left == null ? 0 : left.lastEpisode());
        long event = Math.max(to == null ? 0 : to.lastEvent(), left == null ? 0 : left.lastEvent());
        jdbc.sql("delete from trainer.metrics where run_id = :run and number > :commit")
                .param("run", id)
                .param("commit", commit)
                .update();
        jdbc.sql("delete from trainer.steps where run_id = :run and number > :commit")
                .param("run", id)
                .param("commit", commit)
                .update();
        jdbc.sql("delete from trainer.episodes where run_id = :run and number > :episode") // verdicts go with them
                .param("run", id)
                .param("episode", episode)
                .update();
        jdbc.sql("delete from trainer.events where run_id = :run and sequence > :event and " + OF_PROGRESS)
                .param("run", id)
                .param("event", event)
                .update();
        List<Path> forgotten = forget(checkpoints.findByRunIdOrderByStep(id).stream()
                .filter(row -> to == null || row.step() > to.step())
                .toList());
        int withoutUpdate = jdbc.sql(
                        "select count(*) from trainer.metrics where run_id = :run and name = :updates and value = 0")
                .param("run", id)
                .param("updates", MetricNames.UPDATES)
                .query(Integer.class)
                .single();
        run.goBackTo(to, commit, episode, withoutUpdate, why);
        return forgotten;
    }

    private List<Path> forget(List<CheckpointEntity> rows) {
        checkpoints.deleteAll(rows);
        return rows.stream().map(CheckpointEntity::directory).toList();
    }
}
