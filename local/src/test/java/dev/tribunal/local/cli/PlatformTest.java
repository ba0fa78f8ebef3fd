package dev.tribunal.local.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeResource;
import dev.tribunal.contracts.runs.v1.EpisodeResource;
import dev.tribunal.contracts.runs.v1.RunResource;
import dev.tribunal.contracts.runs.v1.RunState;
import dev.tribunal.contracts.runs.v1.RunsApi;
import dev.tribunal.local.cli.demo.Episodes;
import dev.tribunal.local.cli.run.RunReport;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.platform.Address;
import dev.tribunal.local.platform.Home;
import dev.tribunal.local.platform.Platform;
import dev.tribunal.local.platform.Project;
import dev.tribunal.local.watch.BeforeAfter;
import dev.tribunal.local.watch.PlainView;
import dev.tribunal.local.watch.RunWatcher;
import dev.tribunal.servicekit.http.UpstreamException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole platform in this JVM, seen through the gateway. */
class PlatformTest {

    @TempDir
    private static Path folder;

    private static Platform platform;
    private static PlatformClient client;

    @BeforeAll
    static void start() throws InterruptedException {
        platform = Platform.complete(Home.open(folder.resolve("home")), 0);
        platform.start(false, part -> {});
        client = new PlatformClient(platform.address());
    }

    @AfterAll
    static void stop() {
        platform.close();
        assertThat(Address.find(platform.home())).isEmpty();
    }

    @Test
    void tellsTheCommandLineWhereItIs() {
        assertThat(Address.find(platform.home())).contains(platform.address());
    }

    @Test
    void wantsTheToken() throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(platform.address().url() + "/v1/runs"))
                    .build();
            var response = http.send(request, BodyHandlers.ofString());

            assertThat(response.statusCode()).isEqualTo(401);
            assertThat(response.body()).contains("\"code\":\"unauthenticated\"");
        }
    }

    @Test
    void leadsToTheJudges() {
        assertThat(client.judges().list(null, null).data())
                .extracting(JudgeResource::name)
                .contains("math-answer", "instruction-following", "safety", "false-refusal", "length", "repetition");
    }

    @Test
    void refusesASpecWithAllItsMistakes() {
        String spec = """
                {"apiVersion": "tribunal/v1", "name": "wrong",
                 "policy": {"model": "hf:/no/such/model", "maxNewTokens": 8, "temperature": 1.0},
                 "training": {"steps": 0, "seed": 1, "learningRate": 1e-4},
                 "tasks": [{"name": "math", "weight": -1, "prompts": {"source": "file:/no/such.jsonl", "batchSize": 2},
                            "rewardModel": "helpfulness@1", "judges": ["nobody@1"],
                            "method": {"type": "pop"}, "generations": 2}]}""";

        assertThatThrownBy(() -> client.runs().create(spec, "application/json", false, null))
                .isInstanceOfSatisfying(UpstreamException.class, refused -> {
                    assertThat(refused.code().status().value()).isEqualTo(422);
                    assertThat(refused.errors())
                            .extracting(FieldError::pointer)
                            .contains(
                                    "/policy/model",
                                    "/training/steps",
                                    "/tasks/0/weight",
                                    "/tasks/0/prompts/source",
                                    "/tasks/0/method/type");
                });
        assertThat(client.runs().list(null, null, null, null, null, null).data())
                .extracting(RunResource::name)
                .doesNotContain("wrong");
    }

    /** Its models and prompts are the reader's own; all the rest of it must be right. */
    @Test
    void understandsTheSpecOfTheReadme() throws IOException {
        String readme = Files.readString(Project.folder().resolve("README.md"));
        String spec =
                readme.substring(readme.indexOf("apiVersion:"), readme.indexOf("```", readme.indexOf("apiVersion:")));

        assertThatThrownBy(() -> client.runs().create(spec, "application/yaml", true, null))
                .isInstanceOfSatisfying(
                        UpstreamException.class,
                        refused -> assertThat(refused.errors())
                                .isNotEmpty()
                                .allMatch(mistake -> mistake.detail().contains("does not exist"), "a missing file"));
    }

    @Test
    void trainsOnFiveTasksAndKeepsEveryRollout() throws IOException, InterruptedException {
        RunsApi runs = client.runs();
        String id = SmallDemo.create(SmallDemo.spec(2, folder), runs);
        ByteArrayOutputStream printed = new ByteArrayOutputStream();

        RunResource run =
                new RunWatcher(runs, new PlainView(new PrintStream(printed)), Duration.ofMillis(200)).watch(id);

        assertThat(run.terminalReason()).isNull();
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(printed.toString())
                .contains("step 1/2 ")
                .contains("step 2/2 ")
                .contains("| math: reward ");
        assertThat(BeforeAfter.of(run, runs)).hasSize(5).allSatisfy(task -> {
            for (BeforeAfter.Measured measured : List.of(
                    Objects.requireNonNull(task.feasibleRate().before()),
                    Objects.requireNonNull(task.feasibleRate().after()),
                    Objects.requireNonNull(task.calibratedReward().after()))) {
                assertThat(measured.value()).isBetween(measured.low(), measured.high());
                assertThat(measured.low()).isNotNegative();
                assertThat(measured.high()).isLessThanOrEqualTo(1);
                assertThat(measured.prompts()).isEqualTo(2);
            }
        });
        assertThat(SmallDemo.rollouts(runs, id, 2))
                .hasSize(SmallDemo.ROLLOUTS_A_STEP)
                .allSatisfy(PlatformTest::isWhole);
        Path checkpoint = Path.of(Objects.requireNonNull(RunReport.of(run, runs).checkpoint()));
        assertThat(checkpoint.resolve("model.safetensors")).isRegularFile();
        assertThat(Episodes.count(id, runs)).isGreaterThanOrEqualTo(2 * SmallDemo.ROLLOUTS_A_STEP);
    }

    private static void isWhole(EpisodeResource episode) {
        assertThat(episode.tokenIds()).isNotEmpty().hasSameSizeAs(episode.logProbs());
        assertThat(episode.score()).isNotNull();
        assertThat(episode.baselineScore()).isNotNull();
        assertThat(episode.verdicts()).isNotEmpty();
        assertThat(episode.feasible()).isNotNull();
    }

    @Test
    void logsToItsHome() throws IOException {
        assertThat(Files.readString(platform.home().resolve("logs/platform.log")))
                .contains("Tomcat started");
    }
}
