package dev.tribunal.judge.fanout;

import static dev.tribunal.judge.fanout.ScriptedJudge.answer;
import static dev.tribunal.judge.fanout.ScriptedJudge.json;
import static dev.tribunal.judge.fanout.ScriptedJudge.results;
import static dev.tribunal.judge.fanout.ScriptedJudge.satisfied;
import static dev.tribunal.judge.fanout.ScriptedJudge.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.JudgementRequest;
import dev.tribunal.contracts.judge.v1.JudgementResponse;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Kind;
import dev.tribunal.judge.fanout.ScriptedJudge.Script;
import dev.tribunal.judge.rules.text.LengthJudge;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.Judge;
import dev.tribunal.servicekit.testing.RawHttpServer;
import dev.tribunal.servicekit.testing.RawHttpServer.End;
import dev.tribunal.servicekit.testing.RawHttpServer.Manner;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What judges can do wrong, each on a real socket, beside a judge that does everything right. In all of it no verdict
 * is made up, the other judge's verdicts stand, and the answer comes by the deadline.
 */
class FaultMatrixTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    /** Generous: the machine may be busy. What must not happen is an answer that never comes. */
    private static final Duration BOUND = Duration.ofSeconds(20);

    private final Panel panel = Panel.withoutCache();

    @AfterEach
    void close() {
        panel.close();
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                fault("hangs", (request, out) -> Thread.sleep(BOUND), "timeout"),
                fault("drips bytes", (request, out) -> drip(out), "timeout"),
                fault("drips a header", (request, out) -> dripHeader(out), "timeout"),
                fault("500", (request, out) -> write(out, "500 Oops", "", "{}"), "http_500"),
                fault("503 for ever", (request, out) -> write(out, "503 Busy", "", ""), "http_503"),
                fault("422", (request, out) -> write(out, "422 No", "", "{}"), "http_422"),
                fault(
                        "429 beyond the deadline",
                        (request, out) -> write(out, "429 Slow down", "Retry-After: 3600\r\n", ""),
                        "http_429"),
                fault(
                        "redirects",
                        (request, out) -> write(out, "302 Found", "Location: http://169.254.169.254/\r\n", ""),
                        "http_302"),
                fault(
                        "another content type",
                        (request, out) -> write(out, "200 OK", "Content-Type: text/html\r\n", "<html>fine</html>"),
                        "malformed_answer"),
                fault("not JSON", (request, out) -> json(out, "satisfied"), "malformed_answer"),
                fault(
                        "JSON and more",
                        (request, out) -> json(out, answer(request, FaultMatrixTest::good) + "}"),
                        "malformed_answer"),
                fault("half a document", (request, out) -> json(out, "{\"requestId\":"), "malformed_answer"),
                fault("half a body", (request, out) -> halfBody(out), "connection_lost"),
                fault("a huge body", (request, out) -> json(out, " ".repeat(Panel.MAX_ANSWER + 1)), "answer_too_large"),
                fault("an endless body", (request, out) -> endless(out), "answer_too_large"),
                fault("another request's answer", (request, out) -> json(out, """
                    {"requestId":"other","judge":{"name":"sick","version":"1"},"results":[]}\
                    """), "other_request"),
                fault(
                        "another version",
                        (request, out) -> json(
                                out,
                                answer(request, FaultMatrixTest::good)
                                        .replace("\"version\":\"1\"", "\"version\":\"2\"")),
                        "other_version"),
                fault("no results", results(itemId -> ""), "missing_item"),
                fault("duplicates", results(itemId -> good(itemId) + "," + good(itemId)), "duplicate_item"),
                fault("foreign items", results(itemId -> good("x" + itemId)), "missing_item"),
                fault("NaN", score("NaN"), "non_finite_score"),
                fault("NaN as text", score("\"NaN\""), "non_finite_score"),
                fault("infinite", score("1e999"), "non_finite_score"),
                fault("a score while undecided", results(itemId -> """
                    {"itemId":"%s","verdict":"undecided","score":0.5,"error":{"code":"x"}}\
                    """.formatted(itemId)), "score_while_undecided"),
                fault("a word that is not a verdict", results(itemId -> """
                    {"itemId":"%s","verdict":"probably","score":0.5}\
                    """.formatted(itemId)), "unknown_verdict"),
                fault("undecided of its own", results(itemId -> """
                    {"itemId":"%s","verdict":"undecided","error":{"code":"model_timeout","retryable":true}}\
                    """.formatted(itemId)), "model_timeout"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void aSickJudgeIsUndecidedAndNothingElseIsTouched(String fault, Script script, String code) {
        try (ScriptedJudge well = new ScriptedJudge(satisfied());
                ScriptedJudge sick = new ScriptedJudge(script)) {
            panel.connect("well", well.url(), TIMEOUT);
            panel.connect("sick", sick.url(), TIMEOUT);
            long start = System.nanoTime();

            JudgementResponse response = panel.ask("well", "sick");

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
            assertThat(response.items()).hasSize(3).allSatisfy(item -> {
                assertThat(item.verdicts().get(0).verdict()).isEqualTo(Verdict.SATISFIED);
                assertThat(item.verdicts().get(0).score()).isEqualTo(1.0);
                JudgeVerdict undecided = item.verdicts().get(1);
                assertThat(undecided.verdict()).isEqualTo(Verdict.UNDECIDED);
                assertThat(undecided.score()).isNull();
                assertThat(undecided.error()).isNotNull();
                assertThat(undecided.error().code()).isEqualTo(code);
            });
        }
    }

    @Test
    void aJudgeThatRefusesTheConnectionIsUnreachable() throws Exception {
        try (ScriptedJudge well = new ScriptedJudge(satisfied())) {
            int port;
            try (ServerSocket closed = new ServerSocket(0)) {
                port = closed.getLocalPort();
            }
            panel.connect("sick", "http://127.0.0.1:" + port, TIMEOUT);
            panel.connect("well", well.url(), TIMEOUT);

            JudgementResponse response = panel.ask("sick", "well");

            assertThat(Panel.codes(response, 0)).containsOnly("unreachable");
            assertThat(Panel.codes(response, 1)).containsOnly("SATISFIED");
        }
    }

    @Test
    void aHungJudgeCostsTheRequestItsOwnDeadlineAtMost() {
        try (ScriptedJudge well = new ScriptedJudge(satisfied());
                ScriptedJudge hung = new ScriptedJudge((request, out) -> Thread.sleep(BOUND))) {
            panel.connect("well", well.url(), BOUND);
            panel.connect("hung", hung.url(), BOUND);

            JudgementResponse response = panel.ask(new JudgementRequest(
                    "jr_1", null, Panel.references("well", "hung"), Panel.items(3), false, TIMEOUT.toMillis()));

            assertThat(Panel.codes(response, 0)).containsOnly("SATISFIED");
            assertThat(Panel.codes(response, 1)).containsOnly("timeout");
            await().until(() -> !hung.requests().isEmpty());
            assertThat(hung.requests().getFirst().body().path("deadlineMs").asLong())
                    .as("the judge is told how long it has")
                    .isLessThanOrEqualTo(TIMEOUT.toMillis());
        }
    }

    @Test
    void aForeignItemBesideTheRightOnesIsPassedOver() {
        Script oneMore = results(itemId -> itemId.equals("item-2") ? good(itemId) + "," + good("x") : good(itemId));
        try (ScriptedJudge judge = new ScriptedJudge(oneMore)) {
            panel.connect("sick", judge.url(), TIMEOUT);

            JudgementResponse response = panel.ask("sick");

            assertThat(Panel.codes(response)).containsExactly("SATISFIED", "SATISFIED", "SATISFIED");
            assertThat(response.items()).extracting(item -> item.itemId()).doesNotContain("x");
        }
    }

    @Test
    void whatIsMissingOrTwiceIsUndecidedAndTheRestStands() {
        Script mixed = results(itemId -> switch (itemId) {
            case "item-0" -> "";
            case "item-1" -> good(itemId) + "," + good(itemId).replace("satisfied", "violated");
            default -> good(itemId);
        });
        try (ScriptedJudge judge = new ScriptedJudge(mixed)) {
            panel.connect("sick", judge.url(), TIMEOUT);

            assertThat(Panel.codes(panel.ask("sick"))).containsExactly("missing_item", "duplicate_item", "SATISFIED");
        }
    }

    @Test
    void onlyTheItemThatIsWronglyAnsweredIsUndecided() {
        Script oneWrong = results(itemId -> itemId.equals("item-1")
                ? "{\"itemId\":\"item-1\",\"verdict\":\"violated\",\"score\":NaN}"
                : good(itemId));
        try (ScriptedJudge judge = new ScriptedJudge(oneWrong)) {
            panel.connect("sick", judge.url(), TIMEOUT);

            assertThat(panel.ask("sick").items().stream()
                            .map(item -> item.verdicts().getFirst().verdict()))
                    .containsExactly(Verdict.SATISFIED, Verdict.UNDECIDED, Verdict.SATISFIED);
        }
    }

    @Test
    void aPassingFailureIsTriedAgainAsTheJudgeWishes() {
        AtomicInteger calls = new AtomicInteger();
        Script busyOnce = (request, out) -> {
            if (calls.incrementAndGet() == 1) {
                write(out, "429 Slow down", "Retry-After: 0\r\n", "");
            } else {
                satisfied().answer(request, out);
            }
        };
        try (ScriptedJudge judge = new ScriptedJudge(busyOnce)) {
            panel.connect("busy", judge.url(), TIMEOUT);

            JudgementResponse response = panel.ask("busy");

            assertThat(response.items()).allSatisfy(item -> {
                assertThat(item.verdicts().getFirst().verdict()).isEqualTo(Verdict.SATISFIED);
                assertThat(item.verdicts().getFirst().attempts()).isEqualTo(2);
            });
            // The same key, so that the judge can tell that it has seen the request.
            assertThat(judge.requests().stream()
                            .map(request -> request.header("Idempotency-Key"))
                            .distinct())
                    .hasSize(1);
            assertThat(judge.requests().getFirst().header("traceparent")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
        }
    }

    /** As many as there are processors, and they neither wait nor heed an interruption. */
    @Test
    @Timeout(60) // if it is kept from being asked, it is for ever
    void judgesOfThisProcessThatComputeForLongKeepNobodyElseFromBeingAsked() throws Exception {
        int processors = Runtime.getRuntime().availableProcessors();
        CountDownLatch computing = new CountDownLatch(processors);
        AtomicBoolean enough = new AtomicBoolean();
        panel.seat(
                new Judge() {
                    @Override
                    public JudgeDescriptor descriptor() {
                        return new LengthJudge().descriptor();
                    }

                    @Override
                    public List<Result> evaluate(
                            List<JudgeItem> items, Map<String, Object> parameters, Deadline deadline) {
                        computing.countDown();
                        while (!enough.get()) {
                            Thread.onSpinWait();
                        }
                        return new LengthJudge().evaluate(items, Map.of("minWords", 0), deadline);
                    }
                },
                Kind.RULE,
                1,
                processors);
        JudgementRequest oneForEach =
                new JudgementRequest("jr_1", null, Panel.references("length"), Panel.items(processors));
        try (ScriptedJudge well = new ScriptedJudge(satisfied());
                ExecutorService other = Executors.newSingleThreadExecutor()) {
            panel.connect("well", well.url(), BOUND);
            Future<JudgementResponse> computed = other.submit(() -> panel.ask(oneForEach));
            try {
                assertThat(computing.await(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();

                assertThat(Panel.codes(panel.ask("well"))).containsOnly("SATISFIED");
            } finally {
                enough.set(true);
            }
            assertThat(Panel.codes(computed.get())).containsOnly("SATISFIED");
        }
    }

    @Test
    void whatItTakesToFindTheJudgesIsPartOfTheDeadline() {
        try (ScriptedJudge judge = new ScriptedJudge(satisfied())) {
            panel.connect("well", judge.url(), BOUND);
            panel.findingTakes(Duration.ofMillis(200));

            JudgementResponse response = panel.ask(
                    new JudgementRequest("jr_1", null, Panel.references("well"), Panel.items(3), false, 100L));

            assertThat(Panel.codes(response)).containsOnly("timeout");
            assertThat(judge.requests()).isEmpty();
        }
    }

    @Test
    void differentQuestionsOfOneRequestHaveDifferentKeys() {
        try (ScriptedJudge judge = new ScriptedJudge(satisfied())) {
            panel.connect("strict", judge.url(), BOUND);
            List<JudgeReference> twice = List.of(
                    new JudgeReference("strict", "1", Map.of("threshold", 0.5)),
                    new JudgeReference("strict", "1", Map.of("threshold", 0.9)));

            panel.ask(new JudgementRequest("jr_1", null, twice, Panel.items(2)));
            panel.ask(new JudgementRequest("jr_1", null, twice, Panel.items(1)));
            panel.ask(new JudgementRequest("jr_1", null, twice, Panel.items(1)));

            assertThat(judge.requests()).hasSize(6);
            assertThat(judge.requests().stream()
                            .map(request -> request.header("Idempotency-Key"))
                            .distinct())
                    .hasSize(4);
        }
    }

    @Test
    void aJudgeIsNotAskedAgainBeforeItWishes() {
        List<Long> arrivals = new CopyOnWriteArrayList<>();
        Script slowDown = (request, out) -> {
            arrivals.add(System.nanoTime());
            if (arrivals.size() == 1) {
                write(out, "429 Slow down", "Retry-After: 1\r\n", "");
            } else {
                satisfied().answer(request, out);
            }
        };
        try (ScriptedJudge judge = new ScriptedJudge(slowDown)) {
            panel.connect("busy", judge.url(), BOUND);

            assertThat(Panel.codes(panel.ask("busy"))).containsOnly("SATISFIED");
            assertThat(Duration.ofNanos(arrivals.get(1) - arrivals.get(0)))
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        }
    }

    @Test
    void whatAFlappingJudgeFailsAtIsTriedAgain() {
        AtomicInteger calls = new AtomicInteger();
        Script everyOther = (request, out) -> {
            if (calls.incrementAndGet() % 2 == 1) {
                write(out, "500 Oops", "", "");
            } else {
                satisfied().answer(request, out);
            }
        };
        try (ScriptedJudge flapping = new ScriptedJudge(everyOther)) {
            panel.connect("flapping", flapping.url(), TIMEOUT);

            JudgementResponse response = panel.ask("flapping");

            assertThat(Panel.codes(response)).containsOnly("SATISFIED");
            assertThat(response.items().getFirst().verdicts().getFirst().attempts())
                    .isEqualTo(2);
        }
    }

    /** It is the outcome that counts: half of all attempts fail, and no call does. */
    @Test
    void aJudgeWhoseRepeatsSucceedKeepsItsBreakerClosed() {
        AtomicInteger calls = new AtomicInteger();
        Script everyOther = (request, out) -> {
            if (calls.incrementAndGet() % 2 == 1) {
                write(out, "503 Busy", "", "");
            } else {
                satisfied().answer(request, out);
            }
        };
        try (ScriptedJudge flapping = new ScriptedJudge(everyOther)) {
            JudgeClient client = panel.connect("flapping", flapping.url(), BOUND);
            for (int i = 0; i < 12; i++) {
                assertThat(Panel.codes(panel.ask("flapping"))).containsOnly("SATISFIED");
            }
            assertThat(client.health().breaker()).isEqualTo("closed");
        }
    }

    /** Verdicts of a judge that ends its connections between calls, or just when the next one comes. */
    static Stream<Manner> manners() {
        return Stream.of(End.values())
                .flatMap(end -> Stream.of(
                        new Manner.Idle(Duration.ZERO, end),
                        new Manner.Idle(Duration.ofMillis(100), end),
                        new Manner.Unanswered(2, end),
                        new Manner.Broken(2, 30, end)));
    }

    @ParameterizedTest
    @MethodSource("manners")
    void aJudgeThatEndsItsConnectionsLosesNoVerdict(Manner manner) {
        try (RawHttpServer judge = new RawHttpServer(manner, FaultMatrixTest::goodAnswer)) {
            JudgeClient client = panel.connect("judge", judge.url(), BOUND);
            for (int i = 0; i < 10; i++) {
                assertThat(Panel.codes(panel.ask("judge"))).containsOnly("SATISFIED");
            }
            assertThat(client.health().breaker()).isEqualTo("closed");
            assertThat(client.health().undecidedRate()).isZero();
        }
    }

    private static String goodAnswer(String request) {
        JsonNode body = new JsonMapper().readTree(request.substring(request.indexOf("\r\n\r\n") + 4));
        return ScriptedJudge.answer(new ScriptedJudge.Request("", "", body), FaultMatrixTest::good);
    }

    /** If the trial were waited for, these items would be undecided by its timeout. */
    @Test
    void whileTheBreakerIsOpenNobodyWaitsForTheTrialNorForAnythingElse() {
        try (Panel impatient = new Panel(VerdictCache.none(), Duration.ofMillis(1));
                ScriptedJudge judge = new ScriptedJudge((request, out) -> Thread.sleep(BOUND))) {
            impatient.connect("sick", judge.url(), Duration.ofMillis(300));
            JudgementRequest enoughToOpenIt = new JudgementRequest(
                    "jr_1", null, Panel.references("sick"), Panel.items(4 * Panel.MAX_BATCH_ITEMS));
            assertThat(Panel.codes(impatient.ask(enoughToOpenIt))).containsOnly("timeout");
            int asked = judge.requests().size();

            await().atMost(BOUND).until(() -> {
                assertThat(Panel.codes(impatient.ask("sick"))).containsOnly("breaker_open");
                return judge.requests().size() > asked;
            });

            judge.now(satisfied());
            await().atMost(BOUND).until(() -> Panel.codes(impatient.ask("sick")), codes -> codes.contains("SATISFIED"));
        }
    }

    @Test
    void aRequestThatTheJudgeRefusesIsNotRepeated() {
        try (ScriptedJudge judge = new ScriptedJudge((request, out) -> write(out, "400 No", "", ""))) {
            panel.connect("strict", judge.url(), TIMEOUT);

            assertThat(Panel.codes(panel.ask("strict"))).containsOnly("http_400");
            assertThat(judge.requests()).hasSize(1);
        }
    }

    @Test
    void aFlappingJudgeOpensItsBreakerAndThenIsNotAskedAnyMore() {
        try (ScriptedJudge flapping = new ScriptedJudge((request, out) -> write(out, "500 Oops", "", ""))) {
            JudgeClient client = panel.connect("flapping", flapping.url(), TIMEOUT);
            while (!Panel.codes(panel.ask("flapping")).contains("breaker_open")) {
                assertThat(flapping.requests()).as("it must open at last").hasSizeLessThan(100);
            }
            int asked = flapping.requests().size();
            flapping.now(satisfied());

            JudgementResponse response = panel.ask("flapping");

            assertThat(Panel.codes(response)).containsOnly("breaker_open");
            assertThat(response.items().getFirst().verdicts().getFirst().attempts())
                    .isZero();
            assertThat(flapping.requests()).as("no request is sent").hasSize(asked);
            assertThat(client.health().breaker()).isEqualTo("open");
        }
    }

    @Test
    void itemsTravelInBatchesAndComeBackInOrder() {
        try (ScriptedJudge judge = new ScriptedJudge(results(itemId -> """
            {"itemId":"%s","verdict":"violated","score":%s}\
            """.formatted(itemId, itemId.substring(5))))) {
            panel.connect("judge", judge.url(), TIMEOUT);
            List<JudgeItem> items = Panel.items(10);

            JudgementResponse response =
                    panel.ask(new JudgementRequest("jr_1", null, Panel.references("judge"), items));

            assertThat(response.items().stream()
                            .map(item -> item.verdicts().getFirst().score()))
                    .containsExactlyElementsOf(
                            IntStream.range(0, 10).mapToObj(i -> (double) i).toList());
            assertThat(judge.requests().stream()
                            .map(request -> request.itemIds().size()))
                    .containsExactlyInAnyOrder(4, 4, 2);
        }
    }

    @Test
    void whatIsCountedTellsCausesApart() {
        try (ScriptedJudge judge = new ScriptedJudge(results(itemId -> ""))) {
            JudgeClient client = panel.connect("sick", judge.url(), TIMEOUT);
            panel.ask("sick");

            assertThat(panel.meters
                            .get("tribunal.judge.verdicts")
                            .tags("judge", "sick", "verdict", "undecided", "code", "missing_item")
                            .counter()
                            .count())
                    .isEqualTo(3);
            assertThat(client.health().undecidedRate()).isEqualTo(1.0);
        }
    }

    @Test
    void aJudgeThatIsDeletedAndComesBackShowsItsNewBreaker() {
        try (ScriptedJudge judge = new ScriptedJudge((request, out) -> write(out, "500 Oops", "", ""))) {
            JudgeClient client = panel.connect("sick", judge.url(), TIMEOUT);
            await().until(() -> panel.ask("sick"), answer -> breakerOpen() == 1);
            client.forget();

            panel.connect("sick", judge.url(), TIMEOUT);
            assertThat(breakerOpen()).isZero();
            await().until(() -> panel.ask("sick"), answer -> breakerOpen() == 1);
        }
    }

    private double breakerOpen() {
        return panel.meters
                .get("tribunal.judge.breaker.open")
                .tags("judge", "sick")
                .gauge()
                .value();
    }

    private static String good(String itemId) {
        return """
            {"itemId":"%s","verdict":"satisfied","score":1.0,"reason":"fine","unknown":[1]}\
            """.formatted(itemId);
    }

    private static Arguments fault(String name, Script script, String code) {
        return Arguments.of(name, script, code);
    }

    private static Script score(String score) {
        return results(itemId -> """
            {"itemId":"%s","verdict":"satisfied","score":%s}\
            """.formatted(itemId, score));
    }

    private static void drip(OutputStream out) throws java.io.IOException, InterruptedException {
        out.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n{"
                .getBytes(StandardCharsets.US_ASCII));
        while (true) {
            out.write(' ');
            out.flush();
            Thread.sleep(50);
        }
    }

    private static void dripHeader(OutputStream out) throws java.io.IOException, InterruptedException {
        out.write("HTTP/1.1 200 OK\r\nX-Slow: ".getBytes(StandardCharsets.US_ASCII));
        while (true) {
            out.write('x');
            out.flush();
            Thread.sleep(50);
        }
    }

    private static void halfBody(OutputStream out) throws java.io.IOException {
        out.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"requestId\":"
                .getBytes(StandardCharsets.US_ASCII));
        out.flush();
        out.close();
    }

    private static void endless(OutputStream out) throws java.io.IOException {
        out.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        byte[] blanks = " ".repeat(4096).getBytes(StandardCharsets.US_ASCII);
        while (true) {
            out.write(blanks);
        }
    }
}
