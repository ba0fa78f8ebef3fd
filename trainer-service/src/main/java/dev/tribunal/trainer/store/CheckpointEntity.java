package dev.tribunal.trainer.store;

import dev.tribunal.contracts.runs.v1.run.CheckpointResource;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import dev.tribunal.trainer.checkpoint.Checkpoint.Purpose;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** A checkpoint's row; nothing of it changes but what it is there for. */
@Entity
@Table(name = "checkpoints")
public class CheckpointEntity {

    @Id
    private String id;

    @Column(updatable = false)
    private String runId;

    private String stage;
    private int step;
    private String path;
    private String digest;
    private @Nullable String stateDigest;

    @Convert(converter = Columns.OfPurpose.class)
    private Purpose purpose;

    private long lastCommit;
    private long lastEpisode;
    private long lastEvent;
    private Instant createdAt;

    /** For Hibernate, which fills the fields in. */
    @SuppressWarnings("NullAway")
    CheckpointEntity() {}

    /** @param run as it is when the checkpoint becomes known: what it has then is what stays when it goes on from here */
    CheckpointEntity(String id, RunEntity run, Checkpoint checkpoint) {
        this.id = id;
        this.runId = run.id();
        this.stateDigest = checkpoint.stateDigest();
        this.purpose = checkpoint.purpose();
        this.lastCommit = run.lastCommit();
        this.lastEpisode = run.lastEpisode();
        this.lastEvent = run.lastEvent();
        this.stage = run.spec().stageOf(checkpoint.step());
        this.step = checkpoint.step();
        this.path = checkpoint.directory().toString();
        this.digest = checkpoint.digest();
        this.createdAt = Instant.now().truncatedTo(ChronoUnit.MICROS);
    }

    public CheckpointResource resource() {
        return new CheckpointResource(id, stage, step, path, digest, createdAt);
    }

    /** Null if it is older than what a run needs to go on. */
    public @Nullable Checkpoint checkpoint() {
        return stateDigest == null ? null : new Checkpoint(step, directory(), digest, stateDigest, purpose);
    }

    /** Absent for one that no run can go on from. */
    public @Nullable String stateDigest() {
        return stateDigest;
    }

    public String id() {
        return id;
    }

    public int step() {
        return step;
    }

    public Path directory() {
        return Path.of(path);
    }

    Purpose purpose() {
        return purpose;
    }

    void becomes(Purpose other) {
        purpose = other;
    }

    long lastCommit() {
        return lastCommit;
    }

    long lastEpisode() {
        return lastEpisode;
    }

    long lastEvent() {
        return lastEvent;
    }
}
