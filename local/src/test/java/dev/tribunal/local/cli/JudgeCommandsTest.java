package dev.tribunal.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.platform.Home;
import dev.tribunal.local.platform.Platform;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code tribunal judge ...} as a person types it, against the judge service alone. */
class JudgeCommandsTest {

    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private static Path folder;

    private static Platform platform;
    private static NoShouting judge;

    private final ByteArrayOutputStream results = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

    @BeforeAll
    static void start() throws InterruptedException, IOException {
        judge = new NoShouting();
        platform = Platform.judgesOnly(Home.open(folder.resolve("home")));
        platform.start(false, part -> {});
    }

    @AfterAll
    static void stop() {
        platform.close();
        judge.close();
    }

    @Test
    void aJudgeIsRegisteredProbedAskedAndRetired() throws IOException {
        Path registration = registration("no-shouting", "1");

        assertThat(judge("register", "-f", registration.toString())).isEqualTo(ExitCode.SUCCESS);
        assertThat(printed())
                .contains("no-shouting@1 is active", "fixtures", "passed")
                .doesNotContain("FAILED");
        assertThat(judge("register", "-f", registration.toString(), "--json")).isEqualTo(ExitCode.SUCCESS);
        assertThat(JSON.readTree(printed()).path("state").asString()).isEqualTo("active");

        assertThat(judge("probe", "no-shouting@1")).isEqualTo(ExitCode.SUCCESS);
        assertThat(printed()).contains("no-shouting@1 is active");
        assertThat(judge("get", "no-shouting")).isEqualTo(ExitCode.SUCCESS);
        assertThat(printed()).contains("no-shouting@1 is active", "sha256:", "deadline");

        Path items = Files.writeString(folder.resolve("items.jsonl"), """
                {"itemId": "loud", "completion": {"text": "HELLO"}}
                {"itemId": "soft", "completion": {"text": "hello"}}
                """);
        assertThat(judge("evaluate", "no-shouting", "-f", items.toString())).isEqualTo(ExitCode.SUCCESS);
        assertThat(verdicts()).containsExactly("loud violated", "soft satisfied");

        assertThat(judge("list")).isEqualTo(ExitCode.SUCCESS);
        assertThat(printed()).contains("no-shouting@1", "external", "active", "math-answer@");

        assertThat(judge("drain", "no-shouting@1")).isEqualTo(ExitCode.SUCCESS);
        assertThat(printed()).startsWith("no-shouting@1 is draining");
        assertThat(judge("delete", "no-shouting@1"))
                .as("no trainer says whether a run refers to it")
                .isEqualTo(ExitCode.FAILURE);
        assertThat(errors.toString()).contains("runs_unknown");
        assertThat(judge("retire", "no-shouting@1")).isEqualTo(ExitCode.SUCCESS);
        assertThat(printed()).startsWith("no-shouting@1 is retired");
        assertThat(judge("probe", "no-shouting@1")).isEqualTo(ExitCode.FAILURE);
    }

    @Test
    void aJudgeIsHeldAgainstWhatPeopleSay() throws IOException {
        Path items = Files.writeString(folder.resolve("labelled.jsonl"), """
                {"completion": {"text": "one"}, "expected": "satisfied", "kind": "short"}
                {"completion": {"text": "one two"}, "expected": "satisfied", "kind": "short"}
                {"itemId": "lenient", "completion": {"text": "one two three"}, "expected": "violated", "kind": "short"}
                {"completion": {"text": "one two three four"}, "expected": false, "kind": "long"}
                {"itemId": "strict", "completion": {"text": "one two three four five"}, "expected": 1, "kind": "long"}
                {"completion": {"text": "one"}, "expected": "skip"}
                {"completion": {"text": "one"}}
                """);

        assertThat(judge(
                        "evaluate",
                        "length@1",
                        "-f",
                        items.toString(),
                        "-p",
                        "maxWords=3",
                        "--expected",
                        "expected",
                        "--by",
                        "kind"))
                .isEqualTo(ExitCode.SUCCESS);
        assertThat(printed())
                .containsPattern("all +5 +0 +0\\.60 \\[0\\.23, 0\\.88\\] +0\\.17")
                .containsPattern("long +2 +0 +0\\.50")
                .contains("2 of 7 items have no person's verdict", "2 disagreements:")
                .contains("lenient: people say violated, the judge satisfied")
                .contains("strict: people say satisfied, the judge violated");
        assertThat(judge(
                        "evaluate",
                        "length@1",
                        "-f",
                        items.toString(),
                        "-p",
                        "maxWords=3",
                        "--expected",
                        "expected",
                        "--json"))
                .isEqualTo(ExitCode.SUCCESS);
        JsonNode report = JSON.readTree(printed().lines().toList().getLast());
        assertThat(report.at("/agreement/counts/bothSatisfied").asInt()).isEqualTo(2);
        assertThat(report.at("/agreement/satisfied/recall/n").asInt()).isEqualTo(3);
        assertThat(report.path("unlabelled").asInt()).isEqualTo(2);
        assertThat(report.at("/disagreements/0/itemId").asString()).isEqualTo("lenient");

        assertThat(judge(
                        "evaluate",
                        "length@1",
                        "-f",
                        items.toString(),
                        "-p",
                        "maxWords=3",
                        "--expected",
                        "kind",
                        "--satisfied-when",
                        "short"))
                .isEqualTo(ExitCode.SUCCESS);
        assertThat(printed()).contains("No disagreements.");
        assertThat(judge("evaluate", "length@1", "-f", items.toString(), "--expected", "kind"))
                .isEqualTo(ExitCode.FAILURE);
        assertThat(errors.toString()).contains("item-1: 'short'", "--satisfied-when");
        assertThat(judge("evaluate", "length@1", "-f", items.toString(), "--expected", "nothing"))
                .isEqualTo(ExitCode.FAILURE);
        assertThat(errors.toString()).contains("no line has a verdict in its field 'nothing'");
        assertThat(judge("evaluate", "length@1", "-f", items.toString(), "--by", "kind"))
                .isEqualTo(CommandLine.ExitCode.USAGE);
    }

