package dev.tribunal.local.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.Lora;
import dev.tribunal.languagemodel.LoraTarget;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.local.cli.model.GenerateCommand;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.Problems;
import dev.tribunal.local.platform.Project;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The commands that run a model themselves, on the smallest of the embedded ones. */
class ModelCommandsTest {

    private static final Path MODEL = Project.example("embedded/policy");

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final StringWriter errors = new StringWriter();

    @BeforeEach
    void requireModel() {
        assumeTrue(Files.isDirectory(MODEL), "the embedded checkpoints are not there");
    }

    @Test
    void benchReportsWhatAStepTook() throws IOException {
        Path prompts = file("{\"prompt\": \"Tell me a joke.\"}\n{\"prompt\": \"Why?\"}\n");

        assertThat(run(
                        "bench",
                        "engine",
                        "--prompts",
                        "3",
                        "--generations",
                        "2",
                        "--new-tokens",
                        "6",
                        "--steps",
                        "2",
                        "--mixed",
                        "--prompt-file",
                        prompts.toString(),
                        "--json"))
                .isZero();

        JsonNode report = new JsonMapper().readTree(printed.toString());
        double step = report.path("secondsPerStep").asDouble();
        assertThat(step).isPositive();
        // 1 + floor(5 f^2) for f = 0, .618, .236, .854, .472, .090
        assertThat(report.path("generatedTokensPerSecond").asDouble() * step).isCloseTo(11, within(0.6));
        assertThat(report.path("seconds").propertyNames())
                .containsExactly("sampling", "reference", "forward", "backward", "step");
        assertThat(report.path("productGigaflops").asDouble()).isPositive();
        assertThat(report.path("arithmeticShare").asDouble()).isBetween(0.0, 1.0);
        assertThat(report.path("steps").asInt()).isEqualTo(2);
        assertThat(report.path("threads").asInt()).isEqualTo(1);
    }

    @Test
    void benchRefusesWhatMakesNoStep() {
        assertThat(run("bench", "engine", "--generations", "1")).isEqualTo(1);
        assertThat(errors.toString()).contains("2 generations");
    }

    @Test
    void mergeWritesAWholeCheckpoint() {
        Path adapter = folder.resolve("adapter");
        Path merged = folder.resolve("merged");
        Lora lora = new Lora(2, 4, Set.of(LoraTarget.Q_PROJ, LoraTarget.UP_PROJ));
        try (LanguageModel model = new LocalEngine().loadWithNewAdapter(MODEL, EngineOptions.DEFAULT, lora, 1)) {
            model.saveAdapter(adapter);
        }
        String[] merge = {
            "merge", "--model", MODEL.toString(), "--adapter", adapter.toString(), "--out", merged.toString()
        };

        assertThat(execute(merge)).isZero();

        assertThat(run("generate", "--adapter", adapter.toString(), "--prompt", "Why?", "--max-new-tokens", "3"))
                .isZero();
        // A new adapter adds nothing, so what comes out is what went in.
        assertThat(merged.resolve("model.safetensors")).hasSameBinaryContentAs(MODEL.resolve("model.safetensors"));
        assertThat(printed.toString()).contains("Merged " + adapter);
        assertThat(execute(merge)).isEqualTo(1);
        assertThat(errors.toString()).contains(merged + " exists already");
    }

    @Test
    void generatePrintsALineAPromptInTheirOrder() throws IOException {
        Path prompts = file("""
                {"prompt": "Write about the sea, at length."}

                {"messages": [{"role": "user", "content": "Hi"}]}
                {"prompt": "What is 2 + 2?"}
                """);

        assertThat(run("generate", "-f", prompts.toString(), "--max-new-tokens", "12", "--json"))
                .isZero();

        List<JsonNode> lines = printedLines();
        assertThat(lines)
                .extracting(line -> line.path("prompt").asString(""))
                .containsExactly("Write about the sea, at length.", "", "What is 2 + 2?");
        assertThat(lines.get(1).path("messages").get(0).path("content").asString())
                .isEqualTo("Hi");
        try (LanguageModel model = new LocalEngine().load(MODEL)) {
            for (JsonNode line : lines) {
                int[] promptIds = ints(line.path("promptIds"));
                int[] ids = ints(line.path("ids"));
                assertThat(promptIds)
                        .containsExactly(
                                model.tokenizer().encode(line.path("rendered").asString()));
                assertThat(line.path("text").asString())
                        .isEqualTo(model.tokenizer().decode(ids));
                assertThat(line.path("promptLogProbs").get(0).isNull()).isTrue();
                assertThat(line.path("promptLogProbs").size()).isEqualTo(promptIds.length);
                float[] logProbs = model.logProbs(List.of(new TokenSequence(promptIds, ids)))
                        .getFirst();
                assertThat(line.path("logProbs").size()).isEqualTo(ids.length);
                for (int t = 0; t < ids.length; t++) {
                    assertThat(line.path("logProbs").get(t).floatValue()).isCloseTo(logProbs[t], within(1e-3f));
                }
                for (int t : new int[] {1, promptIds.length - 1}) {
                    float next = model.nextTokenLogProbs(
                                    List.of(Arrays.copyOf(promptIds, t)), new int[] {promptIds[t]})[0][0];
                    assertThat(line.path("promptLogProbs").get(t).floatValue()).isCloseTo(next, within(1e-3f));
                }
                assertThat(line.path("finishReason").asString()).isEqualTo(ids.length < 12 ? "stop" : "length");
            }
        }
    }

