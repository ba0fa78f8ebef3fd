package dev.tribunal.local.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.JudgementRequest;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.contracts.reward.v1.RewardModelResource.State;
import dev.tribunal.contracts.runs.v1.generation.GenerationResource;
import dev.tribunal.contracts.runs.v1.run.CheckpointFile;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.cli.demo.Episodes;
import dev.tribunal.local.cli.run.RunReport;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.platform.Address;
import dev.tribunal.local.platform.Home;
import dev.tribunal.local.platform.Platform;
import dev.tribunal.local.platform.Project;
import dev.tribunal.local.watch.BeforeAfter;
import dev.tribunal.local.watch.PlainView;
import dev.tribunal.local.watch.RunWatcher;
import dev.tribunal.servicekit.error.UpstreamException;
import dev.tribunal.servicekit.files.Conversation;
import dev.tribunal.servicekit.files.JsonLines;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The whole platform in this JVM, seen through the gateway. */
class PlatformTest {

    @TempDir
    private static Path folder;

    private static final JsonMapper JSON = new JsonMapper();

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
    void teamsSeeTheirOwnAndUseTheirOwnAndWhatIsShared() throws IOException {
        String lead =
                secretOf("token", "create", "lead", "--role", "operator", "--role", "judge-owner", "--for", "blue");
        String other = secretOf("token", "create", "other", "--role", "operator", "--for", "red");
        assertThat(tribunal("token", "whoami", "--token", lead)).contains("lead: operator, judge-owner of blue");
        PlatformClient blue = new PlatformClient(new Address(platform.address().url(), lead));
        PlatformClient red = new PlatformClient(new Address(platform.address().url(), other));
        RewardModelResource own = blue.rewardModels()
                .register(
                        "{\"name\": \"blues\", \"version\": \"1\", \"source\": {\"type\": \"import\", \"model\":"
                                + " \"hf:embedded/helpfulness\"}}",
                        "application/json");
        assertThat(own.namespace()).isEqualTo("blue");
        RewardModelResource ready = await().atMost(Duration.ofMinutes(1))
                .until(() -> blue.rewardModels().get("blues", "1"), model -> model.state() != State.PREPARING);
        assertThat(ready.state()).isEqualTo(State.READY);

        String demo = Files.readString(Project.folder().resolve("examples/demo.yaml"));
        assertThat(demo).contains("helpfulness@1");
        String withBlues = demo.replace("helpfulness@1", "blues@1");
        assertThat(blue.runs()
                        .create(withBlues, "application/yaml", true, null)
                        .getStatusCode()
                        .value())
                .isEqualTo(200);
        assertThat(red.runs()
                        .create(demo, "application/yaml", true, null)
                        .getStatusCode()
                        .value())
                .isEqualTo(200);
        assertThatThrownBy(() -> red.runs().create(withBlues, "application/yaml", true, null))
                .isInstanceOfSatisfying(UpstreamException.class, refused -> {
                    assertThat(refused.code().status().value()).isEqualTo(422);
                    assertThat(refused.errors())
                            .anyMatch(error -> error.detail().contains("'blues@1' is not known"));
                });
        // Nor by a judge that scores with it.
        assertThat(byThreshold(blue)).isEqualTo(1);
        assertThatThrownBy(() -> byThreshold(red))
                .isInstanceOfSatisfying(
                        UpstreamException.class,
                        refused -> assertThat(refused.errors())
                                .anyMatch(error -> error.detail().contains("does not know")));

        assertThat(tribunal("token", "list")).contains("lead", "valid", "blue");
        assertThat(tribunal("token", "revoke", "lead")).contains("lead is revoked");
        assertThatThrownBy(() -> blue.runs().get("run_1"))
                .isInstanceOfSatisfying(
                        UpstreamException.class,
                        refused -> assertThat(refused.code().status().value()).isEqualTo(401));
        assertThat(tribunal("token", "list")).contains("revoked");
    }

    private static int byThreshold(PlatformClient team) {
        return team.judgements()
                .judge(new JudgementRequest(
                        "jr_1",
                        null,
                        List.of(new JudgeReference("reward-threshold", "1", Map.of("model", "blues@1", "min", -100))),
                        List.of(new JudgeItem(
                                "a",
                                List.of(Message.user("Hello")),
                                new CompletionText("Hi", "stop"),
                                Map.of(),
                                Map.of()))))
                .items()
                .size();
    }

