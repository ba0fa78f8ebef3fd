package dev.tribunal.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.trainer.TinyPolicy;
import dev.tribunal.trainer.checkpoint.Checkpoint.Purpose;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that takes no further checkpoint names the path, and keeps those before it. */
@Timeout(120)
class FullDiskTest {

    @TempDir
    private Path folder;

    private Path policy;

    @BeforeEach
    void makeAPolicy() throws IOException {
        policy = folder.resolve("policy");
        TinyPolicy.write(policy, true);
    }

    @Test
    void theLastCheckpointStaysWholeOnAFullDisk() throws IOException, InterruptedException {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        String mounted = "mount -t tmpfs -o size=256k none " + disk + " && ";
        assumeTrue(
                run("unshare", "-Urm", "sh", "-c", mounted + "true").startsWith("0"), "no small disk can be mounted");

        String output = run(
                "unshare",
                "-Urm",
                "sh",
                "-c",
                mounted + "exec \"$@\"",
                "sh",
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                FullDisk.class.getName(),
                policy.toString(),
                disk.resolve("run_1").toString());

        List<String> lines = output.lines().toList();
        assertThat(lines)
                .anySatisfy(line -> assertThat(line)
                        .startsWith("FULL the checkpoint " + disk.resolve("run_1/checkpoints/step-00000"))
                        .contains("No space left on device"));
        assertThat(lines).anyMatch(line -> line.matches("LATEST (\\d+) is of step \\1"));
        assertThat(lines.stream().filter(line -> line.startsWith("ENTRY ")))
                .isNotEmpty()
                .allMatch(line -> line.startsWith("ENTRY step-"));
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamed() throws IOException {
        Path run = Files.createDirectory(folder.resolve("run_1"));
        Files.writeString(run.resolve("checkpoints"), "a file where the folder should be");
        LocalEngine engine = new LocalEngine();
        try (LanguageModel model = engine.load(policy)) {
            assertThatThrownBy(() -> new CheckpointWriter(engine, run)
                            .write(
                                    model,
                                    null,
                                    null,
                                    new TrainingState("run_1", 7, Map.of()),
                                    Purpose.MILESTONE,
                                    2,
                                    () -> {}))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining(
                            run.resolve("checkpoints/step-000007.2").toString());
        }
    }

    /** @return the exit code, and the output after it */
    private String run(String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "output", ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return process.exitValue() + "\n" + Files.readString(output);
    }
}