    @Test
    void generateStreamsTheTextOfAPipedPrompt() {
        assertThat(generate("Tell me of rivers.\n", "--max-new-tokens", "9")).isZero();
        String streamed = printed.toString();
        printed.reset();
        assertThat(run("generate", "--prompt", "Tell me of rivers.", "--max-new-tokens", "9", "--json"))
                .isZero();

        assertThat(streamed).isEqualTo(printedLines().getFirst().path("text").asString() + "\n");
    }

    @Test
    void generateDrawsTheSameTextFromTheSameSeed() {
        String[] arguments = {
            "--prompt",
            "Tell me of rivers.",
            "--raw",
            "--temperature",
            "1.5",
            "--top-k",
            "90",
            "--top-p",
            "0.99",
            "--max-new-tokens",
            "20"
        };
        List<String> texts = new ArrayList<>();
        for (String seed : new String[] {"1", "1", "2"}) {
            assertThat(run(Stream.concat(Stream.of("generate", "--seed", seed), Arrays.stream(arguments))
                            .toArray(String[]::new)))
                    .isZero();
            texts.add(printed.toString());
            printed.reset();
        }
        assertThat(texts.get(1)).isEqualTo(texts.get(0)).isNotEqualTo(texts.get(2));
    }

    @Test
    void generateStopsAtAText() {
        run("generate", "--prompt", "Tell me of rivers.", "--max-new-tokens", "20", "--json");
        String whole = printedLines().getFirst().path("text").asString();
        printed.reset();
        String stop = whole.substring(4, 7);
        run("generate", "--prompt", "Tell me of rivers.", "--max-new-tokens", "20", "--stop", stop, "--json");

        JsonNode line = printedLines().getFirst();
        assertThat(whole).startsWith(line.path("text").asString());
        assertThat(line.path("text").asString()).contains(stop).hasSizeLessThan(whole.length());
        assertThat(line.path("finishReason").asString()).isEqualTo("stop");
    }

