package dev.tribunal.trainer.training;

import dev.tribunal.trainer.checkpoint.Checkpoint;
import dev.tribunal.trainer.checkpoint.CheckpointWriter;
import dev.tribunal.trainer.checkpoint.DamagedCheckpointException;
import dev.tribunal.trainer.checkpoint.TrainingState;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.TrainingFailedException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a run goes on: its latest checkpoint whose files are all as they were written.
 *
 * @param checkpoints all of the run's, the one that it goes on from among them
 */
public record Resumption(Checkpoint checkpoint, TrainingState state, List<Checkpoint> checkpoints) {

    /**
     * @return absent if the run begins
     * @throws TrainingFailedException if it has checkpoints, and none of them is whole: to begin anew would drop what was
     *     trained without a word
     */
    public static @Nullable Resumption of(RunJournal journal) {
        List<Checkpoint> checkpoints = journal.checkpoints();
        String damage = "";
        for (Checkpoint checkpoint : checkpoints) {
            try {
                journal.phase("reading the checkpoint of step " + checkpoint.step());
                TrainingState state = CheckpointWriter.read(checkpoint);
                if (!damage.isEmpty()) {
                    journal.goBackTo(checkpoint, damage);
                }
                return new Resumption(checkpoint, state, journal.checkpoints());
            } catch (DamagedCheckpointException damaged) {
                damage = damage.isEmpty() ? String.valueOf(damaged.getMessage()) : damage;
            }
        }
        if (!damage.isEmpty()) {
            throw new TrainingFailedException("the run cannot go on, for none of its checkpoints is whole: " + damage
                    + ". Trainers that share a database share the folder of tribunal.trainer.data, too; apply the spec"
                    + " again to start anew");
        }
        return null;
    }

    public Path directory() {
        return checkpoint.directory();
    }

    public Path file(String name) {
        return directory().resolve(name);
    }

    /** Whether the run is past a step, all of a stage that ends with it included. */
    public boolean isAfter(int step) {
        return state.step() > step;
    }

    /** What a stage left that ended with this step. */
    public Checkpoint checkpointOf(int step) {
        Checkpoint left = checkpoints.stream()
                .filter(each -> each.step() == step)
                .findFirst()
                .orElseThrow(() -> new TrainingFailedException(
                        "the checkpoint of step " + step + " is gone, with which an earlier stage ended"));
        try {
            CheckpointWriter.read(left);
        } catch (DamagedCheckpointException damaged) {
            throw new TrainingFailedException(
                    damaged.getMessage() + "; a later stage starts from it, so the run cannot go on", damaged);
        }
        return left;
    }
}
