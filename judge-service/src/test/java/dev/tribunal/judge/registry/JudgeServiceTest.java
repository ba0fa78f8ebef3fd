package dev.tribunal.judge.registry;

import static dev.tribunal.judge.fanout.ScriptedJudge.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.EvaluateResponse;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.judge.v1.JudgementRequest;
import dev.tribunal.contracts.judge.v1.JudgementResponse;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Auth;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.AuthMode;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Endpoint;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Fixture;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Retry;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistryApi;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Check;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.State;
import dev.tribunal.contracts.judge.v1.registry.StressReport;
import dev.tribunal.judge.JudgeServiceApplication;
import dev.tribunal.judge.fanout.ScriptedJudge;
import dev.tribunal.servicekit.error.UpstreamException;
import dev.tribunal.servicekit.http.ServiceClients;
import dev.tribunal.servicekit.testing.RealPostgres;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.json.JsonMapper;

/** The whole service, over HTTP, on a real database; judges of others are real sockets. */
@SpringBootTest(
        classes = JudgeServiceApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.config.name=judge-service",
            "tribunal.http.token=" + JudgeServiceTest.TOKEN,
            "tribunal.judge.code.sandbox=no-such-sandbox",
            "tribunal.judge.secrets.swear-token=" + JudgeServiceTest.SECRET
        })
class JudgeServiceTest {

    static final String TOKEN = "0123456789abcdef";
    static final String SECRET = "open-sesame-and-no-other-word";

    @LocalServerPort
    private int port;

    @Autowired
    private JsonMapper json;

    private RestClient rest;
    private JudgeRegistryApi registry;
    private JudgementApi judgements;

    @DynamicPropertySource
    static void database(DynamicPropertyRegistry properties) {
        RealPostgres.register(properties);
    }

    @BeforeEach
    void connect() {
        String url = "http://127.0.0.1:" + port;
        ServiceClients clients = new ServiceClients(TOKEN, json);
        rest = clients.restClient(url, Duration.ofMinutes(1));
        registry = clients.client(JudgeRegistryApi.class, url, Duration.ofMinutes(1));
        judgements = clients.client(JudgementApi.class, url, Duration.ofMinutes(1));
    }

    @Test
    void rulesShipAndAreActive() {
        assertThat(registry.list(null, Page.MAX_LIMIT).data())
                .filteredOn(judge -> judge.kind() == JudgeResource.Kind.RULE)
                .extracting(JudgeResource::name)
                .containsExactly(
                        "finished", "instruction-following", "length", "math-answer", "reading-level", "repetition");
        JudgeResource judge = registry.get("math-answer", "latest");
        assertThat(judge.state()).isEqualTo(State.ACTIVE);
        assertThat(judge.version()).isEqualTo("1");
        assertThat(judge.digest()).matches("sha256:[0-9a-f]{64}");
    }

    /** Which of two fields of one name counts nobody can say. */
    @Test
    void aRegistrationWithAFieldTwiceIsRefused() {
        UpstreamException refused = catchThrowableOfType(
                UpstreamException.class,
                () -> rest.post()
                        .uri("/v1/judges")
                        .contentType(MediaType.APPLICATION_JSON)
                        .body("{\"name\": \"a\", \"name\": \"b\"}")
                        .retrieve()
                        .toBodilessEntity());
        assertThat(refused.code().code()).isEqualTo("malformed_request");
        assertThat(refused).hasMessageContaining("name");
    }

    @Test
    void aMixtureOfJudgesAnswersInTheOrderAsked() {
        JudgementResponse response = judgements.judge(new JudgementRequest(
                "jr_1",
                null,
                List.of(
                        new JudgeReference("math-answer", "1", Map.of("form", "final-answer")),
                        new JudgeReference("length", "1", Map.of("maxWords", 3))),
                List.of(
                        item("right", "The final answer is 4.", Map.of("answer", "4")),
                        item("wrong", "5", Map.of("answer", "4")))));

        assertThat(response.items()).extracting(item -> item.itemId()).containsExactly("right", "wrong");
        assertThat(response.items().get(0).verdicts())
                .extracting(verdict -> verdict.judge() + " " + verdict.verdict())
                .containsExactly("math-answer SATISFIED", "length VIOLATED");
        assertThat(response.items().get(1).verdicts())
                .extracting(verdict -> verdict.judge() + " " + verdict.verdict())
                .containsExactly("math-answer VIOLATED", "length SATISFIED");
    }

