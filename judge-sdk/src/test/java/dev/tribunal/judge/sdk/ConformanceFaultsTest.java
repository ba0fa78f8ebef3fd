package dev.tribunal.judge.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Fixture;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Check;
import dev.tribunal.judge.sdk.conformance.JudgeConformance;
import dev.tribunal.judge.sdk.conformance.JudgeConformance.Expected;
import dev.tribunal.judge.sdk.conformance.JudgeTransport.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the gate finds out: a judge of this test's own, which errs in one way at a time. */
class ConformanceFaultsTest {

    private static final JsonMapper JSON = new JsonMapper();

    private String descriptor =
            "{\"name\":\"polite\",\"version\":\"1\",\"contract\":\"judge/v1\",\"deterministic\":true,\"maxBatchItems\":8}";
    private int health = 200;
    private String contentType = "application/json";
    private boolean strict;
    private UnaryOperator<ObjectNode> spoil = answer -> answer;

    @Test
    void aSoundJudgePasses() {
        assertThat(run())
                .hasSize(11)
                .allSatisfy(
                        check -> assertThat(check.passed()).as(check.toString()).isTrue());
    }

    @Test
    void healthMustBeServed() {
        health = 404;
        assertFails("health", "GET /health/live answered status 404");
    }

    @Test
    void moreItemsThanTheJudgeTakesAreNotPromised() {
        descriptor = descriptor.replace("8}", "4}");
        assertFails("descriptor", "register maxBatchItems: 4");
    }

    @Test
    void anotherContractIsRefused() {
        descriptor = descriptor.replace("judge/v1", "judge/v2");
        assertFails("descriptor", "speaks judge/v2, not judge/v1");
    }

    @Test
    void aResultForAnItemThatNobodyAskedIsFound() {
        spoil = answer -> {
            answer.withArray("results").addObject().put("itemId", "foreign").put("verdict", "satisfied");
            return answer;
        };
        assertFails("results", "a result for 'foreign', which was not asked");
    }

    @Test
    void aScoreOnUndecidedIsFound() {
        spoil = answer -> {
            first(answer)
                    .put("verdict", "undecided")
                    .put("score", 0.5)
                    .putObject("error")
                    .put("code", "unsure");
            return answer;
        };
        assertFails("results", "an undecided item must not have a score");
    }

    @Test
    void undecidedWithoutAReasonIsFound() {
        spoil = answer -> {
            first(answer).put("verdict", "undecided");
            return answer;
        };
        assertFails("results", "needs an error with a code in snake case");
    }

    @Test
    void aMissingAndADoubleResultAreFound() {
        spoil = answer -> {
            answer.withArray("results").remove(0);
            return answer;
        };
        assertFails("results", "the answer has no result for this item");
        spoil = answer -> {
            answer.withArray("results").add(answer.at("/results/0"));
            return answer;
        };
        assertFails("results", "the answer has several results for this item");
    }

    @Test
    void whatIsNotSaidToBeJsonIsRefused() {
        contentType = "text/plain";
        assertFails("descriptor", "Content-Type is text/plain");
    }

    @Test
    void aJudgeThatDoesNotIgnoreUnknownFieldsIsFound() {
        strict = true;
        assertFails("unknown-fields", "ignore what you do not know");
    }

    @Test
    void aJudgeThatCannotTakeAFullBatchIsFound() {
        spoil = answer -> {
            if (answer.path("results").size() == 8) {
                first(answer)
                        .put("verdict", "undecided")
                        .putObject("error")
                        .put("code", "timeout")
                        .put("retryable", true);
            }
            return answer;
        };
        assertFails("full-batch", "1 of 8 items are undecided (timeout");
    }

    private void assertFails(String name, String detail) {
        assertThat(run()).filteredOn(check -> !check.passed()).anySatisfy(check -> {
            assertThat(check.name()).isEqualTo(name);
            assertThat(check.detail()).contains(detail);
        });
    }

    private static ObjectNode first(ObjectNode answer) {
        return (ObjectNode) answer.at("/results/0");
    }

    private List<Check> run() {
        Expected expected = new Expected(
                "polite",
                "1",
                Duration.ofSeconds(5),
                true,
                8,
                List.of(new Fixture(item("please"), Verdict.SATISFIED), new Fixture(item("now"), Verdict.VIOLATED)));
        return JudgeConformance.of((path, body, limit) -> answer(path, body), expected)
                .run();
    }

    private static JudgeItem item(String text) {
        return new JudgeItem("x", List.of(), new CompletionText(text, "stop"), Map.of(), Map.of());
    }

    private Reply answer(String path, byte @Nullable [] body) {
        if (path.startsWith("/health/")) {
            return reply(health, "{}");
        }
        if (body == null) {
            return reply(200, descriptor);
        }
        JsonNode request;
        try {
            request = JSON.readTree(body);
        } catch (JacksonException malformed) {
            return reply(400, "{}");
        }
        if (strict && request.has("laterVersion")) {
            return reply(422, "{}");
        }
        ObjectNode response = JSON.createObjectNode();
        response.set("requestId", request.path("requestId"));
        response.set("judge", request.path("judge"));
        ArrayNode results = response.putArray("results");
        for (JsonNode item : request.path("items")) {
            boolean polite = item.at("/completion/text").asString("").contains("please");
            results.addObject()
                    .put("itemId", item.path("itemId").asString(""))
                    .put("verdict", polite ? "satisfied" : "violated");
        }
        boolean sound = request.path("items").isArray()
                && !results.findValuesAsString("itemId").contains("");
        return sound ? reply(200, spoil.apply(response).toString()) : reply(422, "{}");
    }

    private Reply reply(int status, String body) {
        return new Reply(status, contentType, body.getBytes(StandardCharsets.UTF_8));
    }
}