    @Test
    void generateNamesEveryBadLineBeforeItBegins() throws IOException {
        Path prompts = file("""
                {"prompt": "a"}
                {"question": "a"}
                nonsense
                {"prompt": "%s"}
                """.formatted("word ".repeat(3000)));

        assertThat(run("generate", "-f", prompts.toString(), "--max-new-tokens", "9"))
                .isEqualTo(1);
        assertThat(errors.toString())
                .contains("line 2: has neither \"prompt\" nor \"messages\"")
                .contains("line 3: is not JSON")
                .containsPattern("line 4: has \\d+ tokens; with the completion's, the model has positions for \\d+");
        assertThat(printed.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --prompt a --file b.jsonl      | give either --prompt or --file
            --top-p 0.5 --prompt a         | give a --temperature above 0
            --temperature 11 --prompt a    | temperature is 11.0
            --file b.jsonl                 | b.jsonl
            --model /no/such --prompt a    | there is no folder /no/such
            --threads 0 --prompt a         | --threads is 0
            ''                             | pipe a prompt into standard input
            """)
    void generateSaysWhatIsWrong(String arguments, String said) {
        assertThat(generate(null, arguments.isEmpty() ? new String[0] : arguments.split(" ")))
                .isEqualTo(1);
        assertThat(errors.toString()).contains(said);
    }

    @Test
    void generateNeedsAChatTemplateUnlessRaw() throws IOException {
        Path bare = Files.createDirectory(folder.resolve("bare"));
        try (Stream<Path> files = Files.list(MODEL)) {
            for (Path file : files.toList()) {
                Files.copy(file, bare.resolve(file.getFileName()));
            }
        }
        Files.deleteIfExists(bare.resolve("chat_template.jinja"));
        Path configuration = bare.resolve("tokenizer_config.json");
        var json = (ObjectNode) new JsonMapper().readTree(Files.readString(configuration));
        json.remove("chat_template");
        Files.writeString(configuration, json.toString());

        String[] arguments = {"--model", bare.toString(), "--prompt", "Once upon", "--max-new-tokens", "4"};
        assertThat(generate(null, arguments)).isEqualTo(1);
        assertThat(errors.toString()).contains("has no chat template; --raw continues the prompt");
        assertThat(generate(
                        null,
                        Stream.concat(Arrays.stream(arguments), Stream.of("--raw"))
                                .toArray(String[]::new)))
                .isZero();
    }

    @Test
    void aStrategyChoosesByARewardModelInAFolder() throws IOException {
        Path prompts = file("""
                {"prompt": "Tom has 12 cups and buys 5. How many cups does Tom have now?"}
                {"prompt": "Mia has 64 pens and loses 3. How many pens does Mia have now?"}
                """);
        String[] sampled = {
            "generate",
            "-f",
            prompts.toString(),
            "--temperature",
            "1",
            "--max-new-tokens",
            "24",
            "--seed",
            "3",
            "--json"
        };
        assertThat(run(sampled)).isZero();
        List<JsonNode> first = printedLines();
        printed.reset();

        assertThat(run(Stream.concat(
                                Arrays.stream(sampled),
                                Stream.of(
                                        "--strategy",
                                        "best-of-n",
                                        "--set",
                                        "n=4",
                                        "--reward-model",
                                        Project.example("embedded/helpfulness").toString()))
                        .toArray(String[]::new)))
                .isZero();

        List<JsonNode> lines = printedLines();
        assertThat(lines).hasSize(2);
        for (int i = 0; i < 2; i++) {
            JsonNode line = lines.get(i);
            assertThat(line.at("/candidates/0/text").asString())
                    .as("the first is what is sampled without a strategy")
                    .isEqualTo(first.get(i).path("text").asString());
            assertThat(line.path("klBound").asDouble()).isCloseTo(.6363, within(5e-5));
            assertThat(line.path("candidates").size()).isEqualTo(4);
            double taken = line.at("/candidates/" + line.path("taken").asInt() + "/score")
                    .asDouble();
            line.path("candidates")
                    .forEach(candidate ->
                            assertThat(candidate.path("score").asDouble()).isLessThanOrEqualTo(taken));
        }
    }

    @Test
    void aVoteIsForTheAnswer() throws IOException {
        Path prompts = file("{\"prompt\": \"Tom has 12 cups and buys 5. How many cups does Tom have now?\"}\n");
        assertThat(run(
                        "generate",
                        "-f",
                        prompts.toString(),
                        "--temperature",
                        "1",
                        "--max-new-tokens",
                        "40",
                        "--strategy",
                        "majority",
                        "--set",
                        "n=9",
                        "--json"))
                .isZero();
        JsonNode line = printedLines().getFirst();
        String won =
                line.at("/candidates/" + line.path("taken").asInt() + "/answer").asString();
        assertThat(line.path("text").asString()).contains(won);
        assertThat(line.path("why").asString()).contains("of 9 completions answer '" + won + "'");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --strategy best-of-m                          | --strategy
            --strategy best-of-n --temperature 1          | --reward-model is missing: best-of-n chooses by its scores
            --strategy best-of-n                          | --temperature is 0
            --strategy self-refine --raw                  | --judge: are missing: self-refine chooses by their verdicts
            --strategy best-of-n --set n=1000             | --strategy n is 1000
            --strategy majority --set floor=1             | floor
            --token-budget 0                              | --token-budget is 0
            --reward-model nowhere --home /no/such        | nowhere is no folder, and no platform runs
            """)
    void aStrategySaysWhatItLacks(String arguments, String said) {
        List<String> all = new ArrayList<>(List.of("--prompt", "a"));
        all.addAll(List.of(arguments.split(" ")));
        assertThat(generate(null, all.toArray(String[]::new))).isEqualTo(1);
        assertThat(errors.toString()).contains(said);
    }

    private List<JsonNode> printedLines() {
        var json = new JsonMapper();
        return printed.toString().lines().map(json::readTree).toList();
    }

    private static int[] ints(JsonNode array) {
        return array.valueStream().mapToInt(JsonNode::asInt).toArray();
    }

    /** @param input null if there is a terminal */
    private int generate(@Nullable String input, String... arguments) {
        PrintStream out = new PrintStream(printed, true);
        InputStream in = input == null ? null : new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        List<String> all = new ArrayList<>(List.of(arguments));
        for (String[] option : new String[][] {{"--model", MODEL.toString()}, {"--threads", "1"}}) {
            if (!all.contains(option[0])) {
                all.addAll(List.of(option));
            }
        }
        return new CommandLine(new GenerateCommand(new Screen(out, out, 0), in))
                .setErr(new PrintWriter(errors, true))
                .setExecutionExceptionHandler((exception, command, parsed) -> {
                    command.getErr().println(Problems.render(exception));
                    return ExitCode.FAILURE;
                })
                .execute(all.toArray(String[]::new));
    }

    private int run(String... arguments) {
        return execute(Stream.concat(Arrays.stream(arguments), Stream.of("--model", MODEL.toString(), "--threads", "1"))
                .toArray(String[]::new));
    }

    private int execute(String... all) {
        PrintStream out = new PrintStream(printed, true);
        return TribunalCommand.commandLine(new Screen(out, out, 0))
                .setErr(new PrintWriter(errors, true))
                .execute(all);
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("lines.jsonl"), text);
    }
}