    @Test
    void aRequestWithSeveralMistakesNamesThemAll() {
        JudgementRequest request = new JudgementRequest(
                "",
                null,
                List.of(
                        new JudgeReference("nobody", "1", Map.of()),
                        new JudgeReference("safety", "1", Map.of()),
                        new JudgeReference("math-answer", "1", Map.of("from", "any"))),
                List.of(item("same", "4", Map.of()), item("same", "4", Map.of())));

        UpstreamException refused = catchThrowableOfType(UpstreamException.class, () -> judgements.judge(request));

        assertThat(refused.code().status().value()).isEqualTo(422);
        assertThat(refused.errors())
                .extracting(FieldError::pointer)
                .containsExactlyInAnyOrder(
                        "/items/1/itemId",
                        "/requestId",
                        "/judges/0/name",
                        "/judges/1/name",
                        "/judges/2/parameters/from");
        assertThat(refused.errors())
                .anySatisfy(error -> assertThat(error.detail()).contains("tribunal.judge.model"));
    }

    @Test
    void zeroItemsOnlyCheckTheParameters() {
        assertThat(evaluate("length", Map.of("minWords", 2), List.of()).results())
                .isEmpty();

        UpstreamException refused = catchThrowableOfType(
                UpstreamException.class,
                () -> evaluate("length", Map.of("minWords", 2.5, "maxWords", "many"), List.of()));

        assertThat(refused.errors())
                .extracting(FieldError::pointer)
                .containsExactlyInAnyOrder("/judge/parameters/minWords", "/judge/parameters/maxWords");
    }

    @Test
    void withoutASandboxTheCodeJudgeIsMissingAndSaysWhatToDo() {
        UpstreamException refused = catchThrowableOfType(UpstreamException.class, () -> registry.get("code", "latest"));

        assertThat(refused.code().status().value()).isEqualTo(404);
        assertThat(refused).hasMessageContaining("apt-get install bubblewrap");
        assertThat(catchThrowableOfType(
                                UpstreamException.class,
                                () -> registry.register(
                                        NoSwearing.registration("code", "9", "http://127.0.0.1:1", null)))
                        .code()
                        .status()
                        .value())
                .isEqualTo(409);
    }

    @Test
    void thousandsOfItemsAreEvaluatedInOrder() {
        List<JudgeItem> items = IntStream.range(0, 3_000)
                .mapToObj(i -> item("item-" + i, "The final answer is " + i + ".", Map.of("answer", i - i % 2)))
                .toList();

        EvaluateResponse response = evaluate("math-answer", Map.of(), items);

        assertThat(response.results()).hasSize(3_000);
        for (int i = 0; i < 3_000; i++) {
            assertThat(response.results().get(i).itemId()).isEqualTo("item-" + i);
            assertThat(response.results().get(i).verdict())
                    .isEqualTo(i % 2 == 0 ? Verdict.SATISFIED : Verdict.VIOLATED);
        }
    }

    @Test
    void aJudgeIsAskedAgainAboutWhatItFoundViolatedDressedUp() {
        String answer = rest.post()
                .uri("/v1/judges/length/versions/latest/stress")
                .header("Content-Type", "application/json")
                .body("""
                    {"judge": {"parameters": {"maxWords": 5}}, "items": [
                      {"itemId": "long", "completion": {"text": "one two three four five six seven eight"}},
                      {"itemId": "short", "completion": {"text": "one"}}]}
                    """)
                .retrieve()
                .body(String.class);

        StressReport report = json.readValue(answer, StressReport.class);
        assertThat(report.judge()).isEqualTo(new EvaluateResponse.JudgeVersion("length", "1"));
        assertThat(report.items()).isEqualTo(2);
        assertThat(report.violated()).isEqualTo(1);
        assertThat(report.attacks())
                .extracting(attack -> attack.attack() + " " + attack.flips().size() + "/" + attack.decided())
                .containsExactly(
                        "unchanged 0/1",
                        "empty 1/1",
                        "cut-off 1/1",
                        "hedged 0/1",
                        "in-a-thought 0/1",
                        "forged-turn 0/1",
                        "praise 0/1",
                        "quoted-verdict 0/1");
        assertThat(report.attacks().get(2).flips())
                .extracting(StressReport.Flip::itemId, StressReport.Flip::completion)
                .containsExactly(tuple("long", "one two three four"));

        UpstreamException refused = catchThrowableOfType(
                UpstreamException.class,
                () -> registry.stress(
                        "length",
                        "1",
                        new EvaluateRequest(
                                "jr_1",
                                60_000,
                                null,
                                new JudgeReference("length", "1", Map.of("maxWords", "many")),
                                List.of(item("a", "one", Map.of())))));
        assertThat(refused.errors()).extracting(FieldError::pointer).containsExactly("/judge/parameters/maxWords");
    }

