package dev.tribunal.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Named tokens, roles, namespaces, the audit log and limits, over HTTP. */
class AccessTest extends RunningGateway {

    @Autowired
    private JdbcClient database;

    @Test
    void aTokenIsIssuedOnceAndStoredAsItsHashAlone() throws Exception {
        String name = name();
        HttpResponse<String> created = post(TOKEN, "/v1/tokens", """
                {"name": "%s", "roles": ["viewer", "operator"], "namespaces": ["team-a"], "validFor": "PT1H"}""".formatted(name));

        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(created.headers().firstValue("Location")).hasValue("/v1/tokens/" + name);
        assertThat(created.headers().firstValue("Cache-Control")).hasValue("no-store");
        String secret = JSON.readTree(created.body()).path("secret").asString();
        assertThat(secret).startsWith("trib_").hasSizeGreaterThan(40);
        JsonNode caller = JSON.readTree(get(secret, "/v1/caller").body());
        assertThat(caller.path("name").asString()).isEqualTo(name);
        assertThat(caller.path("roles").toString()).isEqualTo("[\"viewer\",\"operator\"]");
        assertThat(caller.path("namespaces").toString()).isEqualTo("[\"team-a\"]");
        assertThat(caller.path("namespace").asString()).isEqualTo("team-a");
        HttpResponse<String> known = get(TOKEN, "/v1/tokens/" + name);
        assertThat(known.body())
                .contains("\"createdBy\":\"bootstrap\"", "lastUsedAt")
                .doesNotContain(secret);
        assertThat(get(TOKEN, "/v1/tokens?limit=1000").body()).contains(name).doesNotContain(secret);
        assertThat(database.sql("select cast(t as text) from gateway.access_tokens t")
                        .query(String.class)
                        .list())
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row).doesNotContain(secret));
    }

    @Test
    void aNameIsTakenForGoodAndMistakesComeAllAtOnce() throws Exception {
        String name = name();
        issue(name, "viewer", "default");
        assertProblem(post(TOKEN, "/v1/tokens", body(name, "viewer", "default")), 409, "conflict");
        delete(TOKEN, "/v1/tokens/" + name);
        assertProblem(post(TOKEN, "/v1/tokens", body(name, "viewer", "default")), 409, "conflict");
        assertProblem(post(TOKEN, "/v1/tokens/" + name + "/rotate", ""), 409, "conflict");

        HttpResponse<String> refused = post(TOKEN, "/v1/tokens", """
                {"name": "Bad Name", "roles": ["king"], "namespaces": ["*", "Team"], "validFor": "PT0S", "x": 1}""");
        assertProblem(refused, 422, "invalid_request");
        assertThat(refused.body()).contains("/name", "/roles/0", "/namespaces/0", "/namespaces/1", "/validFor", "/x");
        assertProblem(post(TOKEN, "/v1/tokens", body("bootstrap", "admin", "*")), 422, "invalid_request");
    }

    @Test
    void aRotatedTokensOldSecretIsWrongAtOnceAndARevokedOnesToo() throws Exception {
        String name = name();
        String first = issue(name, "viewer", "default");
        assertThat(get(first, "/v1/runs").statusCode()).isEqualTo(200);

        HttpResponse<String> rotated = post(TOKEN, "/v1/tokens/" + name + "/rotate", "");
        String second = JSON.readTree(rotated.body()).path("secret").asString();
        assertProblem(get(first, "/v1/runs"), 401, "unauthenticated");
        assertThat(get(second, "/v1/runs").statusCode()).isEqualTo(200);

        assertThat(delete(TOKEN, "/v1/tokens/" + name).statusCode()).isEqualTo(204);
        assertThat(delete(TOKEN, "/v1/tokens/" + name).statusCode()).isEqualTo(204);
        assertProblem(get(second, "/v1/runs"), 401, "unauthenticated");
        assertThat(JSON.readTree(get(TOKEN, "/v1/tokens/" + name).body()).has("revokedAt"))
                .isTrue();
    }

    @Test
    void aTokenWhoseTimeIsOverLetsNobodyIn() throws Exception {
        String name = name();
        HttpResponse<String> created = post(
                TOKEN,
                "/v1/tokens",
                "{\"name\": \"%s\", \"roles\": [\"viewer\"], \"validFor\": \"PT1S\"}".formatted(name));
        String secret = JSON.readTree(created.body()).path("secret").asString();
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(50)) // or its requests a second are the first thing that is over
                .until(() -> get(secret, "/v1/runs").statusCode() != 200);
        assertProblem(get(secret, "/v1/runs"), 401, "unauthenticated");
    }

    @ParameterizedTest
    @CsvSource({
        "viewer,      GET,    /v1/runs,                                  200",
        "viewer,      POST,   /v1/runs,                                  403",
        "viewer,      DELETE, /v1/runs/run_1,                            403",
        "viewer,      POST,   /v1/methods/ppo/trials,                    200",
        "viewer,      POST,   /v1/judgements,                            403",
        "viewer,      GET,    /v1/tokens,                                403",
        "viewer,      GET,    /v1/audit,                                 403",
        "operator,    POST,   /v1/runs,                                  200",
        "operator,    POST,   /v1/judges,                                403",
        "operator,    POST,   /v1/judges/j/versions/1/evaluate,          200",
        "operator,    POST,   /v1/tokens,                                403",
        "judge-owner, POST,   /v1/judges,                                200",
        "judge-owner, DELETE, /v1/judges/j/versions/1,                   200",
        "judge-owner, POST,   /v1/runs/run_1/pause,                      403",
        "judge-owner, GET,    /v1/runs/run_1,                            200",
        "admin,       POST,   /v1/judges,                                200",
        "admin,       DELETE, /v1/runs/run_1,                            200"
    })
    void aRoleMayWhatTheTableSays(String role, String method, String path, int status) throws Exception {
        String secret = issue(name(), role, "default");
        int before = TRAINER.count() + JUDGE.count();

        HttpResponse<String> answer = send(with(secret, path)
                .header("Content-Type", "application/json")
                .method(method, method.equals("POST") ? BodyPublishers.ofString("{}") : BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(status);
        if (status == 403) {
            assertProblem(answer, 403, "forbidden");
            assertThat(answer.body()).contains("has the role " + role);
            assertThat(TRAINER.count() + JUDGE.count()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /v1/runs/",
                "POST /v1/Runs",
                "PUT /v1/runs",
                "PATCH /v1/runs/run_1",
                "OPTIONS /v1/runs",
                "post /v1/runs",
                "POST /v1/runs/run_1/unheard-of",
                "GET /v1/judges/j"
            })
    void whatHasNoRuleIsNotThereForOthersThanAdmins(String route) throws Exception {
        String secret = issue(name(), "operator", "default");
        int before = TRAINER.count() + JUDGE.count();
        String[] parts = route.split(" ");

        String answer = raw(parts[0] + " " + parts[1]
                + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " + secret + "\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 404").contains("\"code\":\"not_found\"");
        assertThat(TRAINER.count() + JUDGE.count()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/runs;x=1",
                "/v1/runs/%2e%2e/tokens",
                "/v1/runs%2Frun_1",
                "/v1//runs",
                "/v1/runs/..;/x",
                "/page/..;/v1/runs",
                "/page/%2e%2e;/v1/runs",
                "/v1/runs/%25252e",
                "/./v1/runs"
            })
    void aPathThatCouldMeanTwoThingsIsRefused(String path) throws Exception {
        int before = TRAINER.count();
        String secret = issue(name(), "viewer", "default");

        String answer = raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
                + secret + "\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 400").contains("\"code\":\"malformed_request\"");
        assertThat(TRAINER.count()).isEqualTo(before);
    }

    @Test
    void theServicesAreToldWhoAsksWhateverTheClientSays() throws Exception {
        String name = name();
        String secret = issue(name, "operator", "team-b\",\"team-a");

        String answer = raw("GET /v1/runs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + secret
                + "\r\nX-Tribunal-Namespaces: *\r\nx-tribunal-namespace: default\r\nX-Tribunal-Caller: bootstrap\r\n"
                + "X-TRIBUNAL-ANYTHING: 1\r\nConnection: close, X-Tribunal-Namespaces, X-Tribunal-Caller,"
                + " X-Tribunal-Namespace, Authorization\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 200");
        var headers = TRAINER.last().headers();
        assertThat(headers.get("X-Tribunal-Caller")).containsExactly(name);
        assertThat(headers.get("X-Tribunal-Namespaces")).containsExactly("team-a,team-b");
        assertThat(headers.get("X-Tribunal-Namespace")).containsExactly("team-b");
        assertThat(headers.get("Authorization")).containsExactly("Bearer " + SERVICE_TOKEN);
        assertThat(headers).doesNotContainKey("X-Tribunal-Anything");

        get("/v1/runs");
        assertThat(TRAINER.last().headers().get("X-Tribunal-Namespaces")).containsExactly("*");
        assertThat(TRAINER.last().headers().get("X-Tribunal-Namespace")).containsExactly("default");
    }

    @Test
    void theServicesOwnTokenIsWorthNothingHereAndTwoHeadersAreNone() throws Exception {
        assertProblem(get(SERVICE_TOKEN, "/v1/runs"), 401, "unauthenticated");
        assertThat(raw("GET /v1/runs HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " + TOKEN
                        + "\r\nAuthorization: Bearer " + TOKEN + "\r\n\r\n"))
                .startsWith("HTTP/1.1 401");
        assertThat(raw("GET /v1/runs?access_token=" + TOKEN + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 401");
    }

    @Test
    void aRequestMayKeepToOneOfItsCallersNamespaces() throws Exception {
        String secret = issue(name(), "operator", "team-a\",\"team-b");

        send(with(secret, "/v1/runs").header("Tribunal-Namespace", "team-b"));
        assertThat(TRAINER.last().headers().get("X-Tribunal-Namespaces")).containsExactly("team-b");
        assertThat(TRAINER.last().headers().get("X-Tribunal-Namespace")).containsExactly("team-b");
        assertProblem(send(with(secret, "/v1/runs").header("Tribunal-Namespace", "team-c")), 403, "forbidden");
        assertProblem(send(with(secret, "/v1/runs").header("Tribunal-Namespace", "*")), 400, "malformed_request");
        assertProblem(
                send(with(secret, "/v1/runs").header("Tribunal-Namespace", "team-a,team-c")), 400, "malformed_request");
        send(request("/v1/runs").header("Tribunal-Namespace", "team-c"));
        assertThat(TRAINER.last().headers().get("X-Tribunal-Namespaces")).containsExactly("team-c");
    }

    @Test
    void anAdminOfSomeNamespacesIssuesAndSeesTokensForNoOthers() throws Exception {
        String team = name();
        String other = name();
        String lead = issue(name(), "admin", team);
        issue(other, "viewer", "team-other");

        assertProblem(post(lead, "/v1/tokens", body(name(), "viewer", "default")), 403, "forbidden");
        assertProblem(post(lead, "/v1/tokens", body(name(), "viewer", "*")), 403, "forbidden");
        assertProblem(get(lead, "/v1/tokens/" + other), 404, "not_found");
        assertProblem(delete(lead, "/v1/tokens/" + other), 404, "not_found");
        assertProblem(post(lead, "/v1/tokens/" + other + "/rotate", ""), 404, "not_found");
        String member = name();
        assertThat(post(lead, "/v1/tokens", body(member, "admin", team)).statusCode())
                .isEqualTo(201);
        assertThat(get(lead, "/v1/tokens?limit=1000").body()).contains(member).doesNotContain(other);

        JsonNode entries =
                JSON.readTree(get(lead, "/v1/audit?limit=1000").body()).path("data");
        assertThat(entries)
                .isNotEmpty()
                .allMatch(entry -> entry.path("namespace").asString().equals(team));
    }

    @Test
    void changesAreWrittenDownWithTheirCallerAndReadingIsNot() throws Exception {
        String name = name();
        String secret = issue(name, "operator", "team-a");
        TRAINER.on("/v1/runs/run_audited/pause", exchange -> StubService.answer(exchange, 409, "{}"));

        get(secret, "/v1/runs");
        send(with(secret, "/v1/runs?dryRun=true&key=hush")
                .header("Content-Type", "application/json")
                .header("X-Request-Id", "mine-7")
                .POST(BodyPublishers.ofString("{\"secret\":\"hush\"}")));
        post(secret, "/v1/runs/run_audited/pause", "");
        post(secret, "/v1/judges", "{}");
        post(secret, "/v1/judgements", "{}");

        String answer = get(TOKEN, "/v1/audit?caller=" + name).body();
        JsonNode entries = JSON.readTree(answer).path("data");
        assertThat(texts(entries, "route")).containsExactly("/v1/judges", "/v1/runs/{id}/pause", "/v1/runs");
        assertThat(texts(entries, "status")).containsExactly("403", "409", "200");
        assertThat(texts(entries, "path")).containsExactly("/v1/judges", "/v1/runs/run_audited/pause", "/v1/runs");
        assertThat(texts(entries, "namespace")).containsOnly("team-a");
        assertThat(texts(entries, "address")).containsOnly("127.0.0.1");
        assertThat(entries.get(2).path("requestId").asString()).isEqualTo("mine-7");
        assertThat(answer).doesNotContain("hush");

        JsonNode page =
                JSON.readTree(get(TOKEN, "/v1/audit?limit=2&caller=" + name).body());
        assertThat(texts(page.path("data"), "status")).containsExactly("403", "409");
        JsonNode rest = JSON.readTree(get(
                        TOKEN,
                        "/v1/audit?limit=2&caller=" + name + "&cursor="
                                + page.path("nextCursor").asString())
                .body());
        assertThat(texts(rest.path("data"), "status")).containsExactly("200");
        assertThat(rest.path("hasMore").asBoolean()).isFalse();
        assertThat(texts(
                        JSON.readTree(get(TOKEN, "/v1/audit?path=/v1/judges&caller=" + name)
                                        .body())
                                .path("data"),
                        "status"))
                .containsExactly("403");
        assertThat(JSON.readTree(get(TOKEN, "/v1/audit?until=2020-01-01T00:00:00Z")
                                .body())
                        .path("data"))
                .isEmpty();
        assertProblem(get(TOKEN, "/v1/audit?since=yesterday"), 422, "invalid_request");
        assertProblem(get(TOKEN, "/v1/audit?cursor=eHg"), 422, "invalid_request");
    }

    @Test
    void whoNamesAnotherTeamsNamespaceIsWrittenDownToo() throws Exception {
        String name = name();
        String secret = issue(name, "operator", "team-a");
        int before = TRAINER.count();

        assertProblem(
                send(with(secret, "/v1/runs")
                        .header("Tribunal-Namespace", "team-b")
                        .POST(BodyPublishers.ofString("{}"))),
                403,
                "forbidden");
        assertProblem(post(secret, "/v1/unheard-of/" + secret, "{}"), 404, "not_found");

        JsonNode entries =
                JSON.readTree(get(TOKEN, "/v1/audit?caller=" + name).body()).path("data");
        assertThat(texts(entries, "status")).containsExactly("404", "403");
        assertThat(texts(entries, "path")).containsExactly("", "/v1/runs");
        assertThat(texts(entries, "namespace")).containsOnly("team-a");
        assertThat(TRAINER.count()).isEqualTo(before);
    }

    @Test
    void aTokenWhoseTimeIsOverIsNotRotated() throws Exception {
        String name = name();
        issue(name, "viewer", "default");
        database.sql("update gateway.access_tokens set expires_at = now() - interval '1 second' where name = :name")
                .param("name", name)
                .update();

        HttpResponse<String> refused = post(TOKEN, "/v1/tokens/" + name + "/rotate", "");

        assertProblem(refused, 409, "conflict");
        assertThat(refused.body()).contains("over for good");
    }

    @Test
    void moreThanItsRequestsASecondAreAnswered429() throws Exception {
        HttpResponse<String> created = post(
                TOKEN,
                "/v1/tokens",
                "{\"name\": \"%s\", \"roles\": [\"viewer\"], \"requestsPerSecond\": 2}".formatted(name()));
        String secret = JSON.readTree(created.body()).path("secret").asString();
        HttpResponse<String> refused = get(secret, "/v1/runs");
        for (int i = 0; i < 50 && refused.statusCode() == 200; i++) {
            refused = get(secret, "/v1/runs");
        }
        assertProblem(refused, 429, "too_many_requests");
        assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(get("/v1/runs").statusCode()).isEqualTo(200);

        await().atMost(Duration.ofSeconds(20))
                .until(() -> get(secret, "/v1/runs").statusCode() == 200);
    }

    @Test
    void aStreamEndsSoonAfterItsTokenIsRevoked() throws Exception {
        String name = name();
        String secret = issue(name, "viewer", "default");
        CountDownLatch left = new CountDownLatch(1);
        TRAINER.on("/v1/runs/run_long/events", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            try {
                for (int i = 0; i < 600; i++) {
                    exchange.getResponseBody().write(("data: " + i + "\n\n").getBytes(StandardCharsets.UTF_8));
                    exchange.getResponseBody().flush();
                    Thread.sleep(100);
                }
            } catch (IOException | InterruptedException gone) {
                left.countDown();
            }
        });
        HttpResponse<InputStream> stream = client.send(
                with(secret, "/v1/runs/run_long/events")
                        .header("Accept", "text/event-stream")
                        .build(),
                BodyHandlers.ofInputStream());
        try (var lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).isEqualTo("data: 0");
            delete(TOKEN, "/v1/tokens/" + name);
            int read = 0;
            while (lines.readLine() != null) {
                read++;
            }
            assertThat(read).isLessThan(200);
        }
        assertThat(left.await(20, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void prometheusReadsWithAViewersToken() throws Exception {
        String secret = issue(name(), "viewer", "default");
        assertThat(get(secret, "/metrics").body()).contains("jvm_memory");
        assertProblem(send(HttpRequest.newBuilder(uri("/metrics"))), 401, "unauthenticated");
    }

    private static List<String> texts(JsonNode entries, String field) {
        return StreamSupport.stream(entries.spliterator(), false)
                .map(entry -> entry.path(field).asString())
                .toList();
    }

    private static String name() {
        return "t-" + UUID.randomUUID();
    }

    private static String body(String name, String role, String namespaces) {
        return "{\"name\": \"%s\", \"roles\": [\"%s\"], \"namespaces\": [\"%s\"]}".formatted(name, role, namespaces);
    }

    private String issue(String name, String role, String namespaces) throws Exception {
        HttpResponse<String> created = post(TOKEN, "/v1/tokens", body(name, role, namespaces));
        assertThat(created.statusCode()).isEqualTo(201);
        return JSON.readTree(created.body()).path("secret").asString();
    }

    private HttpRequest.Builder with(String token, String path) {
        return HttpRequest.newBuilder(uri(path)).header("Authorization", "Bearer " + token);
    }

    private HttpResponse<String> get(String token, String path) throws Exception {
        return send(with(token, path));
    }

    private HttpResponse<String> delete(String token, String path) throws Exception {
        return send(with(token, path).DELETE());
    }

    private HttpResponse<String> post(String token, String path, String body) throws Exception {
        return send(with(token, path)
                .header("Content-Type", "application/json")
                .POST(body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
    }
}
