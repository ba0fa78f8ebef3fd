package dev.tribunal.judge.reward;

import static dev.tribunal.judge.fanout.ScriptedJudge.json;
import static dev.tribunal.judge.fanout.ScriptedJudge.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.judge.fanout.JudgeClient;
import dev.tribunal.judge.fanout.JudgeClient.Evaluation;
import dev.tribunal.judge.fanout.ScriptedJudge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Against real sockets that answer as the reward service does: a completion's score is the number it holds. */
class RewardThresholdTest {

    private static final Map<String, Object> PARAMETERS = Map.of("model", "helpfulness@1", "min", 1, "max", 2.5);

    private final JudgeClient.Surroundings surroundings = new JudgeClient.Surroundings(
            Executors.newVirtualThreadPerTaskExecutor(), new SimpleMeterRegistry(), Duration.ofMinutes(1));

    @AfterEach
    void close() {
        surroundings.close();
    }

    @Test
    void aScoreWithinBoundsSatisfies() throws Exception {
        try (ScriptedJudge server = new ScriptedJudge(RewardThresholdTest::score)) {
            List<JudgeVerdict> verdicts =
                    ask(server, PARAMETERS, item("0.99"), item("1"), item("2.5"), item("2.51"), item("none"));

            assertThat(verdicts)
                    .extracting(JudgeVerdict::verdict)
                    .containsExactly(
                            Verdict.VIOLATED,
                            Verdict.SATISFIED,
                            Verdict.SATISFIED,
                            Verdict.VIOLATED,
                            Verdict.UNDECIDED);
            assertThat(verdicts).extracting(JudgeVerdict::score).containsExactly(0.99, 1.0, 2.5, 2.51, null);
            assertThat(verdicts.getFirst().reason()).isEqualTo("the score 0.9900 is less than 1.0");
            assertThat(verdicts.getLast().error().code()).isEqualTo("no_score");
            assertThat(verdicts.getLast().error().detail()).contains("too_long");
            assertThat(server.requests()).hasSize(1);
            assertThat(server.requests().getFirst().line())
                    .isEqualTo("POST /v1/reward-models/helpfulness/versions/1/score HTTP/1.1");
            assertThat(server.requests().getFirst().header("Authorization")).isEqualTo("Bearer platform-token");
        }
    }

    @Test
    void boundsCanBeOfTheDifferenceToAReference() throws Exception {
        Map<String, Object> relative = Map.of("model", "helpfulness@1", "min", 0, "relativeTo", "answer");
        try (ScriptedJudge server = new ScriptedJudge(RewardThresholdTest::score)) {
            List<JudgeVerdict> verdicts = ask(
                    server,
                    relative,
                    item("3", Map.of("answer", "2")),
                    item("1", Map.of("answer", "2")),
                    item("1", Map.of()));

            assertThat(verdicts).extracting(JudgeVerdict::score).containsExactly(1.0, -1.0, null);
            assertThat(verdicts)
                    .extracting(JudgeVerdict::verdict)
                    .containsExactly(Verdict.SATISFIED, Verdict.VIOLATED, Verdict.UNDECIDED);
            assertThat(verdicts.getLast().error().code()).isEqualTo("missing_reference");
        }
    }

