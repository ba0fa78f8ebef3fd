package dev.tribunal.local.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.cli.shared.SpecFile;
import dev.tribunal.local.platform.Home;
import dev.tribunal.local.platform.Platform;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code compare} on a real platform. */
class CompareCommandTest {

    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private static Path folder;

    private static Platform platform;

    private final ByteArrayOutputStream results = new ByteArrayOutputStream();
    private final ByteArrayOutputStream progress = new ByteArrayOutputStream();
    private final StringWriter errors = new StringWriter();

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        platform = Platform.complete(Home.open(folder.resolve("home")), 0);
        platform.start(false, part -> {});
        // Two of the demo's tasks, so that there is a mean of them.
        ObjectNode base = SmallDemo.spec(2, folder);
        ArrayNode tasks = (ArrayNode) base.path("tasks");
        while (tasks.size() > 2) {
            tasks.remove(0);
        }
        Files.writeString(folder.resolve("base.yaml"), SpecFile.toYaml(base));
    }

    @AfterAll
    static void stop() {
        platform.close();
    }

    @BeforeEach
    void clear() {
        results.reset();
        progress.reset();
    }

    @Test
    void twoArmsWithTwoSeedsAreTrainedAndComparedAndAskedAgainNothingIsTrained() throws IOException {
        String file = file("two", """
                - {name: rloo, set: {tasks.*.method: rloo}}
                - {name: raft, set: {tasks.*.method: raft, training.steps: 1}}
                """);

        assertThat(run("compare", "-f", file)).as(errors.toString()).isIn(ExitCode.SUCCESS, ExitCode.DOUBTFUL);

        assertThat(progress.toString(StandardCharsets.UTF_8))
                .contains("two: 2 arms, 4 runs")
                .contains("the budgets are not equal", "rloo  32", "raft  16")
                .contains("raft, seed 2: succeeded", "(4 of 4 have ended)");
        assertThat(lines())
                .anyMatch(line -> line.matches("rloo +2/2 +32"))
                .anyMatch(line -> line.matches("raft +2/2 +16"))
                .anyMatch(line -> line.equals("heldOut.feasibleRate (share, higher is better)"))
                .anyMatch(line -> line.matches("MEAN OF THE TASKS +BEFORE +AFTER +VS rloo"))
                .anyMatch(line -> line.matches("raft( +[0-9.]+ \\([0-9.]+–[0-9.]+\\)){2} +[-+][0-9.]+ \\(.*\\)( \\*)?"))
                .anyMatch(line -> line.startsWith("note: The arms did not have the same budget of samples"));

        results.reset();
        assertThat(run("compare", "-f", file, "--json")).isIn(ExitCode.SUCCESS, ExitCode.DOUBTFUL);
        JsonNode all = JSON.readTree(results.toString(StandardCharsets.UTF_8));
        assertThat(all.path("base").asString()).isEqualTo("rloo");
        Set<String> runs = ids(all);
        assertThat(runs).hasSize(4);
        JsonNode mean = result(all, "heldOut.calibratedReward", null, "raft");
        double ofTasks = (result(all, "heldOut.calibratedReward", "engagement", "raft")
                                .at("/value/value")
                                .asDouble()
                        + result(all, "heldOut.calibratedReward", "harmful-intent", "raft")
                                .at("/value/value")
                                .asDouble())
                / 2;
        assertThat(mean.at("/value/value").asDouble()).isCloseTo(ofTasks, within(1e-9));
        assertThat(mean.path("seeds").asInt()).isEqualTo(2);
        assertThat(all.path("curves")
                        .valueStream()
                        .map(curve -> curve.path("metric").asString()))
                .contains("heldOut.feasibleRate", "calibratedReward");

        results.reset();
        assertThat(run("compare", "two", "--base", "raft", "--metric", "heldOut.kl", "--json"))
                .isZero();
        JsonNode other = JSON.readTree(results.toString(StandardCharsets.UTF_8));
        assertThat(ids(other)).isEqualTo(runs);
        assertThat(other.path("results")
                        .valueStream()
                        .map(each -> each.path("metric").asString()))
                .containsOnly("heldOut.kl");
        assertThat(result(other, "heldOut.kl", null, "rloo").has("difference")).isTrue();

        results.reset();
        Path data = folder.resolve("data");
        assertThat(run("compare", "two", "--export", data.toString(), "--metric", "heldOut.kl"))
                .isZero();
        assertThat(lines()).contains(data.resolve("two.curves.csv").toString());
        double kl = result(other, "heldOut.kl", null, "rloo").at("/value/value").asDouble();
        assertThat(rows(data, "results"))
                .anySatisfy(row -> {
                    assertThat(row).startsWith("heldOut.kl,,rloo,2,");
                    assertThat(Double.parseDouble(row.split(",", -1)[7])).isCloseTo(kl, within(1e-4 * Math.abs(kl)));
                })
                .hasSize(1 + 3 * 2);
        assertThat(rows(data, "curves")).anyMatch(row -> row.startsWith("heldOut.kl,engagement,raft,1,"));
        assertThat(rows(data, "seeds")).anyMatch(row -> row.startsWith("raft,2,,harmful-intent,heldOut.kl,"));
        assertThat(rows(data, "runs")).anyMatch(row -> row.startsWith("rloo,1,succeeded,2,2,32,"));
        assertThat(rows(data, "alarms")).first().isEqualTo("arm,seed,type,task,cause,step,over");
        assertThat(run("compare", "-f", file, "--export", data.toString())).isEqualTo(ExitCode.USAGE);
    }

    private static List<String> rows(Path data, String what) throws IOException {
        return Files.readAllLines(data.resolve("two." + what + ".csv"));
    }

    @Test
    void mistakesOfAllArmsAreToldBeforeAnythingRuns() throws IOException {
        String file = file("wrong", """
                - {name: one, set: {tasks.*.method: {type: crpg, klMax: -1}}}
                - {name: two, set: {training.steps: 0}}
                """);

        assertThat(run("compare", "-f", file)).isEqualTo(ExitCode.FAILURE);

        assertThat(errors.toString())
                .contains("The comparison has 3 mistakes")
                .contains("/arms/0  one: /tasks/0/method/klMax is -1")
                .contains("/arms/0  one: /tasks/1/method/klMax is -1")
                .contains("/arms/1  two: /training/steps is 0");
        assertThat(run("compare", "wrong")).isEqualTo(ExitCode.FAILURE);
        assertThat(errors.toString()).contains("There is no comparison 'wrong'");
        assertThat(run("compare")).isEqualTo(ExitCode.USAGE);
        assertThat(run("compare", "wrong", "--seeds", "2")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void itIsOnlyCheckedWithDryRunAndCancelledByItsName() throws IOException {
        String file = file("long", """
                - {name: one, set: {training.steps: 5000}}
                - {name: two, set: {training.steps: 5000, training.seed: 7}}
                """);
        assertThat(run("compare", "-f", file, "--dry-run", "--seeds", "5")).isZero();
        assertThat(lines()).contains("long: 2 arms, 10 runs");
        assertThat(run("compare", "long")).isEqualTo(ExitCode.FAILURE);

        create(file);
        assertThat(run("compare", "long", "--cancel")).isZero();
        assertThat(lines()).contains("4 runs of long are cancelled");
    }

    /** As the command does, without waiting for the end. */
    private static void create(String file) throws IOException {
        ObjectNode comparison = SpecFile.read(Path.of(file));
        comparison.set("base", SpecFile.read(folder.resolve("base.yaml")));
        new PlatformClient(platform.address()).comparisons().create(comparison.toString(), "application/json", false);
    }

    private static String file(String name, String arms) throws IOException {
        return Files.writeString(
                        folder.resolve(name + ".yaml"), "name: " + name + "\nbase: base.yaml\nseeds: 2\narms:\n" + arms)
                .toString();
    }

    private static Set<String> ids(JsonNode comparison) {
        return comparison
                .path("arms")
                .valueStream()
                .flatMap(arm -> arm.path("runs").valueStream())
                .map(run -> run.path("run").asString())
                .collect(Collectors.toSet());
    }

    private static JsonNode result(JsonNode comparison, String metric, @Nullable String task, String arm) {
        return StreamSupport.stream(comparison.path("results").spliterator(), false)
                .filter(one -> one.path("metric").asString().equals(metric)
                        && one.path("arm").asString().equals(arm)
                        && one.path("task").asString("").equals(task == null ? "" : task))
                .findFirst()
                .orElseThrow();
    }

    private List<String> lines() {
        return results.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private int run(String... arguments) {
        CommandLine line = TribunalCommand.commandLine(new Screen(
                new PrintStream(results, true, StandardCharsets.UTF_8),
                new PrintStream(progress, true, StandardCharsets.UTF_8),
                0));
        line.setErr(new PrintWriter(errors, true));
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--home", folder.resolve("home").toString()));
        return line.execute(all.toArray(String[]::new));
    }
}
