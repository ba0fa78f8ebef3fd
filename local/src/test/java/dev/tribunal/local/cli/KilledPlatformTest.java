package dev.tribunal.local.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.runs.v1.RunResource;
import dev.tribunal.contracts.runs.v1.RunState;
import dev.tribunal.contracts.runs.v1.RunsApi;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.platform.Address;
import dev.tribunal.local.platform.Project;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** A platform in a process of its own that ends in the middle of a run, killed or asked to. */
class KilledPlatformTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    private @Nullable Process process;

    @AfterEach
    void kill() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    /** One story, for each start takes seconds. */
    @Test
    void losesNoCommittedStepWhenKilledAndStopsAtOnceWhenAsked() throws IOException, InterruptedException {
        Path home = folder.resolve("home");
        ObjectNode spec = SmallDemo.spec(500, folder);

        RunsApi before = up(home);
        String run = SmallDemo.create(spec, before);
        await().atMost(PATIENCE).until(() -> before.get(run).step() >= 1);
        int committed = before.get(run).step();
        kill();

        RunsApi after = up(home);
        await().atMost(PATIENCE).until(() -> after.get(run).state().terminal());
        RunResource found = after.get(run);
        assertThat(found.state()).isEqualTo(RunState.FAILED);
        assertThat(found.terminalReason()).isNotBlank();
        assertThat(found.step()).isGreaterThanOrEqualTo(committed);
        assertThat(SmallDemo.rollouts(after, run, found.step())).hasSize(SmallDemo.ROLLOUTS_A_STEP);
        assertThat(SmallDemo.rollouts(after, run, found.step() + 1)).isEmpty();

        String next = SmallDemo.create(spec, after);
        await().atMost(PATIENCE).until(() -> after.get(next).state() == RunState.RUNNING);
        Process asked = Objects.requireNonNull(process);
        asked.destroy();
        assertThat(asked.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Address.find(home)).isEmpty();
    }

    /** Starts a platform and waits until it answers. */
    private RunsApi up(Path home) throws IOException {
        Optional<Address> killed = Address.find(home);
        Process started = start(home);
        process = started;
        await().atMost(PATIENCE)
                .until(() -> !started.isAlive()
                        || !Address.find(home).or(() -> killed).equals(killed));
        return new PlatformClient(Address.find(home).orElseThrow()).runs();
    }

    private Process start(Path home) throws IOException {
        return new ProcessBuilder(List.of(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Xmx1g",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dai.djl.offline=true",
                        "-Dtribunal.project=" + Project.folder(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        TribunalCommand.class.getName(),
                        "up",
                        "--port",
                        "0",
                        "--home",
                        home.toString()))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("up.log").toFile())
                .start();
    }
}
