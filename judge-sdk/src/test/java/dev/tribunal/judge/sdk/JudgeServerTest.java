package dev.tribunal.judge.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.VerdictError;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Fixture;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Check;
import dev.tribunal.input.Default;
import dev.tribunal.judge.sdk.conformance.JudgeConformance;
import dev.tribunal.judge.sdk.conformance.JudgeConformance.Expected;
import dev.tribunal.judge.sdk.conformance.JudgeTransport;
import dev.tribunal.judge.sdk.conformance.JudgeTransport.Reply;
import dev.tribunal.servicekit.error.TribunalException;
import jakarta.validation.constraints.Pattern;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** A judge on the SDK as a service on a real socket, seen by the conformance kit and by clients that err. */
class JudgeServerTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    /** What the one served judge thinks; each test may change its mind. */
    private static volatile Predicate<String> mind = text -> true;

    private static ConfigurableApplicationContext server;
    private static URI url;

    @BeforeAll
    static void start() {
        server = JudgeServer.start(new Polite(), "--server.port=0", "--server.address=127.0.0.1");
        url = URI.create("http://127.0.0.1:" + server.getEnvironment().getProperty("local.server.port"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void polite() {
        mind = text -> text.contains("please");
    }

    @Test
    void aSoundJudgePassesEveryCheck() {
        assertThat(checks(true))
                .allSatisfy(
                        check -> assertThat(check.passed()).as(check.toString()).isTrue());
    }

    /** As Python's http.server answers: no connection is kept, and the end of an answer is the end of its connection. */
    @Test
    void aSoundJudgeBehindAnHttp10ServerPassesEveryCheck() throws Exception {
        JudgeTransport judge = JudgeTransport.to(url, null);
        try (ServerSocket old = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                while (!old.isClosed()) {
                    try {
                        Socket socket = old.accept();
                        Thread.ofVirtual().start(() -> answerByHttp10(socket, judge));
                    } catch (IOException closed) {
                        return;
                    }
                }
            });
            URI there = URI.create("http://127.0.0.1:" + old.getLocalPort());

            assertThat(JudgeConformance.of(JudgeTransport.to(there, null), expected("polite", true))
                            .run())
                    .allSatisfy(check ->
                            assertThat(check.passed()).as(check.toString()).isTrue());
        }
    }

    private static void answerByHttp10(Socket socket, JudgeTransport judge) {
        try (socket) {
            InputStream in = socket.getInputStream();
            StringBuilder head = new StringBuilder();
            while (!head.toString().endsWith("\r\n\r\n")) {
                head.append((char) in.read());
            }
            String path = head.toString().split(" ", 3)[1];
            int length = head.toString()
                    .lines()
                    .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:"))
                    .mapToInt(line -> Integer.parseInt(line.split(":", 2)[1].strip()))
                    .findFirst()
                    .orElse(-1);
            Reply reply = judge.send(path, length < 0 ? null : in.readNBytes(length), SOON);
            OutputStream out = socket.getOutputStream();
            out.write(("HTTP/1.0 " + reply.status() + " As it is\r\nContent-Type: " + reply.contentType() + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(reply.body());
        } catch (IOException gone) {
            // The client left.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aJudgeWithOtherVerdictsFailsItsFixtures() {
        mind = text -> true;
        assertThat(checks(true))
                .filteredOn(check -> !check.passed())
                .singleElement()
                .satisfies(check -> {
                    assertThat(check.name()).isEqualTo("fixtures");
                    assertThat(check.detail())
                            .isEqualTo(
                                    "POST /judge/v1/evaluate: fixture 1 must be violated and is satisfied (says please);"
                                            + " fixture 2 must be violated and is satisfied (says please); mend the judge, or"
                                            + " what its registration expects");
                });
    }

    @Test
    void aJudgeThatChangesItsMindIsFoundOut() {
        AtomicBoolean last = new AtomicBoolean();
        mind = text -> {
            last.set(!last.get());
            return last.get();
        };
        assertThat(failed(checks(true))).contains("shuffled");
        last.set(false);
        assertThat(failed(checks(false))).doesNotContain("shuffled", "repeated");
    }

    @Test
    void aJudgeThatOverrunsItsDeadlineIsFoundOut() {
        CountDownLatch never = new CountDownLatch(1);
        JudgeTransport hanging = (path, body, timeLimit) -> {
            if (body != null && new String(body, StandardCharsets.UTF_8).contains("\"deadlineMs\":200,")) {
                assertThat(never.await(1, java.util.concurrent.TimeUnit.MILLISECONDS))
                        .isFalse();
                throw new IOException("no answer within " + timeLimit);
            }
            return JudgeTransport.to(url, null).send(path, body, timeLimit);
        };

        List<Check> checks =
                JudgeConformance.of(hanging, expected("polite", true)).run();

        assertThat(failed(checks)).containsExactly("deadline");
    }

    @Test
    void anotherNameEndsTheChecksAtOnce() {
        List<Check> checks = JudgeConformance.of(JudgeTransport.to(url, null), expected("rude", true))
                .run();

        assertThat(checks).singleElement().satisfies(check -> {
            assertThat(check.name()).isEqualTo("descriptor");
            assertThat(check.detail()).contains("polite@1", "rude@1");
        });
    }

    @Test
    void fixturesMustHoldBothVerdicts() {
        Expected oneSided =
                new Expected("polite", "1", SOON, true, List.of(new Fixture(item("please"), Verdict.SATISFIED)));

        assertThat(failed(JudgeConformance.of(JudgeTransport.to(url, null), oneSided)
                        .run()))
                .containsExactly("fixtures");
    }

    @Test
    void aRequestWithManyMistakesIsToldThemAll() throws Exception {
        Reply reply = post("""
            {"requestId":"", "judge":{"name":"polite","version":"2"},
             "items":[{"itemId":"a","completion":{"text":"x"}},{"itemId":"a","messages":[{"role":"user"}]}]}\
            """);

        assertThat(reply.status()).isEqualTo(422);
        assertThat(text(reply))
                .contains("/requestId", "/deadlineMs", "/judge/version", "/items/1/itemId", "/items/1/completion")
                .contains("/items/1/messages/0/content");
    }

    @Test
    void tooManyItemsAndUnknownParametersAreRefused() throws Exception {
        String item = """
            {"itemId":"%d","completion":{"text":"x"}}\
            """;
        String items =
                String.join(",", IntStream.range(0, 9).mapToObj(item::formatted).toList());
        Reply reply = post("""
            {"requestId":"r","deadlineMs":1000,"judge":{"name":"polite","version":"1","parameters":{"word":1}},
             "items":[%s]}\
            """.formatted(items));

        assertThat(reply.status()).isEqualTo(422);
        assertThat(text(reply)).contains("takes at most 8", "/judge/parameters/word");
    }

    @Test
    void anItemOnWhichTheJudgeFailsIsUndecidedAndTheOthersAreJudged() throws Exception {
        mind = text -> {
            if (text.isEmpty()) {
                throw new IllegalStateException("nothing to read");
            }
            return true;
        };
        Reply reply = post("""
            {"requestId":"r","deadlineMs":30000,"judge":{"name":"polite","version":"1"},"newer":true,
             "items":[{"itemId":"a","completion":{"text":""}},{"itemId":"b","completion":{"text":"x"}}]}\
            """);

        assertThat(text(reply))
                .contains("{\"itemId\":\"a\",\"verdict\":\"undecided\",\"error\":{\"code\":\"judge_error\"")
                .contains("{\"itemId\":\"b\",\"verdict\":\"satisfied\",\"score\":1.0");
    }

    @Test
    void afterTheDeadlineTheRestIsUndecided() {
        List<Result> results = new Polite().evaluate(List.of(item("please")), Map.of(), Deadline.after(Duration.ZERO));

        assertThat(results).singleElement().satisfies(result -> {
            assertThat(result.verdict()).isEqualTo(Verdict.UNDECIDED);
            assertThat(result.error())
                    .isNotNull()
                    .extracting(VerdictError::code)
                    .isEqualTo("timeout");
        });
    }

    @Test
    void healthIsServed() throws Exception {
        for (String path : List.of("/health/live", "/health/ready")) {
            assertThat(JudgeTransport.to(url, null).send(path, null, SOON).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void withATokenOnlyItsBearerIsAnswered() throws Exception {
        try (ConfigurableApplicationContext guarded = JudgeServer.start(
                new Polite(),
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--tribunal.http.token=0123456789abcdef")) {
            URI there =
                    URI.create("http://127.0.0.1:" + guarded.getEnvironment().getProperty("local.server.port"));

            assertThat(descriptor(there, null).status()).isEqualTo(401);
            assertThat(descriptor(there, "0123456789abcdef").status()).isEqualTo(200);
        }
    }

    @Test
    void whatHangsCostsItsOwnItemAndTheAnswerComesInTime() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        mind = text -> {
            if (text.equals("hang")) {
                awaitUninterruptibly(end);
            }
            return true;
        };
        try {
            Reply reply = post("""
                {"requestId":"r","deadlineMs":500,"judge":{"name":"polite","version":"1"},
                 "items":[{"itemId":"a","completion":{"text":"x"}},{"itemId":"b","completion":{"text":"hang"}},
                          {"itemId":"c","completion":{"text":"x"}}]}\
                """);

            assertThat(text(reply))
                    .contains("{\"itemId\":\"a\",\"verdict\":\"satisfied\"")
                    .contains("{\"itemId\":\"b\",\"verdict\":\"undecided\",\"error\":{\"code\":\"timeout\"")
                    .contains("{\"itemId\":\"c\",\"verdict\":\"undecided\",\"error\":{\"code\":\"timeout\"");
            assertThat(metrics()).containsPattern("tribunal_judge_in_flight\\{[^}]*} 1.0");
        } finally {
            end.countDown();
        }
    }

    @Test
    void itemsAreCountedByVerdict() throws Exception {
        post("""
            {"requestId":"r","deadlineMs":30000,"judge":{"name":"polite","version":"1"},
             "items":[{"itemId":"a","completion":{"text":"please"}},{"itemId":"b","completion":{"text":"now"}}]}\
            """);

        assertThat(metrics())
                .containsPattern(
                        "tribunal_judge_items_total\\{judge=\"polite\",verdict=\"violated\",version=\"1\"} [1-9]")
                .containsPattern("tribunal_judge_evaluations_seconds_count\\{judge=\"polite\",version=\"1\"} [1-9]")
                .contains("tribunal_judge_evaluations_seconds_bucket");
    }

    @Test
    void aBodyOverTheLimitIsRefusedWhetherItSaysItsLengthOrNot() throws Exception {
        try (ConfigurableApplicationContext small = JudgeServer.start(
                        new Polite(),
                        "--server.port=0",
                        "--server.address=127.0.0.1",
                        "--tribunal.judge.max-body=1KB");
                HttpClient client = HttpClient.newHttpClient()) {
            URI there = URI.create("http://127.0.0.1:" + small.getEnvironment().getProperty("local.server.port")
                    + "/judge/v1/evaluate");
            byte[] body = ("{\"requestId\":\"" + "r".repeat(2_000) + "\"}").getBytes(StandardCharsets.UTF_8);
            for (HttpRequest.BodyPublisher publisher : List.of(
                    BodyPublishers.ofByteArray(body), BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(body)))) {
                HttpResponse<String> answer = client.send(
                        HttpRequest.newBuilder(there)
                                .header("Content-Type", "application/json")
                                .POST(publisher)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

                assertThat(answer.statusCode()).isEqualTo(413);
                assertThat(answer.body()).contains("\"code\":\"payload_too_large\"", "1 KiB");
            }
        }
    }

    @Test
    void anItemJudgeThatWaitsJudgesItsItemsAtOnce() throws Exception {
        CyclicBarrier all = new CyclicBarrier(4);
        ItemJudge waiting = new ItemJudge() {
            @Override
            public JudgeDescriptor descriptor() {
                return JudgeDescriptor.of("waiting", "1", "Waits for the others.");
            }

            @Override
            public int parallelism() {
                return 4;
            }

            @Override
            public ItemVerdict judge(JudgeItem item, Map<String, Object> parameters, Deadline deadline) {
                try {
                    all.await(30, TimeUnit.SECONDS);
                    return ItemVerdict.satisfied("they came");
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        };
        try (Evaluations evaluations = new Evaluations(waiting, 1)) {
            List<JudgeItem> items =
                    IntStream.range(0, 8).mapToObj(i -> item("" + i)).toList();

            assertThat(evaluations.evaluate(items, Map.of(), SOON))
                    .hasSize(8)
                    .allSatisfy(result -> assertThat(result.verdict()).isEqualTo(Verdict.SATISFIED));
        }
    }

    @Test
    void moreBatchesThanItMayJudgeAtOnceAreRefused() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        mind = text -> {
            awaitUninterruptibly(end);
            return true;
        };
        try (Evaluations evaluations = new Evaluations(new Polite(), 1)) {
            List<Result> late = evaluations.evaluate(List.of(item("x")), Map.of(), Duration.ofMillis(100));
            assertThat(late.getFirst().verdict()).isEqualTo(Verdict.UNDECIDED);

            assertThatThrownBy(() -> evaluations.evaluate(List.of(item("x")), Map.of(), SOON))
                    .isInstanceOfSatisfying(
                            TribunalException.class,
                            busy -> assertThat(busy.code().status().value()).isEqualTo(429));
        } finally {
            end.countDown();
        }
    }

    @Test
    void batchesThatComeTogetherDoNotPassTheBound() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        mind = text -> {
            awaitUninterruptibly(end);
            return true;
        };
        AtomicInteger busy = new AtomicInteger();
        try (Evaluations evaluations = new Evaluations(new Polite(), 2)) {
            CyclicBarrier together = new CyclicBarrier(16);
            List<Thread> callers = IntStream.range(0, 16)
                    .mapToObj(i -> Thread.ofPlatform().start(() -> {
                        try {
                            together.await(30, TimeUnit.SECONDS);
                            evaluations.evaluate(List.of(item("x")), Map.of(), Duration.ofMillis(200));
                        } catch (TribunalException refused) {
                            busy.incrementAndGet();
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    }))
                    .toList();
            for (Thread caller : callers) {
                caller.join();
            }
            assertThat(evaluations.atWork()).isEqualTo(2);
            assertThat(busy).hasValue(14);
        } finally {
            end.countDown();
        }
    }

    @Test
    void whoHasAnAnswerMayAskAgainAtOnce() {
        try (Evaluations evaluations = new Evaluations(new Polite(), 1)) {
            for (int i = 0; i < 2_000; i++) {
                assertThat(evaluations.evaluate(List.of(item("x")), Map.of(), Duration.ofSeconds(30)))
                        .hasSize(1);
            }
        }
    }

    @Test
    void anAnswerThatDripsEndsAtTheTimeLimit() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        HttpServer drip = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        drip.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            awaitUninterruptibly(over);
            exchange.close();
        });
        drip.setExecutor(Runnable::run);
        drip.start();
        try {
            URI slow = URI.create("http://127.0.0.1:" + drip.getAddress().getPort());
            assertThatThrownBy(() -> JudgeTransport.to(slow, null).send("/x", null, Duration.ofMillis(300)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no whole answer within 300 ms");
        } finally {
            over.countDown();
            drip.stop(0);
        }
    }

    @Test
    void anAnswerThatIsTooLargeIsNotRead() throws Exception {
        HttpServer flood = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        flood.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                byte[] part = new byte[1 << 20];
                for (int sent = 0; sent <= JudgeTransport.MAX_ANSWER; sent += part.length) {
                    out.write(part);
                }
            }
        });
        flood.start();
        try {
            URI large = URI.create("http://127.0.0.1:" + flood.getAddress().getPort());
            assertThatThrownBy(() -> JudgeTransport.to(large, null).send("/x", null, Duration.ofSeconds(30)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("" + JudgeTransport.MAX_ANSWER);
        } finally {
            flood.stop(0);
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException ignored) {
                // As a computation would.
            }
        }
    }

    private static String metrics() throws Exception {
        return text(JudgeTransport.to(url, null).send("/metrics", null, SOON));
    }

    private static Reply descriptor(URI judge, @Nullable String token) throws Exception {
        return JudgeTransport.to(judge, token).send("/judge/v1/descriptor", null, SOON);
    }

    private static Reply post(String body) throws Exception {
        return JudgeTransport.to(url, null).send("/judge/v1/evaluate", body.getBytes(StandardCharsets.UTF_8), SOON);
    }

    private static String text(Reply reply) {
        return new String(reply.body(), StandardCharsets.UTF_8);
    }

    private static List<Check> checks(boolean deterministic) {
        return JudgeConformance.of(JudgeTransport.to(url, null), expected("polite", deterministic))
                .run();
    }

    private static List<String> failed(List<Check> checks) {
        return checks.stream().filter(check -> !check.passed()).map(Check::name).toList();
    }

    private static Expected expected(String name, boolean deterministic) {
        return new Expected(
                name,
                "1",
                SOON,
                deterministic,
                List.of(
                        new Fixture(item("tea, please"), Verdict.SATISFIED),
                        new Fixture(item("tea"), Verdict.VIOLATED),
                        new Fixture(item("coffee"), Verdict.VIOLATED)));
    }

    private static JudgeItem item(String text) {
        return new JudgeItem("a", List.of(), new CompletionText(text, "stop"), Map.of(), Map.of());
    }

    private static final class Polite implements TypedJudge<Polite.Parameters> {

        record Parameters(
                @Pattern(regexp = "en") @Default("en") String language) {}

        @Override
        public JudgeDescriptor descriptor() {
            return new JudgeDescriptor("polite", "1", JudgeApi.CONTRACT, null, true, 8);
        }

        @Override
        public ItemVerdict judge(JudgeItem item, Parameters parameters, Deadline deadline) {
            return mind.test(item.completion().text())
                    ? ItemVerdict.satisfied("says please")
                    : ItemVerdict.violated("does not say please");
        }
    }
}