    @Test
    void whatAJudgeCanBeTalkedIntoIsShown() throws IOException {
        Path items = Files.writeString(folder.resolve("words.jsonl"), """
                {"itemId": "long", "completion": {"text": "one two three four five six"}}
                {"itemId": "fine", "completion": {"text": "one"}}
                """);

        assertThat(judge("stress", "length@1", "-f", items.toString(), "-p", "maxWords=5", "--json"))
                .isEqualTo(ExitCode.SUCCESS);

        JsonNode report = JSON.readTree(printed().lines().toList().getLast());
        assertThat(report.path("violated").asInt()).isEqualTo(1);
        assertThat(report.path("attacks")
                        .valueStream()
                        .map(attack -> attack.path("attack").asString() + " "
                                + attack.path("flips").size() + "/"
                                + attack.path("decided").asInt()))
                .contains("unchanged 0/1", "empty 1/1", "cut-off 1/1", "praise 0/1", "quoted-verdict 0/1");
        assertThat(judge("stress", "length@1", "-f", items.toString(), "-p", "maxWords=5"))
                .isEqualTo(ExitCode.SUCCESS);
        assertThat(printed())
                .contains("length@1 finds 1 of 2 completions violated")
                .containsPattern("cut-off +1 +1 +1\\.00 \\[0\\.21, 1\\.00\\]")
                .contains("cut-off  long");
        assertThat(judge("stress", "length@1", "-f", items.toString(), "-p", "maxWords=50"))
                .isEqualTo(ExitCode.FAILURE);
        assertThat(errors.toString()).contains("finds none of the 2 completions violated");
    }

    @Test
    void aRejectedJudgeIsAFailureAndItsReportSaysWhy() throws IOException {
        assertThat(judge("register", "-f", registration("no-whispering", "1").toString()))
                .isEqualTo(ExitCode.FAILURE);

        assertThat(printed())
                .contains("no-whispering@1 is rejected")
                .contains("descriptor  FAILED  GET /judge/v1/descriptor: the judge calls itself no-shouting@1");
    }

    @Test
    void thousandsOfItemsComeBackInOrderAndParametersAreNamed() throws IOException {
        Path items = Files.writeString(
                folder.resolve("many.jsonl"),
                IntStream.range(0, 3000)
                        .mapToObj(i -> """
                            {"itemId": "item-%d", "completion": {"text": "%s"}}
                            """.formatted(i, "word ".repeat(i % 2 == 0 ? 2 : 5)))
                        .collect(Collectors.joining()));

        assertThat(judge("evaluate", "length@1", "-f", items.toString(), "-p", "maxWords=3"))
                .isEqualTo(ExitCode.SUCCESS);

        assertThat(verdicts())
                .containsExactlyElementsOf(IntStream.range(0, 3000)
                        .mapToObj(i -> "item-" + i + (i % 2 == 0 ? " satisfied" : " violated"))
                        .toList());

        assertThat(judge("evaluate", "length@1", "-f", items.toString(), "--parameter", "maxWords=some"))
                .isEqualTo(ExitCode.FAILURE);
        assertThat(errors.toString()).contains("maxWords");
    }

    @Test
    void anItemThatIsNoneIsRefusedByLineAndPlace() throws IOException {
        Path items = Files.writeString(folder.resolve("wrong.jsonl"), """
                {"itemId": "a", "completion": {"text": "hello"}}
                {"itemId": "b", "completion": "hello"}
                """);

        assertThat(judge("evaluate", "length@1", "-f", items.toString())).isEqualTo(ExitCode.FAILURE);

        assertThat(errors.toString())
                .contains("line 2: /completion is not an object")
                .doesNotContain("dev.tribunal");
    }

    @Test
    void aVersionHasToBeNamedWhereItMatters() {
        assertThat(judge("retire", "length")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(errors.toString()).contains("NAME@VERSION");
    }

    private int judge(String... arguments) {
        results.reset();
        errors.reset();
        List<String> all = new ArrayList<>(List.of("judge"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--home", platform.home().toString()));
        PrintStream out = new PrintStream(results, true, StandardCharsets.UTF_8);
        CommandLine commands = TribunalCommand.commandLine(new Screen(out, out, 0));
        commands.setErr(new PrintWriter(errors, true, StandardCharsets.UTF_8));
        return commands.execute(all.toArray(String[]::new));
    }

    private String printed() {
        return results.toString(StandardCharsets.UTF_8);
    }

    private List<String> verdicts() {
        return printed()
                .lines()
                .map(JSON::readTree)
                .map(result -> result.path("itemId").asString() + " "
                        + result.path("verdict").asString())
                .toList();
    }

    private static Path registration(String name, String version) throws IOException {
        return Files.writeString(folder.resolve(name + ".yaml"), judge.registration(name, version));
    }
}
