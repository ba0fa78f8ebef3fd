package dev.tribunal.local.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.local.cli.run.RunReport;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.cli.shared.SpecFile;
import dev.tribunal.local.platform.Home;
import dev.tribunal.local.platform.Platform;
import dev.tribunal.local.platform.Project;
import dev.tribunal.local.watch.PlainView;
import dev.tribunal.local.watch.RunWatcher;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every spec of the examples' folders runs from its first stage to its last on one platform, cut to a few steps, few
 * prompts and short completions: what a person copies has to work. A file that is added is found. {@code -Dexample=NAME} takes one of them.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ExampleSpecsTest {

    private static final int STEPS = 2;
    private static final int ROUNDS = 2;
    private static final int BATCH = 2;
    private static final int HELD_OUT_PROMPTS = 2;
    private static final int NEW_TOKENS = 24;
    /** Of a file that a whole stage reads: enough for pairs of a few prompts to be found among the answers. */
    private static final int ROWS = 16;
    /** That a reward model learns and is validated with. */
    private static final int PAIRS = 20;

    @TempDir
    private static Path folder;

    private static Platform platform;
    private static RunsApi runs;

    @BeforeAll
    static void start() throws InterruptedException {
        assumeTrue(Files.isDirectory(Project.example("embedded/policy")), "the embedded checkpoints are not there");
        platform = Platform.complete(Home.open(folder.resolve("home")), 0);
        platform.start(false, part -> {});
        runs = new PlatformClient(platform.address()).runs();
    }

    @AfterAll
    static void stop() {
        platform.close();
    }

    static Stream<Path> specs() throws IOException {
        String only = System.getProperty("example", "");
        try (Stream<Path> methods = Files.list(Project.example("methods"));
                Stream<Path> stages = Files.list(Project.example("stages"))) {
            return Stream.concat(methods, stages)
                    .filter(file -> file.toString().endsWith(only + ".yaml"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void runsToItsEnd(Path file) throws IOException, InterruptedException {
        try {
            runsToItsEnd(SpecFile.read(file));
            assertThat(Files.readAllLines(file).getFirst())
                    .as("the first line says what it shows")
                    .startsWith("# ");
        } catch (AssertionError wrong) {
            throw new AssertionError(file.getFileName() + ": " + wrong.getMessage(), wrong);
        }
    }

    private static void runsToItsEnd(ObjectNode spec) throws IOException, InterruptedException {
        cut(spec);
        ByteArrayOutputStream printed = new ByteArrayOutputStream();

        String id = SmallDemo.create(spec, runs);
        RunResource run =
                new RunWatcher(runs, new PlainView(new PrintStream(printed)), Duration.ofMillis(100)).watch(id);

        assertThat(run.state()).as("%s%n%s", run.terminalReason(), printed).isEqualTo(RunState.SUCCEEDED);
        List<Stage> stages = runs.spec(id).stages();
        if (stages.isEmpty()) {
            assertThat(Path.of(Objects.requireNonNull(RunReport.of(run, runs).checkpoint()))
                            .resolve("model.safetensors"))
                    .isRegularFile();
        }
        assertThat(run.artifacts())
                .extracting(Artifact::stage)
                .containsExactlyElementsOf(stages.stream().map(Stage::name).toList());
        assertThat(run.artifacts()).allSatisfy(ExampleSpecsTest::isThere);
    }

    private static void isThere(Artifact artifact) {
        assertThat(artifact.digest()).matches("(sha256:)?[0-9a-f]{64}");
        switch (artifact.kind()) {
            case POLICY ->
                assertThat(Path.of(artifact.reference().replaceFirst("^hf:", ""))
                                .resolve("model.safetensors"))
                        .isRegularFile();
            case GENERATIONS, PAIRS, DEMONSTRATIONS ->
                assertThat(Path.of(artifact.reference().replaceFirst("^file:", "")))
                        .isRegularFile()
                        .isNotEmptyFile();
            case REWARD_MODEL -> assertThat(artifact.reference()).contains("@");
        }
    }

    /** The same run with fewer steps and prompts. */
    private static void cut(ObjectNode node) throws IOException {
        lower(node, "steps", STEPS);
        lower(node, "batchSize", BATCH);
        lower(node, "times", ROUNDS);
        lower(node, "maxNewTokens", NEW_TOKENS);
        shorten(node, "heldOut", HELD_OUT_PROMPTS);
        shorten(node, "pairs", PAIRS);
        if (node.has("type")) { // a stage that reads the whole file, which training does not
            shorten(node, "source", ROWS);
        }
        for (JsonNode child : node) {
            if (child instanceof ObjectNode object) {
                cut(object);
            } else if (child.isArray()) {
                for (JsonNode each : child) {
                    if (each instanceof ObjectNode object) {
                        cut(object);
                    }
                }
            }
        }
    }

    private static void lower(ObjectNode node, String field, int most) {
        if (node.path(field).isInt() && node.path(field).asInt() > most) {
            node.put(field, most);
        }
    }

    private static void shorten(ObjectNode node, String field, int lines) throws IOException {
        String reference = node.path(field).asString("");
        if (!reference.startsWith("file:")) {
            return;
        }
        Path file = Path.of(reference.substring("file:".length()));
        List<String> all = Files.readAllLines(file);
        Path shortened = folder.resolve(lines + "-" + file.getFileName());
        Files.write(shortened, all.subList(0, Math.min(lines, all.size())));
        node.put(field, "file:" + shortened);
    }
}
