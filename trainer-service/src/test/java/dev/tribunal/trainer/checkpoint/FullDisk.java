package dev.tribunal.trainer.checkpoint;

import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.trainer.checkpoint.Checkpoint.Purpose;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Writes checkpoints until the disk is full, in a process of its own, and says what is left of them. */
final class FullDisk {

    private FullDisk() {}

    /** @param arguments the policy, and a run's folder on a small disk */
    public static void main(String[] arguments) throws Exception {
        LocalEngine engine = new LocalEngine();
        Path run = Path.of(arguments[1]);
        CheckpointWriter writer = new CheckpointWriter(engine, run);
        Checkpoint latest = null;
        try (LanguageModel policy = engine.load(Path.of(arguments[0]))) {
            for (int step = 1; step < 1000; step++) {
                latest = writer.write(
                        policy, null, null, new TrainingState("run_1", step, Map.of()), Purpose.MILESTONE, 1, () -> {});
            }
            System.out.println("the disk is too large");
        } catch (UncheckedIOException full) {
            System.out.println("FULL " + full.getMessage());
            System.out.println("LATEST " + latest.step() + " is of step "
                    + CheckpointWriter.read(latest).step());
            try (var entries = Files.list(latest.directory().getParent())) {
                entries.map(entry -> "ENTRY " + entry.getFileName()).forEach(System.out::println);
            }
        }
    }
}
