package dev.tribunal.judge.protocols;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgeProtocol;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.judge.fanout.JudgeClient;
import dev.tribunal.judge.fanout.JudgeClient.Evaluation;
import dev.tribunal.judge.fanout.JudgeLimits;
import dev.tribunal.servicekit.outbound.AddressGuard;
import dev.tribunal.servicekit.outbound.GuardedHttp;
import dev.tribunal.servicekit.testing.Recording;
import dev.tribunal.servicekit.testing.ReplayServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Each protocol against what its server says, over a real socket and through the fan-out: the requests are the recorded
 * ones, to the last field, and the answers become the recording's verdicts.
 */
class RecordedExchangesTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String TOKEN = "key-of-the-server";
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final JudgeClient.Surroundings surroundings = new JudgeClient.Surroundings(
            Executors.newVirtualThreadPerTaskExecutor(), new SimpleMeterRegistry(), Duration.ofMinutes(1));
    private final GuardedHttp http = new GuardedHttp(new AddressGuard(List.of("127.0.0.1")), 1 << 20);

    @AfterEach
    void close() throws Exception {
        http.close();
        surroundings.close();
    }

    static Stream<Recording> recordings() {
        return Recording.all().stream();
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void theServerIsAskedAsRecordedAndItsAnswersBecomeVerdicts(Recording recording) {
        JudgeProtocol protocol = JSON.treeToValue(recording.adapter(), JudgeProtocol.class);
        List<JudgeItem> items = List.of(JSON.treeToValue(recording.items(), JudgeItem[].class));
        assertThat(ProtocolCheck.mistakes(protocol, true)).isEmpty();
        try (ReplayServer server = new ReplayServer(recording)) {
            JudgeClient client = JudgeClient.to(
                    "theirs",
                    "1",
                    new JudgeLimits(TIMEOUT, ProtocolCheck.defaultBatchItems(protocol), 4, 2, Duration.ofMillis(1)),
                    ProtocolCall.to(protocol, http, server.url(), TOKEN, 4),
                    surroundings);

            List<JudgeVerdict> verdicts = client.ask(new Evaluation("jr_1", null, Map.of(), items), TIMEOUT);

            assertThat(server.unexpected()).isEmpty();
            assertThat(server.left()).isEmpty();
            assertThat(server.authorizations()).isNotEmpty().containsOnly("Bearer " + TOKEN);
            assertThat(verdicts.stream().map(RecordedExchangesTest::told))
                    .containsExactlyElementsOf(recording.verdicts().values().stream()
                            .map(RecordedExchangesTest::told)
                            .toList());
        }
    }

    private static String told(JudgeVerdict verdict) {
        return verdict.verdict().name().toLowerCase(java.util.Locale.ROOT) + " "
                + (verdict.error() == null ? verdict.score() : verdict.error().code());
    }

    private static String told(JsonNode expected) {
        return expected.path("verdict").asString() + " "
                + (expected.has("error")
                        ? expected.path("error").asString()
                        : Double.toString(expected.path("score").doubleValue()));
    }
}
