package dev.tribunal.trainer.training;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A journal whose trainer dies at one of its calls, before or after what the call does. Taken up again it is what the
 * database is: whatever came after the last checkpoint is gone.
 */
public final class MortalJournal extends MemoryJournal {

    /** The trainer's end: nothing that it had in memory is used afterwards. */
    static final class Killed extends RuntimeException {}

    /** What there is when a checkpoint or an artifact becomes known. */
    private record Mark(int steps, int evaluations) {}

    private Mark latest = new Mark(0, 0);
    private int attempt;
    private int calls;
    private int last = Integer.MAX_VALUE;

    /** @param last the call that is the trainer's last; counted from 1, twice for each: before it and after it */
    void takeUp(int last) {
        attempt++;
        calls = 0;
        this.last = last;
        Mark mark = latest;
        cut(steps, mark.steps());
        cut(evaluations, mark.evaluations());
        episodeIds.clear();
    }

    /**
     * The journal of a run whose first trainer dies, and which another one takes up and ends.
     *
     * @param last where the first trainer dies; 0 for nowhere
     * @param training trains on a journal, always in the same folder
     */
    public static MortalJournal of(int last, Consumer<MortalJournal> training) {
        MortalJournal journal = new MortalJournal();
        journal.takeUp(last == 0 ? Integer.MAX_VALUE : last);
        if (last > 0) {
            assertThatThrownBy(() -> training.accept(journal)).isInstanceOf(Killed.class);
            journal.takeUp(Integer.MAX_VALUE);
        }
        training.accept(journal);
        return journal;
    }

    private static void cut(List<StepRecord> records, int size) {
        records.subList(size, records.size()).clear();
    }

    public int calls() {
        return calls;
    }

    private void call() {
        if (++calls == last) {
            throw new Killed();
        }
    }

    private void call(Runnable work) {
        call();
        work.run();
        call();
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public void phase(String phase) {
        call();
    }

    @Override
    public void commit(StepRecord step) {
        call(() -> super.commit(step));
    }

    @Override
    public void requireHeld() {
        call();
    }

    @Override
    public void checkpoint(Checkpoint checkpoint, @Nullable Integer keep) {
        boolean known = checkpoints.stream().anyMatch(other -> other.directory().equals(checkpoint.directory()));
        call(() -> {
            super.checkpoint(checkpoint, keep);
            if (known) {
                return; // it has become the end of its stage, and holds what it did
            }
            latest = new Mark(steps.size(), evaluations.size());
        });
    }

    @Override
    public void artifact(Artifact artifact) {
        call(() -> {
            super.artifact(artifact);
            latest = new Mark(steps.size(), evaluations.size());
        });
    }

    @Override
    public void awaitPermission() {
        call();
    }

    /** How often this is asked depends on time, and a death has to be found again by its number. */
    @Override
    public void stopIfAsked() {}

    @Override
    public void stopIfCancelled() {
        call();
    }
}
