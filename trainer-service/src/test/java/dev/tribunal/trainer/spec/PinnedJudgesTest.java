package dev.tribunal.trainer.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.contracts.judge.v1.registry.JudgeRegistryApi;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.servicekit.http.ServiceClients;
import dev.tribunal.trainer.StubServices;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
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

    @Test
    void aServiceThatDoesNotAnswerYetIsWaitedFor() throws IOException {
        try (StubServices services = new StubServices()) {
            JudgeRegistryApi away = registry("http://127.0.0.1:1");
            JudgeRegistryApi there = registry(services.url());
            AtomicInteger asked = new AtomicInteger();
            JudgeRegistryApi late = (JudgeRegistryApi) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {JudgeRegistryApi.class},
                    (proxy, method, arguments) -> {
                        try {
                            return method.invoke(asked.incrementAndGet() < 3 ? away : there, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });

            assertThat(new PinnedJudges(late).changes(List.of(judge("length@1", "sha256:another"))))
                    .containsExactly("judge 'length@1' was pinned as sha256:another and is sha256:length now");
            assertThat(asked).hasValue(3);
        }
    }

    @Test
    void whoeverWaitsCanStop() {
        PinnedJudges pinned = new PinnedJudges(registry("http://127.0.0.1:1"));

        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> pinned.changes(PINNED)).isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    private static JudgeRegistryApi registry(String url) {
        return new ServiceClients("0123456789abcdef", new JsonMapper())
                .client(JudgeRegistryApi.class, url, Duration.ofSeconds(10));
    }

    private static RunSpec.Judge judge(String reference, String digest) {
        return new RunSpec.Judge(reference, digest, Map.of());
    }
}
