package dev.tribunal.trainer.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.runs.v1.generation.GenerationsApi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Generations by a real checkpoint; the reward model gives a tenth a character, the judge wants an even number of them. */
class GenerationsApiTest extends TrainerContext {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String POLICY = "policy: {model: 'hf:policy', maxNewTokens: 8, temperature: 1.5}\n";

    @Autowired
    private JdbcTemplate jdbc;

    @AfterEach
    void forget() {
        services.listen(question -> {});
        jdbc.update("delete from trainer.generations");
    }

    private static String prompts(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "- {prompt: '" + "yes no ".repeat(i % 2 + 1) + "?', reference: {answer: '4'}}")
                .collect(Collectors.joining("\n", "prompts:\n", "\n"));
    }

    @Test
    void bestOfNIsAnsweredInTheBackground() {
        ResponseEntity<byte[]> created = post(POLICY + prompts(5)
                + "strategy: {type: best-of-n, n: 4}\nrewardModel: helpfulness\njudges: [math-answer]\nseed: 3\n");

        assertThat(created.getStatusCode()).as(body(created).toString()).isEqualTo(HttpStatus.ACCEPTED);
        String id = body(created).path("id").asString();
        assertThat(created.getHeaders().getLocation()).hasPath("/v1/generations/" + id);
        assertThat(body(created).at("/request/rewardModel").asString()).isEqualTo("helpfulness@2");
        assertThat(body(created).at("/request/judges/0/judge").asString()).isEqualTo("math-answer@2");
        assertThat(body(created).at("/request/policy/digest").asString()).matches("[0-9a-f]{64}");

        JsonNode ended = awaitEnd(id);
        assertThat(ended.path("state").asString()).as(ended.toString()).isEqualTo("succeeded");
        assertThat(ended.path("done").asInt()).isEqualTo(5);
        List<JsonNode> answers = answers(id, 2);
        assertThat(answers).hasSize(5);
        long tokens = 0;
        double score = 0;
        double feasible = 0;
        for (int i = 0; i < 5; i++) {
            JsonNode answer = answers.get(i);
            assertThat(answer.path("prompt").asInt()).isEqualTo(i);
            assertThat(answer.path("candidates").size()).isEqualTo(4);
            JsonNode taken = answer.path("candidates").get(answer.path("taken").asInt());
            assertThat(taken.path("text").asString())
                    .isEqualTo(answer.path("text").asString());
            for (JsonNode candidate : answer.path("candidates")) {
                assertThat(candidate.path("score").asDouble())
                        .isCloseTo(candidate.path("text").asString().length() / 10.0, within(1e-9))
                        .isLessThanOrEqualTo(taken.path("score").asDouble());
            }
            boolean even = taken.path("text").asString().length() % 2 == 0;
            assertThat(taken.path("feasible").asBoolean()).isEqualTo(even);
            assertThat(taken.at("/verdicts/0/verdict").asString()).isEqualTo(even ? "satisfied" : "violated");
            assertThat(answer.path("klBound").asDouble()).isCloseTo(.6363, within(5e-5));
            tokens += answer.path("tokensSampled").asLong();
            score += taken.path("score").asDouble();
            feasible += even ? 1 : 0;
        }
        assertThat(ended.at("/totals/strategy").asString()).isEqualTo("best-of-n");
        assertThat(ended.at("/totals/tokensSampled").asLong()).isEqualTo(tokens);
        assertThat(ended.at("/totals/tokensPerPrompt").asDouble()).isCloseTo(tokens / 5.0, within(1e-9));
        assertThat(ended.at("/totals/meanScore").asDouble()).isCloseTo(score / 5, within(1e-9));
        assertThat(ended.at("/totals/feasibleShare").asDouble()).isCloseTo(feasible / 5, within(1e-9));
        assertThat(ended.at("/totals/meanKlBound").asDouble()).isCloseTo(.6363, within(5e-5));

        JsonNode listed = get("/v1/generations").at("/data/0");
        assertThat(listed.path("id").asString()).isEqualTo(id);
        assertThat(listed.has("request")).isFalse();
        assertThat(listed.path("totals")).isEqualTo(ended.path("totals"));
    }

    @Test
    void everyStrategyKeepsToTheBudget() {
        Map<String, String> strategies = new TreeMap<>(Map.of(
                "sample", "sample",
                "best-of-n", "{type: best-of-n, n: 64}",
                "majority", "{type: majority, n: 64, answer: text}",
                "weighted-vote", "{type: weighted-vote, n: 64, answer: text}",
                "first-feasible", "{type: first-feasible, n: 64}",
                "step-beam", "{type: step-beam, stepTokens: 2, step: 'no'}",
                "self-refine", "{type: self-refine, feedback: 'no'}"));
        strategies.forEach((name, strategy) -> {
            String id = created(POLICY + prompts(3)
                    + "tokenBudget: 20\nrewardModel: helpfulness\njudges: [math-answer]\n" + "strategy: " + strategy);
            JsonNode ended = awaitEnd(id);
            assertThat(ended.path("state").asString()).as(ended.toString()).isEqualTo("succeeded");
            assertThat(ended.at("/totals/strategy").asString()).isEqualTo(name);
            assertThat(answers(id, 50)).hasSize(3).allSatisfy(answer -> {
                assertThat(answer.path("tokensSampled").asInt()).isBetween(1, 20);
                assertThat(answer.path("why").asString()).isNotEmpty();
                assertThat(answer.at("/candidates/" + answer.path("taken").asInt() + "/score")
                                .isNumber())
                        .isTrue();
            });
        });
    }

    @Test
    void mistakesAreToldAtOnceAndNothingIsKept() {
        ResponseEntity<byte[]> refused = post("""
                policy: {model: 'hf:policy', maxNewTokens: 8, temperature: 0, lora: {rank: 4}}
                prompts:
                - {prompt: 'yes?'}
                - {prompt: 'yes?', messages: [{role: user, content: 'no?'}]}
                - {messages: [{role: user, content: 'no?'}, {role: assistant, content: 'yes'}]}
                - {}
                strategy: {type: best-of-n, n: 1000}
                tokenBudget: 0
                rewardModel: kindness
                judges: [old, {judge: length, parameters: {most: 4}}]
                """);

        assertThat(refused.getStatusCode()).isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);
        assertThat(refused.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
        assertThat(body(refused).path("code").asString()).isEqualTo("invalid_generation");
        assertThat(pointers(refused))
                .containsExactlyInAnyOrder(
                        "/policy/lora",
                        "/prompts/1/messages",
                        "/prompts/2/messages/1/role",
                        "/prompts/3/prompt",
                        "/strategy/n",
                        "/tokenBudget",
                        "/rewardModel",
                        "/judges/0",
                        "/judges/1/parameters/most");
        assertThat(get("/v1/generations").path("data").size()).isZero();
    }

    @Test
    void aStrategyAsksForWhatItChoosesBy() {
        assertThat(mistakes(POLICY + prompts(1) + "strategy: {type: weighted-vote, n: 4}"))
                .containsEntry("/rewardModel", "is missing: weighted-vote chooses by its scores");
        assertThat(mistakes(POLICY + prompts(1) + "strategy: self-refine"))
                .containsEntry("/judges", "are missing: self-refine chooses by their verdicts");
        assertThat(mistakes("policy: {model: 'hf:policy', maxNewTokens: 8, temperature: 0}\n" + prompts(1)
                        + "strategy: {type: majority, n: 4}"))
                .containsEntry(
                        "/policy/temperature",
                        "is 0: the completions that majority compares would all be the same; must be more than 0");
        assertThat(mistakes(POLICY + prompts(1) + "strategy: {type: best-of-m}").keySet())
                .containsExactly("/strategy/type");
        assertThat(mistakes(POLICY + prompts(1)
                        + "strategy: {type: step-beam, beams: 64, expansions: 64}\nrewardModel: helpfulness"))
                .containsOnlyKeys("/strategy/expansions");
    }

    @Test
    void whatCannotBeAnsweredIsToldBeforehand() {
        assertThat(mistakes("policy: {model: 'hf:nowhere'}\n" + prompts(1))).containsOnlyKeys("/policy/model");
        assertThat(mistakes(POLICY + "prompts: [{prompt: '" + "yes ".repeat(40) + "'}, {prompt: 'yes?'}]"))
                .containsOnlyKeys("/prompts/0");
        assertThat(mistakes(POLICY + "prompts: [{prompt: 'yes?'}]\njudges: [picky]"))
                .containsEntry("/prompts/0/reference", "has no answer, which judge picky@2 reads");
        assertThat(mistakes("policy: {model: 'hf:policy', maxNewTokens: 8}\n" + prompts(1)
                        + "strategy: {type: best-of-n, n: 256}\nrewardModel: slow"))
                .containsOnlyKeys("/rewardModel");
        assertThat(mistakes("policy: {model: 'hf:policy', maxNewTokens: 1000000, temperature: 1}\n" + prompts(20)))
                .containsKey("/tokenBudget");
    }

    @Test
    void onlyWhoHasTheTokenIsAnswered() {
        assertThat(RestClient.builder()
                        .baseUrl("http://127.0.0.1:" + port)
                        .defaultStatusHandler(status -> true, (request, response) -> {})
                        .build()
                        .post()
                        .uri("/v1/generations")
                        .contentType(MediaType.parseMediaType("application/yaml"))
                        .body(POLICY + prompts(1))
                        .retrieve()
                        .toBodilessEntity()
                        .getStatusCode())
                .isEqualTo(HttpStatus.UNAUTHORIZED);
    }

    @Test
    void aCancelledOneEndsAndKeepsWhatItHas() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        services.listen(question -> {
            if (question.startsWith("score gen_") && question.contains(".p32.")) {
                asked.countDown();
                awaitLatch(goOn);
            }
        });
        String id = created(POLICY + prompts(40) + "strategy: {type: best-of-n, n: 2}\nrewardModel: helpfulness");
        assertThat(asked.await(1, TimeUnit.MINUTES)).isTrue();
        JsonNode running = get("/v1/generations/" + id);
        assertThat(running.path("state").asString()).isEqualTo("running");
        assertThat(running.path("done").asInt())
                .as("the first are stored already")
                .isEqualTo(32);

        ResponseEntity<byte[]> cancelled = act(id, "cancel");
        goOn.countDown();

        assertThat(body(cancelled).path("state").asString()).isEqualTo("cancelled");
        assertThat(act(id, "cancel").getStatusCode()).isEqualTo(HttpStatus.CONFLICT);
        String next = created(POLICY + prompts(1));
        assertThat(awaitEnd(next).path("state").asString()).isEqualTo("succeeded");
        assertThat(get("/v1/generations/" + id).path("done").asInt()).isEqualTo(32);
        assertThat(answers(id, 50)).hasSize(32);
        assertThat(client().delete()
                        .uri("/v1/generations/" + id)
                        .retrieve()
                        .toBodilessEntity()
                        .getStatusCode())
                .isEqualTo(HttpStatus.NO_CONTENT);
        assertThat(get("/v1/generations/" + id).path("code").asString()).isEqualTo("generation_not_found");
        assertThat(client().delete()
                        .uri("/v1/generations/" + id)
                        .retrieve()
                        .toBodilessEntity()
                        .getStatusCode())
                .isEqualTo(HttpStatus.NOT_FOUND);
    }

    @Test
    void whatARestartBrokeOffGoesOnWhereItWas() {
        String id = created(POLICY + prompts(5) + "strategy: {type: majority, n: 4, answer: text}\nseed: 9");
        awaitEnd(id);
        List<JsonNode> before = answers(id, 50);
        jdbc.update("delete from trainer.generation_answers where generation_id = ? and prompt >= 2", id);
        jdbc.update(
                "update trainer.generations set state = 'running', finished_at = null, lease_owner ="
                        + " 'trainer-test#killed', lease_expires_at = now() + interval '1 hour' where id = ?",
                id);

        assertThat(awaitEnd(id).path("state").asString()).isEqualTo("succeeded");
        assertThat(answers(id, 50)).isEqualTo(before);
    }

    @Test
    void itEndsWhenItsTimeIsUp() {
        services.listen(question -> {
            if (question.startsWith("score gen_")) {
                awaitLatch(new CountDownLatch(1), Duration.ofMillis(1500));
            }
        });
        String id = created(POLICY + prompts(3)
                + "strategy: {type: step-beam, stepTokens: 1}\nrewardModel: helpfulness\n" + "timeLimitSeconds: 1");
        JsonNode ended = awaitEnd(id);
        assertThat(ended.path("state").asString()).isEqualTo("failed");
        assertThat(ended.path("failure").asString()).contains("timeLimitSeconds, 1 s");
    }

    @Test
    void noMoreWaitThanMay() {
        for (int i = 0; i < GenerationsApi.MAX_WAITING; i++) {
            jdbc.update(
                    "insert into trainer.generations (id, request, strategy, state, total, created_at, lease_owner,"
                            + " lease_expires_at) values (?, '{}', 'sample', 'running', 1, now(), 'other#1',"
                            + " now() + interval '1 hour')",
                    "gen_" + i);
        }
        ResponseEntity<byte[]> refused = post(POLICY + prompts(1));
        assertThat(refused.getStatusCode()).isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
        assertThat(refused.getHeaders().getFirst("Retry-After")).isNotNull();
    }

    private static void awaitLatch(CountDownLatch latch) {
        awaitLatch(latch, Duration.ofMinutes(1));
    }

    private static void awaitLatch(CountDownLatch latch, Duration longest) {
        try {
            latch.await(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Map<String, String> mistakes(String request) {
        ResponseEntity<byte[]> refused = post(request);
        assertThat(refused.getStatusCode()).as(body(refused).toString()).isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);
        Map<String, String> mistakes = new TreeMap<>();
        body(refused)
                .path("errors")
                .forEach(error -> mistakes.put(
                        error.path("pointer").asString(), error.path("detail").asString()));
        return mistakes;
    }

    private static List<String> pointers(ResponseEntity<byte[]> refused) {
        List<String> pointers = new ArrayList<>();
        body(refused)
                .path("errors")
                .forEach(error -> pointers.add(error.path("pointer").asString()));
        return pointers;
    }

    private String created(String request) {
        ResponseEntity<byte[]> created = post(request);
        assertThat(created.getStatusCode()).as(body(created).toString()).isEqualTo(HttpStatus.ACCEPTED);
        return body(created).path("id").asString();
    }

    private JsonNode awaitEnd(String id) {
        return await().atMost(Duration.ofMinutes(1))
                .until(() -> get("/v1/generations/" + id), found -> found.has("finishedAt"));
    }

    private List<JsonNode> answers(String id, int limit) {
        List<JsonNode> all = new ArrayList<>();
        String cursor = "";
        while (true) {
            JsonNode page = get("/v1/generations/" + id + "/answers?limit=" + limit + cursor);
            page.path("data").forEach(all::add);
            if (!page.path("hasMore").asBoolean()) {
                return all;
            }
            cursor = "&cursor=" + page.path("nextCursor").asString();
        }
    }

    private ResponseEntity<byte[]> act(String id, String action) {
        return client().post()
                .uri("/v1/generations/" + id + "/" + action)
                .retrieve()
                .toEntity(byte[].class);
    }

    private ResponseEntity<byte[]> post(String request) {
        return client().post()
                .uri("/v1/generations")
                .contentType(MediaType.parseMediaType("application/yaml"))
                .body(request)
                .retrieve()
                .toEntity(byte[].class);
    }

    private JsonNode get(String path) {
        return body(client().get().uri(path).retrieve().toEntity(byte[].class));
    }

    private static JsonNode body(ResponseEntity<byte[]> response) {
        return JSON.readTree(response.getBody());
    }
}
