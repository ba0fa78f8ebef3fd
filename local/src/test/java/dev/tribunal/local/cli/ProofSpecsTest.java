package dev.tribunal.local.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tribunal.contracts.runs.v1.comparison.ComparisonRuns;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonRuns.ArmRun;
import dev.tribunal.local.chart.ChartSpecs;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.cli.shared.SpecFile;
import dev.tribunal.local.platform.Home;
import dev.tribunal.local.platform.Platform;
import dev.tribunal.local.platform.Project;
import dev.tribunal.local.platform.RewardModels;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.input.InputReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The comparisons of {@code examples/proof} are sound, and what is drawn of them is of arms that they have. Other judges and
 * reward models stand for those that a person makes first.
 */
class ProofSpecsTest {

    @TempDir
    private static Path folder;

    private static Platform platform;
    private static PlatformClient client;
    private static NoShouting erring;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        assumeTrue(Files.isDirectory(Project.example("embedded/policy")), "the embedded checkpoints are not there");
        platform = Platform.complete(Home.open(folder.resolve("home")), 0);
        platform.start(false, part -> {});
        client = new PlatformClient(platform.address());
        erring = new NoShouting();
        client.judges().register(erring.registration("no-shouting", "1"), "application/yaml");
        for (String model : List.of("honest@2", "brevity@1")) {
            String[] named = model.split("@");
            client.rewardModels()
                    .register(
                            """
                            {"name": "%s", "version": "%s", "source": {"type": "import", "model": "hf:%s"}}
                            """.formatted(named[0], named[1], Project.example("embedded/harmlessness")),
                            "application/json");
            RewardModels.awaitPrepared(client.rewardModels(), named[0], named[1]);
        }
    }

    @AfterAll
    static void stop() throws IOException {
        erring.close();
        platform.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hacking", "constraints", "ablations", "objectives", "warm-start"})
    void isSoundAndDrawnByItsArms(String name) throws IOException {
        Path file = Project.example("proof").resolve(name + ".yaml");
        ObjectNode comparison = SpecFile.parse(standIns(Files.readString(file)), file);
        if (comparison.path("base").isString()) {
            comparison.set(
                    "base",
                    SpecFile.read(file.resolveSibling(comparison.path("base").stringValue())));
        }

        ComparisonRuns runs = Objects.requireNonNull(client.comparisons()
                .create(SpecFile.toJson(comparison), "application/json", true)
                .getBody());

        List<String> arms = runs.runs().stream().map(ArmRun::arm).distinct().toList();
        assertThat(runs.runs()).hasSize(5 * arms.size());
        Path charts = Project.folder().resolve("docs/results/" + name + ".charts.yaml");
        ObjectNode drawn = SpecFile.read(charts);
        Input<ChartSpecs> read = InputReader.read(ChartSpecs.class, drawn);
        assertThat(read.mistakes()).isEmpty();
        assertThat(read.required().data()).isEqualTo(runs.name()).isEqualTo("proof-" + name);
        assertThat(Stream.concat(
                                drawn.path("arms").valueStream().map(arm -> arm.path("arm")),
                                Stream.of("curves", "intervals", "tables", "alarms", "fronts")
                                        .flatMap(kind -> drawn.path(kind).valueStream())
                                        .flatMap(chart -> Stream.concat(
                                                chart.path("only").valueStream(),
                                                chart.path("fronts")
                                                        .valueStream()
                                                        .flatMap(front -> front.path("arms")
                                                                .valueStream()))))
                        .map(JsonNode::asString))
                .isNotEmpty()
                .isSubsetOf(arms);
    }

    private static String standIns(String comparison) {
        return comparison
                .replaceAll("good-reply@1, parameters: \\{wanted: [a-z]+}", "finished@1")
                .replace("erring@1", "no-shouting@1")
                .replace("file:world/data/helpfulness.jsonl", "file:../prompts/chat.pairs.jsonl");
    }
}
