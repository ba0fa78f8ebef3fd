package dev.tribunal.local.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.methods.MethodCatalogue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** No platform runs here, and none is asked. */
class MethodCommandsTest {

    private static final String GOLDEN = "../examples/methods/crpg.json";

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final StringWriter errors = new StringWriter();

    private int run(String... arguments) {
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        return TribunalCommand.commandLine(new Screen(out, out, 0))
                .setErr(new PrintWriter(errors, true))
                .execute(arguments);
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    private JsonNode json() {
        return new JsonMapper().readTree(printed().strip());
    }

    @Test
    void listsEveryMethodWithItsHyperparameters() {
        assertThat(run("method", "list")).isZero();

        assertThat(MethodCatalogue.methods().keySet())
                .allSatisfy(name ->
                        assertThat(printed()).containsPattern("(?m)^" + name + " +(rollouts|pairs|demo|rated)"));
        assertThat(printed())
                .containsPattern("(?m)^crpg +rollouts +arXiv 2409\\.20370 +reference, calibration$")
                .containsPattern("(?m)^crpg +klMax +number > 0, <= 1000000000 +\\(has to be given\\)$")
                .containsPattern("(?m)^grpo +epsilonHigh +number > 0, <= 1000000000 +\\(may be left out\\)$")
                .containsPattern("(?m)^ppo +lambda +number >= 0, <= 1 +0\\.95$")
                .containsPattern("(?m)^tdpo +version +tdpo1 \\| tdpo2 +tdpo2$");
    }

    @Test
    void listsAsTheApiAnswers() {
        assertThat(run("method", "list", "--json")).isZero();

        assertThat(json().path("data").valueStream().map(one -> one.path("name").asString()))
                .containsExactlyElementsOf(MethodCatalogue.methods().keySet());
        assertThat(json().path("hasMore").asBoolean(true)).isFalse();
    }

    @Test
    void triesTheWorkedExample() {
        assertThat(run("method", "try", "crpg", "-f", GOLDEN)).isZero();

        assertThat(printed().lines().toList().getFirst()).isEqualTo("crpg {\"klMax\":10.0}");
        assertThat(printed())
                .containsPattern("(?m)^0 +1 +- +2\\.0000 +0\\.73106 +0\\.65795 +0\\.36846 +-0\\.092116$")
                .containsPattern("(?m)^0 +2 +- +1\\.0000 +0\\.50000 +0\\.50000 +0\\.21051 ")
                .containsPattern("(?m)^0 +3 +- +0\\.50000 +0\\.37754 +0\\.0000 +-0\\.28949 ")
                .containsPattern("(?m)^0 +4 +- +3\\.0000 +0\\.88080 +0\\.0000 +-0\\.28949 ");
    }

    @Test
    void aHyperparameterOfTheCommandLineGoesBeforeTheFiles() {
        assertThat(run("method", "try", "crpg", "-f", GOLDEN, "--set", "klMax=4", "--json"))
                .isZero();

        assertThat(json().at("/method/klMax").asDouble()).isEqualTo(4);
        // (1 - 1/4) sigma(1)
        assertThat(json().at("/groups/0/rollouts/1/regularizedReward").asDouble())
                .isCloseTo(.75 * .7310586, within(1e-6));
    }

    @Test
    void readsYamlAndTellsAllMistakesWithTheirPlaces() throws IOException {
        Path file = folder.resolve("groups.yaml");
        Files.writeString(file, """
                groups:
                - rollouts:
                  - {score: 1, feasible: true, logProbs: [-1]}
                  - {score: 2, feasible: true, logProbs: [-1], referenceLogProbs: [-1], weight: 3}
                """);

        assertThat(run("method", "try", "crpg", "-f", file.toString(), "--set", "klMax=ten"))
                .isEqualTo(1);
        assertThat(errors.toString())
                .contains("422 invalid_trial", "/method/klMax", "/groups/0/rollouts/1/weight", "is not known");
        assertThat(run("method", "try", "crpg", "-f", file.toString(), "--set", "klMax=10"))
                .isEqualTo(1);
        assertThat(run("method", "try", "crgp", "-f", file.toString())).isEqualTo(1);
        assertThat(errors.toString()).contains("did you mean 'crpg'");
        assertThat(List.of(printed())).containsExactly("");
    }
}
