package dev.tribunal.trainer.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.judge.v1.registry.JudgeRegistryApi;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.servicekit.http.ServiceClients;
import dev.tribunal.trainer.StubServices;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class PinnedJudgesTest {

    private static final List<RunSpec.Judge> PINNED = List.of(
            judge("math-answer@2", "sha256:math-answer"),
            judge("length@1", "sha256:another"),
            judge("old@1", "sha256:old"),
            judge("deleted@1", "sha256:deleted"));

    @Test
    void whatHasHappenedToAPinnedJudgeIsSaid() throws IOException {
        try (StubServices services = new StubServices()) {
            assertThat(new PinnedJudges(registry(services.url())).changes(PINNED))
                    .containsExactly(
                            "judge 'length@1' was pinned as sha256:another and is sha256:length now",
                            "judge 'old@1' is retired",
                            "judge 'deleted@1' is not registered any more");
        }
    }

    /** Its verdicts will be undecided, which the tasks' failure policies are for. */
    @Test
    void aServiceThatDoesNotAnswerIsNoChange() {
        assertThat(new PinnedJudges(registry("http://127.0.0.1:1")).changes(PINNED))
                .isEmpty();
    }

    private static JudgeRegistryApi registry(String url) {
        return new ServiceClients("0123456789abcdef", new JsonMapper())
                .client(JudgeRegistryApi.class, url, Duration.ofSeconds(10));
    }

    private static RunSpec.Judge judge(String reference, String digest) {
        return new RunSpec.Judge(reference, digest, Map.of());
    }
}
