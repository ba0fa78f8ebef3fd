package dev.tribunal.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutingTest extends RunningGateway {

    @ParameterizedTest
    @CsvSource({
        "/v1/runs, trainer",
        "/v1/runs/run_1/episodes?task=math&verdict=undecided&q=a%20b%26c, trainer",
        "/v1/methods, trainer",
        "/v1/methods/crpg/trials, trainer",
        "/v1/judges, judge",
        "/v1/judges/math-answer/versions/1, judge",
        "/v1/judgements, judge"
    })
    void aPathGoesToItsService(String path, String service) throws Exception {
        HttpResponse<String> answer = get(path);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"service\":\"" + service + "\"}");
        assertThat((service.equals("trainer") ? TRAINER : JUDGE).last().uri()).isEqualTo(path);
    }

    @Test
    void theBodyAndItsTypeReachTheService() throws Exception {
        send(request("/v1/runs?dryRun=true")
                .header("Content-Type", "application/yaml")
                .header("Idempotency-Key", "k1")
                .POST(BodyPublishers.ofString("name: blend\n")));

        assertThat(TRAINER.last().method()).isEqualTo("POST");
        assertThat(TRAINER.last().body()).isEqualTo("name: blend\n");
        assertThat(TRAINER.last().headers().getFirst("Content-Type")).isEqualTo("application/yaml");
        assertThat(TRAINER.last().headers().getFirst("Idempotency-Key")).isEqualTo("k1");
    }

    @Test
    void aPostWithoutABodyReachesTheService() throws Exception {
        HttpResponse<String> answer = send(request("/v1/runs/run_1/pause").POST(BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(TRAINER.last().uri()).isEqualTo("/v1/runs/run_1/pause");
    }

    @Test
    void theTokenIsCheckedHereAndTheServicesGetTheirOwn() throws Exception {
        int before = TRAINER.count();
        HttpResponse<String> refused =
                send(HttpRequest.newBuilder(uri("/v1/runs")).header("Authorization", "Bearer somebody-elses"));
        assertProblem(refused, 401, "unauthenticated");
        assertThat(TRAINER.count()).isEqualTo(before);

        get("/v1/runs");
        assertThat(TRAINER.last().headers().getFirst("Authorization")).isEqualTo("Bearer " + SERVICE_TOKEN);
        assertThat(TRAINER.last().headers().values())
                .allSatisfy(values -> assertThat(String.join(" ", values)).doesNotContain(TOKEN));
    }

    @Test
    void noPathSlipsPastTheToken() throws Exception {
        int before = TRAINER.count();
        for (String path : List.of("/page/../v1/runs", "/health/../v1/runs", "/page/%2e%2e/v1/runs", "//v1/runs")) {
            assertThat(raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                    .as(path)
                    .containsPattern("^HTTP/1.1 4\\d\\d");
        }
        assertThat(TRAINER.count()).isEqualTo(before);
    }

    @Test
    void theRequestIdAndTheTraceReachTheServiceAndTheAnswerHasTheIdOnce() throws Exception {
        String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        TRAINER.on("/v1/runs/run_id", exchange -> {
            exchange.getResponseHeaders()
                    .set("X-Request-Id", exchange.getRequestHeaders().getFirst("X-Request-Id"));
            StubService.answer(exchange, 200, '"' + exchange.getRequestHeaders().getFirst("traceparent") + '"');
        });

        HttpResponse<String> brought =
                send(request("/v1/runs/run_id").header("X-Request-Id", "mine-1").header("traceparent", trace));
        assertThat(brought.headers().allValues("X-Request-Id")).containsExactly("mine-1");
        assertThat(brought.body()).isEqualTo('"' + trace + '"');

        HttpResponse<String> given = get("/v1/runs");
        assertThat(given.headers().allValues("X-Request-Id"))
                .containsExactly(TRAINER.last().headers().getFirst("X-Request-Id"));
    }

    @Test
    void headersOfOneConnectionStayOnIt() throws Exception {
        String answer = raw("GET /v1/runs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + TOKEN
                + "\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nTE: trailers\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 200");
        assertThat(TRAINER.last().headers()).doesNotContainKeys("X-hop", "Te", "X-forwarded-for");
    }

    @Test
    void aServicesOwnProblemAndLocationPass() throws Exception {
        TRAINER.on("/v1/runs/run_bad", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/problem+json");
            StubService.answer(exchange, 422, "{\"code\":\"invalid_spec\"}");
        });
        TRAINER.on("/v1/runs/run_new", exchange -> {
            exchange.getResponseHeaders().set("Location", TRAINER.url() + "/v1/runs/run_2");
            exchange.getResponseHeaders().set("ETag", "\"1\"");
            StubService.answer(exchange, 201, "{}");
        });

        assertProblem(get("/v1/runs/run_bad"), 422, "invalid_spec");
        HttpResponse<String> created = get("/v1/runs/run_new");
        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(created.headers().firstValue("Location")).hasValue("/v1/runs/run_2");
        assertThat(created.headers().firstValue("ETag")).hasValue("\"1\"");
    }

    @Test
    void anEventArrivesBeforeTheStreamEnds() throws Exception {
        var firstArrived = new CountDownLatch(1);
        TRAINER.on("/v1/runs/run_live/events", exchange -> {
            startStream(exchange);
            exchange.getResponseBody().write("id: 1\ndata: {}\n\n".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            await(firstArrived);
            exchange.getResponseBody().write("id: 2\n\n".getBytes(StandardCharsets.UTF_8));
        });

        try (BufferedReader events = stream("/v1/runs/run_live/events")) {
            assertThat(events.readLine()).isEqualTo("id: 1");
            firstArrived.countDown();
            assertThat(events.lines()).contains("id: 2");
        }
    }

    @Test
    void aStreamMayBeSilentForLongerThanAnAnswerMayTake() throws Exception {
        var silenceEnds = new CountDownLatch(1);
        TRAINER.on("/v1/runs/run_silent/events", exchange -> {
            startStream(exchange);
            exchange.getResponseBody().write(":\n".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            await(silenceEnds);
            exchange.getResponseBody().write("id: 1\n\n".getBytes(StandardCharsets.UTF_8));
        });
        var never = new CountDownLatch(1);
        TRAINER.on("/v1/runs/run_slow", exchange -> await(never));

        try (BufferedReader events = stream("/v1/runs/run_silent/events")) {
            assertThat(events.readLine()).isEqualTo(":");
            HttpResponse<String> late = get("/v1/runs/run_slow");
            assertProblem(late, 504, "upstream_timeout");
            assertThat(late.body()).contains("trainer");
            silenceEnds.countDown();
            assertThat(events.readLine()).isEqualTo("id: 1");
        } finally {
            never.countDown();
        }
    }

    @Test
    void aServiceNoticesThatNobodyReadsItsStreamAnyMore() throws Exception {
        var noticed = new CountDownLatch(1);
        TRAINER.on("/v1/runs/run_left/events", exchange -> {
            startStream(exchange);
            try {
                while (true) {
                    exchange.getResponseBody().write("id: 1\n\n".getBytes(StandardCharsets.UTF_8));
                    exchange.getResponseBody().flush();
                }
            } catch (IOException closed) {
                noticed.countDown();
            }
        });

        BufferedReader events = stream("/v1/runs/run_left/events");
        assertThat(events.readLine()).isEqualTo("id: 1");
        events.close();

        assertThat(noticed.await(20, TimeUnit.SECONDS)).isTrue();
    }

    /** @param length 0: chunked, so that only the missing last chunk tells */
    @ParameterizedTest
    @ValueSource(longs = {100_000, 0})
    void anAnswerThatBreaksOffIsNotTakenForComplete(long length) {
        TRAINER.on("/v1/runs/run_torn" + length, exchange -> {
            exchange.sendResponseHeaders(200, length);
            exchange.getResponseBody().write(new byte[50_000]);
            exchange.getResponseBody().flush();
            throw new IOException("the service died");
        });

        assertThatThrownBy(() -> get("/v1/runs/run_torn" + length)).isInstanceOf(IOException.class);
    }

    @Test
    void aServiceThatIsDownIsNamed() throws Exception {
        HttpResponse<String> answer = get("/v1/reward-models");

        assertProblem(answer, 502, "upstream_unreachable");
        assertThat(JSON.readTree(answer.body()).path("detail").asString())
                .contains("The reward service", "tribunal.gateway.reward-url")
                .doesNotContain("127.0.0.1");
    }

    @Test
    void aBodyBeyondTheLimitIsRefusedWhetherItSaysItsLengthOrNot() throws Exception {
        byte[] large = new byte[70 * 1024];

        assertProblem(send(json("/v1/judges").POST(BodyPublishers.ofByteArray(large))), 413, "payload_too_large");
        HttpResponse<String> chunked = send(
                json("/v1/judges").POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(large))));
        assertProblem(chunked, 413, "payload_too_large");
        assertThat(chunked.body()).contains("64 KiB");
    }

    /** Between the limit of an operation and what the gateway would pass on. */
    @Test
    void anOperationsOwnLimitIsKnownAtTheDoor() throws Exception {
        byte[] large = new byte[3 << 20];
        int before = TRAINER.count();

        HttpResponse<String> refused = send(json("/v1/runs").POST(BodyPublishers.ofByteArray(large)));
        assertProblem(refused, 413, "payload_too_large");
        assertThat(refused.body()).contains("1 MiB");
        assertThat(TRAINER.count()).isEqualTo(before);
        assertThat(send(json("/v1/judgements").POST(BodyPublishers.ofByteArray(large)))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aFormIsRefusedAtOnceAndNotPassedOn() throws Exception {
        int before = TRAINER.count();

        HttpResponse<String> refused = send(request("/v1/runs")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("{\"name\": \"blend\"}")));
        assertProblem(refused, 415, "unsupported_media_type");
        assertThat(refused.body()).contains("Content-Type: application/json");
        assertThat(TRAINER.count()).isEqualTo(before);
    }

    /** The reward service is down here. */
    @Test
    void readinessTellsOfTheServicesBehindTheDoor() throws Exception {
        HttpResponse<String> ready = send(HttpRequest.newBuilder(uri("/health/ready")));

        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(ready.body()).contains("\"reward\":\"DOWN\"", "\"trainer\":\"UP\"");
    }

    private HttpRequest.Builder json(String path) {
        return request(path).header("Content-Type", "application/json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/nowhere", "/v1/nothing", "/page/nothing.js", "/health/a", "/health/a/b", "/health/ready/a/b"})
    void anUnknownPathIsAProblem(String path) throws Exception {
        assertProblem(get(path), 404, "not_found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/runs/%zz", "/v1/runs?label=|", "/v1/runs/%00"})
    void whatHttpDoesNotAllowIsAProblem(String target) throws Exception {
        String answer = raw("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + "Authorization: Bearer "
                + TOKEN + "\r\n\r\n");

        assertThat(answer)
                .startsWith("HTTP/1.1 400")
                .contains("application/problem+json", "\"code\":\"malformed_request\"")
                .doesNotContain("<html", "\tat ");
    }

    @Test
    void theApiIsNeverCachedNorFramed() throws Exception {
        Map<String, List<String>> headers = get("/v1/runs").headers().map();

        assertThat(headers.get("cache-control")).containsExactly("no-store");
        assertThat(headers.get("x-content-type-options")).containsExactly("nosniff");
        assertThat(headers.get("content-security-policy"))
                .allSatisfy(policy -> assertThat(policy).contains("default-src 'none'", "frame-ancestors 'none'"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health/live", "/health/door"})
    void healthNeedsNoToken(String path) throws Exception {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(uri(path)));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"UP\"");
    }

    private static void startStream(com.sun.net.httpserver.HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
    }

    private BufferedReader stream(String path) throws Exception {
        HttpResponse<InputStream> answer =
                client.send(request(path).header("Accept", "text/event-stream").build(), BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
