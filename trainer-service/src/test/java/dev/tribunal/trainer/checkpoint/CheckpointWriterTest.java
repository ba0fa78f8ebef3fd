package dev.tribunal.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.servicekit.files.OwnedFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointWriterTest {

    @TempDir
    private Path data;

    @Test
    void halfWrittenCheckpointsOfKilledTrainersAreDeletedAndALivingOnesAreNot() throws IOException {
        Path killed = checkpoints("run_1").resolve(".tribunal-step-000020-00000000000000aa");
        Files.createDirectories(killed.resolve("step-000020"));
        Files.writeString(killed.resolve("step-000020/model.safetensors"), "half");
        Path whole = Files.createDirectories(checkpoints("run_1").resolve("step-000010"));
        Files.createDirectories(data.resolve("run_3"));

        try (OwnedFolder living = OwnedFolder.create(checkpoints("run_2"), "step-000030")) {
            assertThat(CheckpointWriter.sweep(data)).containsExactly(killed);

            assertThat(killed).doesNotExist();
            assertThat(whole).exists();
            assertThat(living.path()).exists();
        }
        assertThat(CheckpointWriter.sweep(data.resolve("absent"))).isEmpty();
    }

    private Path checkpoints(String run) {
        return data.resolve(run).resolve("checkpoints");
    }
}