    private static String secretOf(String... arguments) {
        return tribunal(arguments).lines().toList().getLast().strip();
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

    /** What a person does with a run that has ended: reads it, takes its model away, deletes it. */
    @Test
    void aRunIsReadTakenAwayAndDeleted() throws IOException, InterruptedException {
        RunsApi runs = client.runs();
        String id = SmallDemo.create(SmallDemo.spec(1, folder), runs);
        assertThatThrownBy(() -> runs.delete(id)).hasMessageContaining("cancel it first");
        CompletableFuture<String> followed =
                CompletableFuture.supplyAsync(() -> run("episodes", id, "--json", "--follow"));
        assertThat(run("events", id, "--follow")).contains("succeeded").contains("step 1");
        assertThat(run("events", id, "--json").lines())
                .allSatisfy(
                        line -> assertThat(JSON.readTree(line).path("sequence").isNumber())
                                .isTrue());
        assertThat(run("episodes", id, "--task", "math", "--split", "train", "--limit", "2"))
                .contains("task math, train", "> ", "math-answer@", "calibrated reward", "weight", "raise --limit");
        assertThat(run("episodes", id, "--json", "--limit", "1000").lines().count())
                .isEqualTo(Episodes.count(id, runs));
        assertThat(followed.join().lines()).doesNotHaveDuplicates().hasSize((int) Episodes.count(id, runs));
        assertThat(fails("episodes", id, "--task", "meth")).contains("did you mean 'math'");
        assertThat(run("metrics", id, "--task", "math")).contains("feasibleRate", "0-1");
        assertThat(run("export", "metrics", id, "--name", "score", "--format", "csv")
                        .lines())
                .first()
                .isEqualTo("step,task,metric,value");
        assertThat(run("spec", id)).contains("apiVersion: tribunal/v1", "sourceDigest: ");
        assertThat(run("checkpoints", id)).contains("STEP", "step-000001");

        givesPartsOfItsFilesAndNothingElse(id);
        Path taken = folder.resolve("taken");
        Path source =
                Path.of(Objects.requireNonNull(RunReport.of(runs.get(id), runs).checkpoint()));
        Files.createDirectories(taken);
        cutOff(source.resolve("model.safetensors"), taken, id);
        assertThat(run("download", id, "-o", taken.toString())).contains("is in " + taken);
        assertThat(taken.resolve("model.safetensors")).hasSameBinaryContentAs(source.resolve("model.safetensors"));
        assertThat(taken.resolve("optimizer.safetensors")).doesNotExist();
        try (Stream<Path> files = Files.list(taken)) {
            assertThat(files.map(Path::toString)).noneMatch(name -> name.endsWith(".part"));
        }
        Files.writeString(taken.resolve("config.json"), "{}");
        assertThat(fails("download", id, "-o", taken.toString())).contains("is there already and is another file");
        assertThat(fails("download", id, "7", "-o", taken.toString())).contains("no checkpoint of step 7");
        assertThat(fails("download", id, "--adapter", "-o", taken.toString())).contains("has no adapter");

        assertThat(fails("delete", id)).contains("add --yes");
        assertThat(run("delete", id, "--yes")).contains("is deleted");
        assertThat(source).doesNotExist();
        assertThat(fails("get", id)).contains("there is no run");
    }

    /** What a person does with a run that could have gone otherwise: forks it, compares the two, judges and exports. */
    @Test
    void aRunIsForkedComparedJudgedAgainAndExported() throws IOException, InterruptedException {
        RunsApi runs = client.runs();
        String id = SmallDemo.create(SmallDemo.spec(2, folder), runs);
        run("get", id, "--watch");

        String fork = JSON.readTree(run(
                        "fork", id, "--state", "--set", "training.steps=3", "--set", "tasks.math.weight=2", "--json"))
                .path("id")
                .asString();
        assertThat(fails("fork", id, "--set", "tasks.meth.weight=2")).contains("no element 'meth'");
        assertThat(fails("fork", id, "--state", "--set", "training.seed=7")).contains("/training/seed");
        assertThat(run("get", fork, "--watch")).contains("succeeded", "step 3/3");
        assertThat(run("lineage", fork))
                .contains("- " + id, "* " + fork, "from the state of " + id + " at step 2", "/tasks/2/weight");
        assertThat(run("compare", id, fork))
                .contains("/training/steps", "math heldOut.feasibleRate", "\u2013")
                .doesNotContain("/tasks/1/weight");
        JsonNode compared = JSON.readTree(run("compare", id, fork, "--json"));
        assertThat(compared.at("/differences/0/values").toString()).isEqualTo("[2,3]");

        assertThat(run("rejudge", id, "--judge", "length", "-p", "maxCharacters=1", "--task", "math"))
                .contains("beside the task's judges", "feasible", "Task math");
        String rejudgement = JSON.readTree(run("rejudgements", id, "--json"))
                .at("/data/0/id")
                .asString();
        assertThat(run("rejudgements", id, rejudgement, "--samples", "reward", "--limit", "2"))
                .contains("before: ", "now:    ");
        assertThat(run("rejudgements", id, rejudgement, "--delete")).contains("is deleted");

        Path pairs = folder.resolve("pairs.jsonl");
        assertThat(run("export", "pairs", id, "-o", pairs.toString())).contains(" are in " + pairs);
        Path best = folder.resolve("best.jsonl");
        run("export", "demonstrations", id, "-o", best.toString());
        assertThat(JsonLines.read(best, line -> Conversation.answer(line, "completion")))
                .isNotEmpty()
                .doesNotContainNull();
        List<String> chosen = JsonLines.read(pairs, line -> {
            assertThat(Conversation.of(line)).isNotEmpty();
            assertThat(line.at("/provenance/chosen/feasible").asBoolean()).isTrue();
            assertThat(line.at("/provenance/rejected/feasible").asBoolean(true)).isFalse();
            return Conversation.answer(line, "chosen");
        });
        assertThat(chosen).isNotEmpty().doesNotContainNull();
        assertThat(runs.create("""
                {"apiVersion": "tribunal/v1", "name": "preferred", "policy": {"model": "hf:%s"},
                 "training": {"steps": 1, "learningRate": 1e-4},
                 "tasks": [{"name": "pairs", "method": "dpo", "prompts": {"source": "file:%s", "batchSize": 1}}]}""".formatted(Project.example("embedded/policy"), pairs), "application/json", true, null)
                        .getStatusCode()
                        .value())
                .isEqualTo(200);
    }

    /** As an earlier download that broke off left it. */
    private static void cutOff(Path file, Path folder, String id) throws IOException {
        CheckpointFile known = client.runs().checkpointFiles(id, 1).data().stream()
                .filter(each -> each.path().equals(file.getFileName().toString()))
                .findFirst()
                .orElseThrow();
        byte[] half = Arrays.copyOf(Files.readAllBytes(file), (int) known.bytes() / 2);
        String sha256 = Objects.requireNonNull(known.sha256());
        Files.write(folder.resolve(file.getFileName() + "." + sha256.substring(0, 7) + ".part"), half);
    }

    /** Of the checkpoint of step 1. */
    private static void givesPartsOfItsFilesAndNothingElse(String id) throws IOException, InterruptedException {
        String files = "/v1/runs/" + id + "/checkpoints/1/files";
        assertThat(bytes(files + "/config.json", "bytes=0-0").statusCode()).isEqualTo(206);
        assertThat(bytes(files + "/config.json", "bytes=0-0").body()).isEqualTo("{");
        assertThat(bytes(files + "/..%2F..%2F..%2Fpasswd", "bytes=0-0").statusCode())
                .isBetween(400, 404);
        assertThat(bytes(files + "/nothing.bin", "bytes=0-0").body()).contains("file_not_found", "config.json");
        assertThat(bytes("/v1/runs/" + id + "/checkpoints/7/files/config.json", "bytes=0-0")
                        .body())
                .contains("checkpoint_not_found", "it has those of step 1");
    }

    private static HttpResponse<String> bytes(String path, String range) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(URI.create(platform.address().url() + path))
                            .header(
                                    "Authorization",
                                    "Bearer " + platform.address().token())
                            .header("Range", range)
                            .build(),
                    BodyHandlers.ofString());
        }
    }

    /** Any command. */
    private static String tribunal(String... arguments) {
        ByteArrayOutputStream results = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(results, true, StandardCharsets.UTF_8);
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--home", platform.home().toString()));
        assertThat(TribunalCommand.commandLine(new Screen(out, out, 0)).execute(all.toArray(String[]::new)))
                .as(results.toString(StandardCharsets.UTF_8))
                .isEqualTo(ExitCode.SUCCESS);
        return results.toString(StandardCharsets.UTF_8);
    }

    private static String run(String... arguments) {
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        ByteArrayOutputStream results = new ByteArrayOutputStream();
        assertThat(command(results, errors, arguments))
                .as(errors.toString(StandardCharsets.UTF_8))
                .isEqualTo(ExitCode.SUCCESS);
        return results.toString(StandardCharsets.UTF_8);
    }

    private static String fails(String... arguments) {
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        assertThat(command(new ByteArrayOutputStream(), errors, arguments)).isEqualTo(ExitCode.FAILURE);
        return errors.toString(StandardCharsets.UTF_8);
    }

    private static int command(ByteArrayOutputStream results, ByteArrayOutputStream errors, String... arguments) {
        PrintStream out = new PrintStream(results, true, StandardCharsets.UTF_8);
        List<String> all = new ArrayList<>(List.of("run"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--home", platform.home().toString()));
        return TribunalCommand.commandLine(new Screen(out, out, 0))
                .setErr(new PrintWriter(errors, true, StandardCharsets.UTF_8))
                .execute(all.toArray(String[]::new));
    }

    private static void isWhole(EpisodeResource episode) {
        assertThat(episode.tokenIds()).isNotEmpty().hasSameSizeAs(episode.logProbs());
        assertThat(episode.score()).isNotNull();
        assertThat(episode.baselineScore()).isNotNull();
        assertThat(episode.verdicts()).isNotEmpty();
        assertThat(episode.feasible()).isNotNull();
    }

    /** Through the gateway, and in the command's own process: real policy, reward model and judge, the same answers. */
    @Test
    void findsTheSameCompletionsAsTheCommandLine() throws IOException {
        List<String> lines = Files.readAllLines(Project.example("prompts/math.held-out.jsonl"))
                .subList(0, 6);
        Path prompts = Files.write(folder.resolve("questions.jsonl"), lines);
        for (String strategy : List.of(
                "{type: best-of-n, n: 4, feasible: true}",
                "{type: weighted-vote, n: 4}",
                "{type: first-feasible, n: 4}",
                "{type: step-beam, beams: 2, expansions: 2, stepTokens: 8}",
                "{type: self-refine, rounds: 2}")) {
            String request = """
                    policy: {model: "hf:%s", maxNewTokens: 24, temperature: 1}
                    prompts: [%s]
                    strategy: %s
                    tokenBudget: 96
                    rewardModel: helpfulness
                    judges: [math-answer]
                    seed: 3
                    """.formatted(
                            Project.example("embedded/policy"),
                            lines.stream().map(PlatformTest::withoutBaseline).collect(Collectors.joining(", ")),
                            strategy);
            String id = Objects.requireNonNull(client.generations()
                            .create(request, "application/yaml")
                            .getBody())
                    .id();
            GenerationResource ended = await().atMost(Duration.ofMinutes(3))
                    .until(() -> client.generations().get(id), found -> found.finishedAt() != null);
            assertThat(ended.failure()).isNull();
            List<GenerationResource.Answer> answers =
                    client.generations().answers(id, null, 50).data();

            List<JsonNode> told = generated(prompts, strategy);

            assertThat(told)
                    .as(strategy)
                    .extracting(line -> line.path("text").asString())
                    .containsExactlyElementsOf(answers.stream()
                            .map(GenerationResource.Answer::text)
                            .toList());
            assertThat(told.stream()
                            .mapToLong(line -> line.path("tokensSampled").asLong())
                            .sum())
                    .isEqualTo(ended.totals().tokensSampled());
            assertThat(answers).allSatisfy(answer -> {
                assertThat(answer.tokensSampled()).isBetween(1L, 96L);
                assertThat(answer.chosen().score()).isNotNull();
                assertThat(answer.chosen().verdicts())
                        .extracting(JudgeVerdict::judge)
                        .containsExactly("math-answer");
                assertThat(answer.chosen().feasible()).isNotNull();
            });
        }
    }

    private static String withoutBaseline(String line) {
        return ((ObjectNode) JSON.readTree(line)).without("baseline").toString();
    }

    private static List<JsonNode> generated(Path prompts, String strategy) {
        List<String> command = new ArrayList<>(List.of(
                "generate",
                "--model",
                Project.example("embedded/policy").toString(),
                "-f",
                prompts.toString(),
                "--max-new-tokens",
                "24",
                "--temperature",
                "1",
                "--seed",
                "3",
                "--token-budget",
                "96",
                "--reward-model",
                "helpfulness",
                "--judge",
                "math-answer",
                "--json",
                "--threads",
                "1",
                "--home",
                platform.home().toString()));
        JsonNode written = new YAMLMapper().readTree(strategy);
        command.addAll(List.of("--strategy", written.path("type").asString()));
        written.forEachEntry((name, value) -> {
            if (!name.equals("type")) {
                command.addAll(List.of("--set", name + "=" + value.asString()));
            }
        });
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        StringWriter errors = new StringWriter();
        PrintStream out = new PrintStream(printed, true);
        int code = TribunalCommand.commandLine(new Screen(out, out, 0))
                .setErr(new PrintWriter(errors, true))
                .execute(command.toArray(String[]::new));
        assertThat(code).as(errors.toString()).isZero();
        return printed.toString(StandardCharsets.UTF_8)
                .lines()
                .map(JSON::readTree)
                .toList();
    }

    @Test
    void logsToItsHome() throws IOException {
        assertThat(Files.readString(platform.home().resolve("logs/platform.log")))
                .contains("Tomcat started");
    }
}