    @Test
    void anEvaluationMayLeaveOutAllButTheItems() {
        String answer = rest.post()
                .uri("/v1/judges/math-answer/versions/latest/evaluate")
                .header("Content-Type", "application/json")
                .body("""
                    {"items":[{"itemId":"a","completion":{"text":"so it is 4"},"reference":{"answer":"4"}}]}\
                    """)
                .retrieve()
                .body(String.class);

        assertThat(json.readTree(answer).path("results").path(0).path("verdict").asString())
                .isEqualTo("satisfied");
    }

    @Test
    void anExternalJudgePassesTheGateAndJudges() {
        try (ScriptedJudge judge = new ScriptedJudge(NoSwearing.script("no-swearing", "1.0.0"))) {
            ResponseEntity<JudgeResource> created = rest.post()
                    .uri("/v1/judges")
                    .header("Content-Type", "application/json")
                    .body(NoSwearing.registration(
                            "no-swearing", "1.0.0", judge.url(), new Auth(AuthMode.BEARER, "swear-token")))
                    .retrieve()
                    .toEntity(JudgeResource.class);

            assertThat(created.getStatusCode().value()).isEqualTo(201);
            assertThat(created.getHeaders().getLocation()).hasToString("/v1/judges/no-swearing/versions/1.0.0");
            JudgeResource active = awaitDecision("no-swearing", "1.0.0");
            assertThat(active.report())
                    .allSatisfy(check ->
                            assertThat(check.passed()).as(check.toString()).isTrue());
            assertThat(active.state()).isEqualTo(State.ACTIVE);
            assertThat(json.writeValueAsString(active)).doesNotContain(SECRET);
            assertThat(judge.requests())
                    .allSatisfy(request ->
                            assertThat(request.header("Authorization")).isEqualTo("Bearer " + SECRET));

            JudgementResponse response = judgements.judge(new JudgementRequest(
                    "jr_1",
                    null,
                    List.of(new JudgeReference("no-swearing", "latest", Map.of())),
                    List.of(item("nice", "hello", Map.of()), item("rude", "damn it", Map.of()))));
            assertThat(response.items())
                    .extracting(item -> item.verdicts().getFirst().verdict())
                    .containsExactly(Verdict.SATISFIED, Verdict.VIOLATED);
            assertThat(response.items().getFirst().verdicts().getFirst().version())
                    .isEqualTo("1.0.0");
            assertThat(registry.get("no-swearing", "1.0.0").health().verdicts()).isEqualTo(2);

            UpstreamException again = catchThrowableOfType(
                    UpstreamException.class,
                    () -> registry.register(NoSwearing.registration("no-swearing", "1.0.0", judge.url(), null)));
            assertThat(again.code().code()).isEqualTo("judge_version_exists");
        }
    }

    @Test
    void aJudgeThatFailsTheGateIsRejectedWithAReportAndMayTryAgain() {
        try (ScriptedJudge judge = new ScriptedJudge(NoSwearing.script("somebody-else", "2.0.0"))) {
            registry.register(NoSwearing.registration("gullible", "2.0.0", judge.url(), null));

            JudgeResource rejected = awaitDecision("gullible", "2.0.0");

            assertThat(rejected.state()).isEqualTo(State.REJECTED);
            assertThat(rejected.report())
                    .filteredOn(check -> !check.passed())
                    .extracting(Check::name)
                    .contains("descriptor");
            JudgementResponse response = judgements.judge(new JudgementRequest(
                    "jr_1",
                    null,
                    List.of(new JudgeReference("gullible", "2.0.0", Map.of())),
                    List.of(item("a", "hello", Map.of()))));
            assertThat(response.items().getFirst().verdicts().getFirst().error().code())
                    .isEqualTo("judge_rejected");

            judge.now(NoSwearing.script("gullible", "2.0.0"));
            rest.post()
                    .uri("/v1/judges/gullible/versions/2.0.0/probe")
                    .retrieve()
                    .toBodilessEntity();
            assertThat(awaitDecision("gullible", "2.0.0").state()).isEqualTo(State.ACTIVE);
        }
    }

