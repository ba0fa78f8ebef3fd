package dev.tribunal.local.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.runs.v1.RunResource;
import dev.tribunal.contracts.runs.v1.RunState;
import dev.tribunal.contracts.runs.v1.RunsApi;
import dev.tribunal.local.platform.Address;
import dev.tribunal.local.platform.Home;
import dev.tribunal.local.platform.Platform;
import dev.tribunal.local.platform.Project;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** A platform in a process of its own, killed in the middle of a run, and started again on the same home. */
class KilledPlatformTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    @Test
    void losesNoCommittedStep() throws IOException, InterruptedException {
        Path home = folder.resolve("home");
        ObjectNode spec = SmallDemo.spec(500, folder);
        Process process = up(home);
        String run;
        int committed;
        try {
            await().atMost(PATIENCE).until(() -> !process.isAlive() || Address.find(home).isPresent());
            RunsApi runs = new PlatformClient(Address.find(home).orElseThrow()).runs();
            run = SmallDemo.create(spec, runs);
            await().atMost(PATIENCE).until(() -> runs.get(run).step() >= 1);
            committed = runs.get(run).step();
        } finally {
            process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }

        try (Platform again = Platform.complete(Home.open(home), 0)) {
            again.start(false, part -> {});
            RunsApi runs = new PlatformClient(again.address()).runs();
            await().atMost(PATIENCE).until(() -> runs.get(run).state().terminal());
            RunResource found = runs.get(run);

            assertThat(found.state()).isEqualTo(RunState.FAILED);
            assertThat(found.terminalReason()).isNotBlank();
            assertThat(found.step()).isGreaterThanOrEqualTo(committed);
            assertThat(SmallDemo.rollouts(runs, run, found.step())).hasSize(SmallDemo.ROLLOUTS_A_STEP);
            assertThat(SmallDemo.rollouts(runs, run, found.step() + 1)).isEmpty();
        }
    }

    private Process up(Path home) throws IOException {
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
