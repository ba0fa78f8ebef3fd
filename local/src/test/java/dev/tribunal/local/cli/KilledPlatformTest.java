package dev.tribunal.local.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.runs.v1.run.RunEvent;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.platform.Address;
import dev.tribunal.local.platform.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** A platform in a process of its own that ends in the middle of a run, killed or asked to, and is started again. */
class KilledPlatformTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int LINES_TOLD = 1000;

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
    void itsRunGoesOnWhenItIsKilledAndWhenItIsAsked() throws IOException, InterruptedException {
        Path home = folder.resolve("home");
        ObjectNode spec = SmallDemo.spec(500, folder);
        spec.withObject("training").put("checkpointEvery", 2);

        RunsApi before = up(home);
        String run = SmallDemo.create(spec, before);
        await().atMost(PATIENCE).until(() -> before.get(run).step() >= 3);
        kill();

        RunsApi after = up(home);
        RunEvent resumed = awaitResumed(after, run, 1);
        int from = ((Number) Objects.requireNonNull(resumed.data().get("step"))).intValue();
        assertThat(from).isGreaterThanOrEqualTo(2).isEven();
        await().atMost(PATIENCE).until(() -> after.get(run).step() > from);
        assertThat(after.get(run).state()).isEqualTo(RunState.RUNNING);
        assertThat(SmallDemo.rollouts(after, run, from)).hasSize(SmallDemo.ROLLOUTS_A_STEP);
        assertThat(SmallDemo.rollouts(after, run, from + 1)).hasSize(SmallDemo.ROLLOUTS_A_STEP);

        Process asked = Objects.requireNonNull(process);
        int reached = after.get(run).step();
        asked.destroy();
        assertThat(asked.waitFor(90, TimeUnit.SECONDS)).isTrue();
        assertThat(Address.find(home)).isEmpty();

        RunsApi last = up(home);
        RunEvent again = awaitResumed(last, run, 2);
        assertThat(((Number) Objects.requireNonNull(again.data().get("step"))).intValue())
                .as(() -> "no step is taken again; the platform's log ends with\n" + endOfLog(home))
                .isGreaterThanOrEqualTo(reached);
        assertThat(again.data()).containsEntry("steps", 0);
    }

    /** What the trainer had to say of its end, too. */
    private static String endOfLog(Path home) {
        try {
            List<String> lines = Files.readAllLines(home.resolve("logs").resolve("platform.log"));
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_TOLD), lines.size()));
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    private static RunEvent awaitResumed(RunsApi runs, String run, int times) {
        List<RunEvent> resumed = new ArrayList<>();
        await().atMost(PATIENCE).until(() -> {
            resumed.clear();
            long seen = 0;
            for (Page<RunEvent> page = runs.events(run, seen, 200); !page.data().isEmpty(); ) {
                page.data().stream()
                        .filter(event -> event.type().equals("resumed"))
                        .forEach(resumed::add);
                seen = page.data().getLast().sequence();
                page = runs.events(run, seen, 200);
            }
            return resumed.size() >= times;
        });
        return resumed.get(times - 1);
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
