package dev.tribunal.local.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tribunal.local.platform.Project;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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

        assertThat(run("bench", "engine", "--prompts", "3", "--generations", "2", "--new-tokens", "6", "--steps", "2",
                        "--mixed", "--prompt-file", prompts.toString(), "--json"))
                .isZero();

        JsonNode report = new JsonMapper().readTree(printed.toString());
        double step = report.path("secondsPerStep").asDouble();
        assertThat(step).isPositive();
        // 1 + floor(5 f^2) for f = 0, .618, .236, .854, .472, .090
        assertThat(report.path("generatedTokensPerSecond").asDouble() * step).isCloseTo(11, within(0.6));
        assertThat(report.path("seconds").propertyNames())
                .containsExactly("sampling", "reference", "forward", "backward", "step");
        assertThat(report.path("steps").asInt()).isEqualTo(2);
        assertThat(report.path("threads").asInt()).isEqualTo(1);
    }

    @Test
    void benchRefusesWhatMakesNoStep() {
        assertThat(run("bench", "engine", "--generations", "1")).isEqualTo(1);
        assertThat(errors.toString()).contains("2 generations");
    }

    private int run(String... arguments) {
        PrintStream out = new PrintStream(printed, true);
        String[] all = Stream.concat(
                        Arrays.stream(arguments), Stream.of("--model", MODEL.toString(), "--threads", "1"))
                .toArray(String[]::new);
        return TribunalCommand.commandLine(new Screen(out, out, 0))
                .setErr(new PrintWriter(errors, true))
                .execute(all);
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("lines.jsonl"), text);
    }
}
