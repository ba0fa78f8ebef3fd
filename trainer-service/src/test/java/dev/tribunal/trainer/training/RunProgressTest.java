package dev.tribunal.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import dev.tribunal.trainer.checkpoint.Checkpoint.Purpose;
import dev.tribunal.trainer.checkpoint.CheckpointWriter;
import dev.tribunal.trainer.task.StageReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunProgressTest {

    @Test
    void aCheckpointIsDueByItsStepOrWhenThereHasBeenNoneForTenMinutes(@TempDir Path folder) {
        TinyWorld world = new TinyWorld(folder);
        LocalEngine engine = new LocalEngine();
        AtomicLong clock = new AtomicLong(Long.MAX_VALUE); // it may overflow
        MemoryJournal journal = new MemoryJournal();
        try (LanguageModel policy = engine.load(folder.resolve("model"))) {
            RunProgress progress = new RunProgress(
                    "run_1",
                    "train",
                    0,
                    TinyWorld.training(8, 7, 0.02, 4),
                    policy,
                    null,
                    StageReference.of(
                            world.run(world.spec(), "run_1", journal).inputs(),
                            world.spec().policy(),
                            world.directory("run_1"),
                            new RunSpec.None(),
                            policy,
                            folder.resolve("model"),
                            EngineOptions.DEFAULT.frozen(),
                            false,
                            null),
                    new CheckpointWriter(engine, world.directory("run_1")),
                    journal,
                    null,
                    clock::get);
            long[] minutes = {9, 1, 9, 9, 0, 9, 1, 0};
            for (int step = 1; step <= 8; step++) {
                clock.addAndGet(Duration.ofMinutes(minutes[step - 1]).toNanos());
                progress.checkpoint(step, List.of(), false);
            }
        }

        assertThat(journal.checkpoints).extracting(Checkpoint::step).containsExactly(2, 4, 7, 8);
        assertThat(journal.checkpoints)
                .extracting(Checkpoint::purpose)
                .containsExactly(Purpose.RESUMING, Purpose.MILESTONE, Purpose.RESUMING, Purpose.ARTIFACT);
    }
}
