package dev.tribunal.local.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.local.bench.JudgeTimes;
import dev.tribunal.local.bench.JudgesBench;
import dev.tribunal.local.cli.bench.BenchJudgesCommand;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.platform.Home;
import dev.tribunal.local.platform.Platform;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The bench at next to no work: it says nothing of this machine, but it runs. */
class BenchJudgesTest {

    @TempDir
    private Path folder;

    @Test
    void reportsWhatTheJudgesDidAndWhatAHungOneAdded() throws InterruptedException {
        try (Platform platform = Platform.judgesOnly(Home.open(folder))) {
            platform.start(false, part -> {});
            PlatformClient client = new PlatformClient(platform.address());

            JudgeTimes times = new JudgesBench(client.judges(), client.judgements(), new JudgesBench.Plan(2, 3, 1, 1))
                    .run(part -> {});

            assertThat(times.cases()).extracting(JudgeTimes.Case::judgeMillis).containsExactly(0, 200);
            assertThat(times.cases()).allSatisfy(one -> {
                assertThat(one.requests()).isPositive();
                assertThat(one.verdictsPerSecond()).isPositive();
            });
            assertThat(times.hungJudge().firstAddedMillis())
                    .as("until the breaker opens")
                    .hasSize(4);
            JsonNode json = new JsonMapper().valueToTree(BenchJudgesCommand.Report.of(times));
            assertThat(json.propertyNames())
                    .contains("verdictsPerSecond", "p99Millis", "hungJudgeAddedMillis", "cases", "hungJudge");
        }
    }

    @Test
    void refusesAPlanThatMeasuresNothing() {
        assertThatThrownBy(() -> new JudgesBench.Plan(1, 64, 4, 20))
                .hasMessage("--judges is 1, but must be at least 2");
    }
}
