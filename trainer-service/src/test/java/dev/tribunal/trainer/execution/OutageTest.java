package dev.tribunal.trainer.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tribunal.trainer.TcpProxy;
import dev.tribunal.trainer.execution.TrainerProcesses.Trainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A run waits for what is away, says so, and ends as if nothing had been. */
@Timeout(300)
class OutageTest {

    @TempDir
    private Path folder;

    private TrainerProcesses processes;

    @BeforeEach
    void start() throws IOException {
        processes = new TrainerProcesses(folder);
    }

    @AfterEach
    void stop() {
        processes.close();
    }

    @Test
    void aRunWaitsForItsServicesAndForItsDatabase() throws IOException {
        URI rewards = URI.create(processes.services().url());
        Matcher database = Pattern.compile("//([^:/]+):(\\d+)/").matcher(processes.database());
        assertThat(database.find()).isTrue();
        try (TcpProxy rewardWay = new TcpProxy(rewards.getHost(), rewards.getPort());
                TcpProxy databaseWay = new TcpProxy(database.group(1), Integer.parseInt(database.group(2)))) {
            Trainer trainer = processes.start(
                    "one",
                    "away:sampling@2",
                    "--tribunal.trainer.lease=2s",
                    "--tribunal.trainer.reward-url=http://127.0.0.1:" + rewardWay.port(),
                    "--spring.datasource.url=" + database.replaceFirst("//127.0.0.1:" + databaseWay.port() + "/"));
            String away = trainer.create(TrainerProcesses.spec("away"));
            String cancelled = trainer.create(TrainerProcesses.spec("cancelled"));
            String whole = trainer.create(TrainerProcesses.spec("whole"));
            trainer.awaitHalt("away", "sampling@2");

            rewardWay.cut();
            trainer.goOn();
            JsonNode waiting = awaitCondition(trainer, away);
            assertThat(waiting.path("message").asString())
                    .startsWith("waits for the reward service: scoring with helpfulness@2 fails:");
            assertThat(waiting.path("since").asString()).isNotEmpty();
            assertThat(processes.state(away)).isEqualTo("running");
            trainer.post("/v1/runs/" + away + "/pause");
            processes.awaitState(away, "paused");
            assertThat(conditions(trainer, away)).isEmpty();
            awaitCondition(trainer, cancelled); // has its place meanwhile
            trainer.post("/v1/runs/" + cancelled + "/cancel");
            processes.awaitState(cancelled, "cancelled");
            trainer.post("/v1/runs/" + away + "/resume");
            processes.services().listen(question -> {
                if (question.startsWith("judge " + away + ".4.")) {
                    cut(databaseWay); // before the step is committed
                }
            });
            rewardWay.mend();

            trainer.awaitWords("waits for the database");
            assertThat(trainer.get("/v1/runs/" + away).path("status").asInt()).isEqualTo(503);
            await().until(() -> expired(away));
            processes.services().listen(question -> {});
            databaseWay.mend();
            processes.awaitState(away, "succeeded");
            processes.awaitState(whole, "succeeded");

            assertThat(processes.texts("select attempts from trainer.runs where id = ?", away))
                    .containsExactly("1");
            assertThat(processes.texts(
                            "select message from trainer.events where run_id = ? and type = 'recovered'", away))
                    .anyMatch(message -> message.matches("waited \\d+ s for the database"));
            assertThat(processes.rows(away)).isEqualTo(processes.rows(whole));
            assertThat(processes.files(away)).isEqualTo(processes.files(whole));
        }
    }

    /**
     * As long as outages are: by hand, with {@code -Doutages=long}, some four minutes. The lease and all other settings are
     * the usual ones.
     */
    @Test
    @Timeout(900)
    @EnabledIfSystemProperty(named = "outages", matches = "long")
    void aRunWaitsTwoMinutesForTheRewardServiceAndHalfAMinuteForTheDatabase() throws IOException {
        URI rewards = URI.create(processes.services().url());
        Matcher database = Pattern.compile("//([^:/]+):(\\d+)/").matcher(processes.database());
        assertThat(database.find()).isTrue();
        try (TcpProxy rewardWay = new TcpProxy(rewards.getHost(), rewards.getPort());
                TcpProxy databaseWay = new TcpProxy(database.group(1), Integer.parseInt(database.group(2)))) {
            Trainer trainer = processes.start(
                    "one",
                    "away:sampling@2",
                    "--tribunal.trainer.reward-url=http://127.0.0.1:" + rewardWay.port(),
                    "--spring.datasource.url=" + database.replaceFirst("//127.0.0.1:" + databaseWay.port() + "/"));
            String away = trainer.create(TrainerProcesses.spec("away"));
            String whole = trainer.create(TrainerProcesses.spec("whole"));
            trainer.awaitHalt("away", "sampling@2");
            rewardWay.cut();
            trainer.goOn();
            Instant since = Instant.now();
            awaitCondition(trainer, away);
            await().pollInterval(Duration.ofSeconds(1))
                    .atMost(Duration.ofMinutes(3))
                    .until(() -> Duration.between(since, Instant.now()).toSeconds() >= 120);
            assertThat(processes.state(away)).isEqualTo("running");
            assertThat(conditions(trainer, away).toString()).contains("reward_service_away");
            processes.services().listen(question -> {
                if (question.startsWith("judge " + away + ".4.")) {
                    cut(databaseWay);
                }
            });
            rewardWay.mend();
            trainer.awaitWords("waits for the database");
            Instant without = Instant.now();
            await().pollInterval(Duration.ofSeconds(1))
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> Duration.between(without, Instant.now()).toSeconds() >= 30);
            assertThat(trainer.get("/v1/runs/" + away).path("status").asInt()).isEqualTo(503);
            processes.services().listen(question -> {});
            databaseWay.mend();
            processes.awaitState(away, "succeeded");
            processes.awaitState(whole, "succeeded");

            assertThat(processes.texts("select attempts from trainer.runs where id = ?", away))
                    .containsExactly("1");
            List<String> waited = processes.texts(
                    "select message from trainer.events where run_id = ? and type = 'recovered' order by sequence",
                    away);
            System.out.println(waited);
            assertThat(waited)
                    .anyMatch(message -> message.matches("waited 1[1-4]\\d s for the reward service"))
                    .anyMatch(message -> message.matches("waited [34]\\d s for the database"));
            assertThat(processes.rows(away)).isEqualTo(processes.rows(whole));
            assertThat(processes.files(away)).isEqualTo(processes.files(whole));
        }
    }

    private boolean expired(String run) {
        return processes
                .texts("select lease_expires_at < now() from trainer.runs where id = ?", run)
                .equals(List.of("t"));
    }

    private static void cut(TcpProxy way) {
        try {
            way.cut();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode awaitCondition(Trainer trainer, String run) {
        await().atMost(TrainerProcesses.PATIENCE)
                .until(() -> conditions(trainer, run).toString().contains("reward_service_away"));
        return conditions(trainer, run).path(0);
    }

    private static JsonNode conditions(Trainer trainer, String run) {
        return trainer.get("/v1/runs/" + run).path("conditions");
    }
}
