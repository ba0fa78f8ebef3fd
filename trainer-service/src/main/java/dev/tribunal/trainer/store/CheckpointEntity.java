package dev.tribunal.trainer.store;

import dev.tribunal.contracts.runs.v1.CheckpointResource;
import dev.tribunal.trainer.Ids;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A checkpoint's row; it never changes. */
@Entity
@Table(name = "checkpoints")
public class CheckpointEntity {

    @Id
    private String id;

    @Column(updatable = false)
    private String runId;

    private int step;
    private String path;
    private String digest;
    private Instant createdAt;

    /** For Hibernate, which fills the fields in. */
    @SuppressWarnings("NullAway")
    CheckpointEntity() {}

    public CheckpointEntity(String runId, Checkpoint checkpoint) {
        this.id = Ids.next("ckpt");
        this.runId = runId;
        this.step = checkpoint.step();
        this.path = checkpoint.directory().toString();
        this.digest = checkpoint.digest();
        this.createdAt = Instant.now().truncatedTo(ChronoUnit.MICROS);
    }

    public CheckpointResource resource() {
        return new CheckpointResource(id, step, path, digest, createdAt);
    }
}