    @Test
    void aRewardServiceThatFailsLeavesItemsUndecided() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (ScriptedJudge server = new ScriptedJudge((request, out) -> {
            if (asked.incrementAndGet() == 1) {
                write(out, "503 Service Unavailable", "", "");
            } else {
                score(request, out);
            }
        })) {
            assertThat(ask(server, PARAMETERS, item("2")).getFirst().verdict()).isEqualTo(Verdict.SATISFIED);
            server.now((request, out) -> json(out, "{\"results\":"));
            assertThat(ask(server, PARAMETERS, item("2")).getFirst().error().code())
                    .isEqualTo("malformed_answer");
            server.now((request, out) ->
                    json(out, "{\"requestId\":\"r\",\"name\":\"helpfulness\",\"version\":\"1\",\"results\":[]}"));
            assertThat(ask(server, PARAMETERS, item("2")).getFirst().error().code())
                    .isEqualTo("no_score");
        }
    }

    @Test
    void mistakesOfParametersAreNamedAndTheModelIsLookedUp() throws Exception {
        try (ScriptedJudge server = new ScriptedJudge((request, out) -> {
            if (request.line().contains("/ready/")) {
                json(out, model("ready"));
            } else if (request.line().contains("/slow/")) {
                json(out, model("preparing"));
            } else {
                write(out, "404 Not Found", "Content-Type: application/problem+json\r\n", "{\"detail\":\"no\"}");
            }
        })) {
            RewardJudge judge = judge(server);
            JudgeClient client =
                    judge.client(Duration.ofSeconds(20), surroundings).orElseThrow();

            assertThat(client.check(Map.of("min", 2, "max", 1, "mode", 3)))
                    .extracting(FieldError::pointer)
                    .containsExactlyInAnyOrder("/max", "/model", "/mode");
            assertThat(client.check(Map.of("model", "ready@1")))
                    .extracting(FieldError::detail)
                    .containsExactly("give at least one of min, max");
            assertThat(client.checkAndAsk(Map.of("model", "ready@1", "min", 0))).isEmpty();
            assertThat(client.checkAndAsk(Map.of("model", "slow@1", "min", 0)))
                    .extracting(FieldError::detail)
                    .singleElement()
                    .asString()
                    .contains("still being prepared");
            assertThat(client.checkAndAsk(Map.of("model", "nobody@1", "min", 0)))
                    .extracting(FieldError::detail)
                    .singleElement()
                    .asString()
                    .contains("does not know");
            assertThat(client.checkAndAsk(Map.of("model", "ready@latest", "min", 0)))
                    .extracting(FieldError::pointer)
                    .containsExactly("/model");
            judge.close();
        }
    }

    private static String model(String state) {
        return """
            {"name":"ready","version":"1","state":"%s","digest":"sha256:1","path":null,"progress":0.5,"metrics":{},\
            "failure":null,"source":{"type":"import","model":"hf:x"},"createdAt":"2026-01-01T00:00:00Z"}\
            """.formatted(state);
    }

    private static void score(ScriptedJudge.Request request, java.io.OutputStream out) throws java.io.IOException {
        String results = request.body().path("items").values().stream()
                .map(item -> item.path("completion").asString().equals("none")
                        ? """
                        {"itemId":"%s","error":{"code":"too_long","detail":"700 tokens"}}\
                        """.formatted(item.path("itemId").asString())
                        : """
                        {"itemId":"%s","score":%s}\
                        """.formatted(
                                        item.path("itemId").asString(),
                                        item.path("completion").asString()))
                .collect(Collectors.joining(","));
        json(out, """
            {"requestId":"%s","name":"helpfulness","version":"1","results":[%s]}\
            """.formatted(request.body().path("requestId").asString(), results));
    }

    private List<JudgeVerdict> ask(ScriptedJudge server, Map<String, Object> parameters, JudgeItem... items)
            throws Exception {
        try (RewardJudge judge = judge(server)) {
            List<JudgeItem> numbered = java.util.stream.IntStream.range(0, items.length)
                    .mapToObj(i -> new JudgeItem(
                            "i" + i, items[i].messages(), items[i].completion(), items[i].reference(), Map.of()))
                    .toList();
            return judge.client(Duration.ofSeconds(20), surroundings)
                    .orElseThrow()
                    .ask(new Evaluation("jr_1", null, parameters, numbered), Duration.ofSeconds(20));
        }
    }

    private static RewardJudge judge(ScriptedJudge server) {
        return new RewardJudge(server.url(), "platform-token", new JsonMapper());
    }

    private static JudgeItem item(String completion) {
        return item(completion, Map.of());
    }

    private static JudgeItem item(String completion, Map<String, Object> reference) {
        return new JudgeItem(
                "a", List.of(Message.user("?")), new CompletionText(completion, "stop"), reference, Map.of());
    }
}