    @Test
    void aRegistrationWithManyMistakesNamesThemAll() {
        JudgeRegistration bad = new JudgeRegistration(
                "No Swearing",
                "latest",
                "judge/v2",
                new Endpoint("http://169.254.169.254/latest"),
                new Auth(AuthMode.BEARER, "no-such-secret"),
                0,
                5_000,
                1_000,
                new Retry(0, Duration.ofHours(1)),
                true,
                List.of(new Fixture(item("a", "hello", Map.of()), Verdict.SATISFIED)));

        UpstreamException refused = catchThrowableOfType(UpstreamException.class, () -> registry.register(bad));

        assertThat(refused.errors())
                .extracting(FieldError::pointer)
                .containsExactlyInAnyOrder(
                        "/name",
                        "/version",
                        "/contract",
                        "/endpoint/url",
                        "/auth/secretRef",
                        "/timeoutMs",
                        "/maxBatchItems",
                        "/maxInFlight",
                        "/retry/maxAttempts",
                        "/retry/backoff",
                        "/fixtures");
    }

    @Test
    void aShippedNameCannotBeTaken() {
        UpstreamException refused = catchThrowableOfType(
                UpstreamException.class,
                () -> registry.register(NoSwearing.registration("safety", "9", "http://127.0.0.1:1", null)));

        assertThat(refused.code().status().value()).isEqualTo(409);
    }

    @Test
    void listsComeInPages() {
        Page<JudgeResource> first = registry.list(null, 2);
        Page<JudgeResource> second = registry.list(first.nextCursor(), 2);

        assertThat(first.hasMore()).isTrue();
        assertThat(first.data()).extracting(JudgeResource::name).hasSize(2).isSorted();
        assertThat(second.data().getFirst().name())
                .isGreaterThanOrEqualTo(first.data().getLast().name());
        assertThat(second.data()).doesNotContainAnyElementsOf(first.data());
    }

    @Test
    void aRetiredJudgeIsAskedNoMore() {
        String name = "fleeting-" + UUID.randomUUID().toString().substring(0, 8);
        try (ScriptedJudge judge = new ScriptedJudge(NoSwearing.script(name, "1"))) {
            registry.register(NoSwearing.registration(name, "1", judge.url(), null));
            awaitDecision(name, "1");
            rest.post()
                    .uri("/v1/judges/{name}/versions/1/retire", name)
                    .retrieve()
                    .toBodilessEntity();
            int asked = judge.evaluations().size();

            JudgementResponse response = judgements.judge(new JudgementRequest(
                    "jr_1",
                    null,
                    List.of(new JudgeReference(name, "1", Map.of())),
                    List.of(item("a", "hello", Map.of()))));

            assertThat(response.items().getFirst().verdicts().getFirst().error().code())
                    .isEqualTo("judge_retired");
            assertThat(judge.evaluations()).hasSize(asked);
        }
    }

    @Test
    void healthAndMetricsAreServed() {
        String url = "http://127.0.0.1:" + port;
        assertThat(RestClient.create(url).get().uri("/health/ready").retrieve().body(String.class))
                .contains("UP");
        evaluate("math-answer", Map.of(), List.of(item("a", "4", Map.of("answer", "4"))));
        assertThat(rest.get().uri("/metrics").retrieve().body(String.class))
                .contains("tribunal_judge_verdicts_total{")
                .contains("tribunal_judge_breaker_open{");
    }

    private EvaluateResponse evaluate(String judge, Map<String, Object> parameters, List<JudgeItem> items) {
        return registry.evaluate(
                judge,
                "1",
                new EvaluateRequest("jr_1", 60_000, null, new JudgeReference(judge, "1", parameters), items));
    }

    private JudgeResource awaitDecision(String name, String version) {
        return await().atMost(Duration.ofSeconds(60))
                .until(() -> registry.get(name, version), judge -> judge.state() != State.PROBING);
    }

    private static JudgeItem item(String itemId, String text, Map<String, Object> reference) {
        return new JudgeItem(
                itemId, List.of(Message.user("Say something.")), new CompletionText(text, "stop"), reference, Map.of());
    }
}
