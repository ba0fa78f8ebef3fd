package dev.tribunal.servicekit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.common.MaxBody;
import dev.tribunal.servicekit.error.BusyException;
import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.RequestId;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.error.UpstreamException;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.service.annotation.PostExchange;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "tribunal.http.token=0123456789abcdef",
            "tribunal.http.metrics-token=of-prometheus-alone",
            "tribunal.http.open-paths=/open",
            "tribunal.http.max-body=64KB",
            "tribunal.http.client-idle=1s",
            "tribunal.http.client-patience=1s",
            "spring.application.name=echo-service"
        })
class HttpMannersTest {

    @LocalServerPort
    private int port;

    @Autowired
    private JsonMapper json;

    @Test
    void aRequestWithoutTheTokenGetsAProblem() {
        ResponseEntity<byte[]> answer = get("/refuses", "wrong");

        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.UNAUTHORIZED);
        assertThat(problem(answer).path("code").asString()).isEqualTo("unauthenticated");
        assertThat(problem(answer).path("detail").asString()).contains("token");
    }

    @Test
    void theMetricsTokenLetsInToTheMetricsAlone() {
        for (String path : List.of("/refuses", "/metrics/x", "/metricsx")) {
            assertThat(get(path, "of-prometheus-alone").getStatusCode())
                    .as(path)
                    .isEqualTo(HttpStatus.UNAUTHORIZED);
        }
        assertThat(get("/metrics", "wrong").getStatusCode()).isEqualTo(HttpStatus.UNAUTHORIZED);
        assertThat(get("/metrics", "of-prometheus-alone").getStatusCode()).isNotEqualTo(HttpStatus.UNAUTHORIZED);
        assertThat(get("/metrics", "0123456789abcdef").getStatusCode()).isNotEqualTo(HttpStatus.UNAUTHORIZED);
    }

    @Test
    void aServiceThatRefusesTheServicesTokenIsAsGoodAsAway() {
        String url = "http://127.0.0.1:" + port;

        UpstreamException between = catchThrowableOfType(
                UpstreamException.class,
                () -> ServiceClients.betweenServices("not-the-same-secret", json)
                        .restClient(url, Duration.ofSeconds(5))
                        .get()
                        .uri("/refuses")
                        .retrieve()
                        .toBodilessEntity());
        assertThat(between.code().status()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
        assertThat(between.getMessage()).contains(url, "tribunal.http.token", "tribunal.gateway.service-token");

        UpstreamException others = catchThrowableOfType(
                UpstreamException.class,
                () -> new ServiceClients("not-the-same-secret", json)
                        .restClient(url, Duration.ofSeconds(5))
                        .get()
                        .uri("/refuses")
                        .retrieve()
                        .toBodilessEntity());
        assertThat(others.code().status()).isEqualTo(HttpStatus.UNAUTHORIZED);
    }

    @Test
    void aWrongTokenIsCalledWrongAndNotRepeated() {
        ResponseEntity<byte[]> answer = get("/refuses", "another-services-token");

        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.UNAUTHORIZED);
        assertThat(problem(answer).path("detail").asString())
                .contains("token is wrong", "'token'")
                .doesNotContain("another-services-token");
        assertThat(answer.getHeaders().getFirst("WWW-Authenticate"))
                .startsWith("Bearer")
                .contains("invalid_token");
    }

    @ParameterizedTest
    @CsvSource({
        "Bearer 0123456789abcdef, 422",
        "bearer 0123456789abcdef, 422",
        "BEARER  0123456789abcdef, 422",
        "Bearer 0123456789ABCDEF, 401",
        "Bearer 0123456789abcdefg, 401",
        "Basic 0123456789abcdef, 401",
        "0123456789abcdef, 401",
        "Bearer, 401"
    })
    void theSchemeMayBeWrittenInAnyCaseAndTheTokenNot(String header, int status) throws IOException {
        assertThat(raw("GET /refuses HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: " + header
                        + "\r\n\r\n"))
                .startsWith("HTTP/1.1 " + status);
    }

    @Test
    void anOpenPathNeedsNoToken() {
        assertThat(get("/open", "wrong").getStatusCode()).isEqualTo(HttpStatus.OK);
    }

    @Test
    void anErrorOnPurposeKeepsItsCodeAndAllItsPointers() {
        ResponseEntity<byte[]> answer = get("/refuses", "0123456789abcdef");

        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);
        assertThat(answer.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
        JsonNode problem = problem(answer);
        assertThat(problem.path("code").asString()).isEqualTo("invalid_request");
        assertThat(problem.path("errors").size()).isEqualTo(2);
        assertThat(problem.path("errors").path(1).path("pointer").asString()).isEqualTo("/b");
        assertThat(problem.path("requestId").asString())
                .isEqualTo(answer.getHeaders().getFirst(RequestId.HEADER));
    }

    @Test
    void aBusyServiceSaysWhenToComeAgain() throws IOException {
        // Not with the HTTP client of this class, which comes again by itself and waits for that.
        String answer = raw(head("GET", "/busy"));

        assertProblem(answer, 429, "too_many_requests", "");
        assertThat(answer).contains("Retry-After: 7\r\n");
    }

    @Test
    void anUnknownPathAndAMalformedBodyAreProblemsToo() {
        assertThat(problem(get("/nowhere", "0123456789abcdef")).path("code").asString())
                .isEqualTo("not_found");
        ResponseEntity<byte[]> malformed = client("0123456789abcdef")
                .post()
                .uri("/echo")
                .contentType(MediaType.APPLICATION_JSON)
                .body("{")
                .retrieve()
                .onStatus(status -> true, (request, response) -> {})
                .toEntity(byte[].class);
        assertThat(problem(malformed).path("code").asString()).isEqualTo("malformed_request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: application/x-www-form-urlencoded",
                "Content-Type: multipart/form-data; boundary=x",
                "Content-Type: text",
                "Content-Type: application/json; charset=none-such",
                "Content-Type: text/plain",
                "X-No-Type: 1"
            })
    void aBodyOfAnotherTypeIsRefusedAtOnceWithWhatToSend(String header) throws IOException {
        assertProblem(raw(post("/echo", header, "{}")), 415, "unsupported_media_type", "application/json");
        // Not all of it has come: who refuses need not wait for it.
        assertProblem(raw(head("POST", "/echo", header, "Content-Length: 9999")), 415, "unsupported_media_type", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", " "})
    void anEmptyBodyIsCalledSoWithoutAWordOfJava(String body) throws IOException {
        String answer = raw(post("/echo", "Content-Type: application/json", body));

        assertProblem(answer, 400, "malformed_request", "");
        assertThat(answer).doesNotContain("java", "dev.tribunal", "public ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[1", "{\"a\": nul}", "{\"a\":1}}", "\"", "{\"a\":\"\u0001\"}"})
    void aBodyThatIsNotJsonTellsThePlaceWithoutTheParsersInternals(String body) throws IOException {
        String answer = raw(post("/items", "Content-Type: application/json", body));

        assertThat(answer)
                .startsWith("HTTP/1.1 4")
                .contains("application/problem+json")
                .doesNotContain("Source", "Stream");
    }

    @Test
    void aTextThatIsHalfASurrogatePairIsRefusedAndNeverBreaksAnAnswer() throws IOException {
        assertThat(sentItem("{\"list\":[{\"number\":1,\"text\":\"a\\ud83d\"}]}"))
                .containsEntry("pointer", "/list/0/text");
        assertProblem(
                raw(post("/echo", "Content-Type: application/json", "{\"a\":[\"\\udc00\"]}")),
                422,
                "invalid_request",
                "");
        assertThat(raw(post("/items", "Content-Type: application/json", "{\"list\":[{\"number\":\"\\ud83d\"}]}")))
                .startsWith("HTTP/1.1 422");
        assertThat(raw(post("/echo", "Content-Type: application/json", "{\"a\":\"\\ud83d\\ude00 \\u0000\"}")))
                .startsWith("HTTP/1.1 200")
                .contains("\ud83d\ude00");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=%zz",
                "limit=%",
                "limit=%1",
                "text=%00",
                "text=%ff",
                "text=%c3%28",
                "text=[",
                "text[]=a",
                "text=|",
                "="
            })
    void aMalformedQueryIsTheClientsMistake(String query) throws IOException {
        assertProblem(raw(head("GET", "/query?" + query)), 400, "malformed_request", "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limit= | /limit | is '', must be a whole number",
                "limit=1.5 | /limit | is '1.5', must be a whole number",
                "limit=0x10 | /limit | is '0x10', must be a whole number",
                "limit=99999999999999999999 | /limit | is 99999999999999999999, must be 1 to 10",
                "limit=0 | /limit | is 0, must be 1 to 10",
                "limit=11 | /limit | is 11, must be 1 to 10",
                "limit=1&limit=2 | /limit | is given 2 times, must be given once",
                "text=a&text=b | /text | is given 2 times, must be given once",
                "flag=yes | /flag | is 'yes', must be true or false",
                "flag=1 | /flag | is '1', must be true or false",
                "flag= | /flag | is '', must be true or false",
                "flag=true&flag=true | /flag | is given 2 times, must be given once",
                "limt=5 | /limt | is not known; did you mean 'limit'?",
                "a/b=5 | /a~1b | is not known; known here: flag, limit, list, text"
            })
    void aQueryWithAMistakeIsRefusedAtItsPointer(String query, String pointer, String detail) throws IOException {
        String error = "{\"pointer\":\"" + pointer + "\",\"detail\":\"" + detail + "\"}";
        assertProblem(raw(head("GET", "/query?" + query)), 422, "invalid_request", "\"errors\":[" + error + "]");
    }

    @Test
    void aQueryIsRefusedWithAllItsMistakes() throws IOException {
        assertThat(raw(head("GET", "/query?limit=0&flag=1")))
                .startsWith("HTTP/1.1 422")
                .contains("The query has 2 mistakes.", "\"pointer\":\"/limit\"", "\"pointer\":\"/flag\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "limit=10&flag=false",
                "text=%5B%7B%7D%25&limit=1",
                "text=%F0%9F%98%80",
                "list=a&list=b",
                "&&"
            })
    void aQueryThatIsRightPasses(String query) throws IOException {
        assertThat(raw(head("GET", "/query?" + query))).startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @CsvSource({
        "CONNECT, /echo, HTTP/1.1, 501",
        "TRACE, /echo, HTTP/1.1, 405",
        "TRACE, /query?limit=3, HTTP/1.1, 405",
        "FOO, /echo, HTTP/1.1, 405",
        "GET, /echo, HTTP/1.1, 405",
        "GET, /open, HTTP/9.9, 505",
        "GET, /open, HTTP/2.0, 505",
        "GET, /open, HTTP, 505",
        "GET, /%zz, HTTP/1.1, 400",
        "GET, /%00, HTTP/1.1, 400",
        "GET, /%ff, HTTP/1.1, 400",
        "GET, /a%2Fb, HTTP/1.1, 400",
        "GET, /error, HTTP/1.1, 404",
        "GET, /nowhere, HTTP/1.1, 404"
    })
    void whateverTheServerRefusesIsAProblem(String method, String path, String version, int status) throws IOException {
        String answer = raw(head(method, path).replace("HTTP/1.1\r\n", version + "\r\n"));

        assertThat(answer)
                .startsWith("HTTP/1.1 " + status)
                .contains("application/problem+json", "\"status\":" + status)
                .doesNotContain("<html", "\tat ", "timestamp");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/xml", "text/event-stream", "garbage", "a/b/c", ";"})
    void aClientThatAcceptsNoJsonGetsAProblemAllTheSame(String accept) throws IOException {
        assertProblem(raw(head("GET", "/query", "Accept: " + accept)), 406, "not_acceptable", "");
        assertThat(raw(head("GET", "/refuses", "Accept: application/xml"))).contains("application/problem+json");
    }

    @Test
    void aMalformedChunkIsAProblem() throws IOException {
        assertProblem(
                raw(head("POST", "/echo", "Content-Type: application/json", "Transfer-Encoding: chunked")
                        + "zz\r\nabc\r\n0\r\n\r\n"),
                400,
                "malformed_request",
                "");
    }

    /** Well above what the buffers of the two sockets hold, so that a closed connection would be seen. */
    @ParameterizedTest
    @CsvSource({"/echo, 413, true", "/echo, 413, false", "/nowhere, 413, false", "/open, 413, true", "/large, 400, true"
    })
    void aClientThatIsStillSendingGetsItsAnswer(String path, int status, boolean chunked) throws IOException {
        byte[] block = new byte[1 << 16];
        // White space may still become JSON, zeros are refused at the first.
        Arrays.fill(block, (byte) (path.equals("/large") ? 0 : ' '));
        int blocks = path.equals("/large") ? 900 : 400;
        try (Socket socket = open()) {
            OutputStream out = socket.getOutputStream();
            String length = chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + (long) blocks * block.length;
            out.write(
                    head("POST", path, "Content-Type: application/json", length).getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < blocks; i++) {
                if (chunked) {
                    out.write("10000\r\n".getBytes(StandardCharsets.US_ASCII));
                }
                out.write(block);
                if (chunked) {
                    out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
                }
            }
            if (chunked) {
                out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            String answer = new String(socket.getInputStream().readNBytes(4096), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 " + status);
            assertThat(status == 400 || answer.contains("larger than 64 KiB")).isTrue();
        }
    }

    /** 100-continue asks before the body is sent; the answer is final and nothing is asked for. */
    @Test
    void aClientThatAsksFirstIsToldWithoutSending() throws IOException {
        String answer = raw(head(
                "POST", "/echo", "Content-Type: application/json", "Content-Length: 999999", "Expect: 100-continue"));

        assertThat(answer).startsWith("HTTP/1.1 413").doesNotContain("100 Continue");
    }

    @Test
    void aBodyThatTricklesIsCutOff() throws IOException {
        assertProblem(
                trickle(head("POST", "/echo", "Content-Type: application/json", "Content-Length: 60000"), "1"),
                408,
                "request_timeout",
                "too slowly");
    }

    @Test
    void headersThatTrickleAreCutOff() throws IOException {
        assertThat(trickle("GET /open HTTP/1.1\r\nHost: x\r\nX-Slow: ", "a")).isEmpty();
    }

    @Test
    void aBodyThatStopsIsCutOff() throws IOException {
        assertProblem(
                raw(head("POST", "/echo", "Content-Type: application/json", "Content-Length: 60000") + "{"),
                408,
                "request_timeout",
                "");
    }

    /** Its answer is larger than the buffers of both sockets; the request is the server's thread until it is cut off. */
    @Test
    void aClientThatDoesNotReadItsAnswerIsCutOff() throws IOException, InterruptedException {
        try (Socket socket = open()) {
            socket.getOutputStream().write(head("GET", "/endless").getBytes(StandardCharsets.US_ASCII));
            assertThat(Application.Controller.CUT_OFF.await(30, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    @Test
    void aDatabaseThatIsAwayIsNamedAtOnce() throws IOException {
        String answer = raw(head("GET", "/database/08006"));

        assertProblem(answer, 503, "database_unavailable", "database of the echo service");
        assertThat(answer).contains("Retry-After: ");
    }

    @ParameterizedTest
    @CsvSource({"57P01, 503", "57P03, 503", "53300, 503", "22021, 422", "22003, 422", "23505, 500", "42601, 500"})
    void whatPostgresObjectsToHasItsStatus(String sqlState, int status) throws IOException {
        assertThat(raw(head("GET", "/database/" + sqlState))).startsWith("HTTP/1.1 " + status);
    }

    private static String head(String method, String path, String... headers) {
        return method + " " + path
                + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer 0123456789abcdef\r\n"
                + Stream.of(headers).map(header -> header + "\r\n").collect(Collectors.joining())
                + "\r\n";
    }

    private static String post(String path, String header, String body) {
        return head("POST", path, header, "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length) + body;
    }

    private Socket open() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** What no client would send, and all that comes back. */
    private String raw(String request) throws IOException {
        try (Socket socket = open()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Sends one more piece whenever the server has been silent for a moment, until it has had enough. */
    private String trickle(String start, String piece) throws IOException {
        try (Socket socket = open()) {
            socket.getOutputStream().write(start.getBytes(StandardCharsets.US_ASCII));
            socket.setSoTimeout(200);
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            for (int sent = 0; sent < 100; sent++) {
                try {
                    answer.write(socket.getInputStream().readNBytes(1));
                    socket.setSoTimeout(20_000);
                    answer.write(socket.getInputStream().readAllBytes());
                    break;
                } catch (SocketTimeoutException silent) {
                    socket.getOutputStream().write(piece.getBytes(StandardCharsets.US_ASCII));
                } catch (SocketException reset) {
                    break;
                }
                assertThat(sent).as("pieces before it is cut off").isLessThan(99);
            }
            return answer.toString(StandardCharsets.UTF_8);
        }
    }

    private static void assertProblem(String answer, int status, String code, String words) {
        assertThat(answer)
                .startsWith("HTTP/1.1 " + status)
                .contains("Content-Type: application/problem+json", "\"code\":\"" + code + "\"", words);
    }

    @Test
    void aValueOfTheWrongKindIsPointedAt() {
        assertThat(sentItem("{\"list\":[{\"number\":\"many\"}]}"))
                .containsEntry("pointer", "/list/0/number")
                .containsEntry("detail", "'many' is not a whole number");
        assertThat(sentItem("{\"list\":3}")).containsEntry("pointer", "/list").containsEntry("detail", "is not a list");
    }

    private Map<String, String> sentItem(String body) {
        ResponseEntity<byte[]> answer = client("0123456789abcdef")
                .post()
                .uri("/items")
                .contentType(MediaType.APPLICATION_JSON)
                .body(body)
                .retrieve()
                .onStatus(status -> true, (request, response) -> {})
                .toEntity(byte[].class);
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);
        JsonNode error = problem(answer).path("errors").path(0);
        return Map.of(
                "pointer",
                error.path("pointer").asString(),
                "detail",
                error.path("detail").asString());
    }

    @Test
    void aClientOfAContractThrowsTheServicesOwnWords() {
        var clients = new ServiceClients("0123456789abcdef", json);
        RestClient client = clients.restClient("http://127.0.0.1:" + port, java.time.Duration.ofSeconds(5));

        assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                        UpstreamException.class,
                        () -> client.get().uri("/refuses").retrieve().toBodilessEntity()))
                .satisfies(problem -> {
                    assertThat(problem).hasMessage("two mistakes");
                    assertThat(problem.code().code()).isEqualTo("invalid_request");
                    assertThat(problem.errors()).hasSize(2);
                });
    }

    @Test
    void aStatusThatNoStandardKnowsIsAnUpstreamProblemToo() {
        RestClient client = new ServiceClients("0123456789abcdef", json)
                .restClient("http://127.0.0.1:" + port, java.time.Duration.ofSeconds(5));

        assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                        UpstreamException.class,
                        () -> client.get().uri("/odd").retrieve().toBodilessEntity()))
                .satisfies(problem -> assertThat(problem.code().status()).isEqualTo(HttpStatus.BAD_GATEWAY));
    }

    private ResponseEntity<byte[]> get(String path, String token) {
        return client(token)
                .get()
                .uri(path)
                .retrieve()
                .onStatus(status -> true, (request, response) -> {})
                .toEntity(byte[].class);
    }

    private RestClient client(String token) {
        return RestClient.builder()
                .baseUrl("http://127.0.0.1:" + port)
                .defaultHeader("Authorization", "Bearer " + token)
                .build();
    }

    private JsonNode problem(ResponseEntity<byte[]> answer) {
        return json.readTree(answer.getBody());
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import(HttpConfiguration.class)
    static class Application {

        @Bean
        BodyLimits bodyLimits(HttpProperties properties) {
            return new BodyLimits(properties.maxBody(), Api.class);
        }

        interface Api {

            @PostExchange("/large")
            @MaxBody(mebibytes = 64)
            void large();
        }

        @RestController
        static class Controller {

            @GetMapping("/open")
            String open() {
                return "come in";
            }

            @PostMapping("/echo")
            Map<String, Object> echo(@RequestBody Map<String, Object> body) {
                return body;
            }

            static final CountDownLatch CUT_OFF = new CountDownLatch(1);

            @PostMapping("/open")
            String opened(@RequestBody String body) {
                return body;
            }

            @PostMapping("/large")
            void large(@RequestBody Map<String, Object> body) {}

            @GetMapping("/query")
            List<Object> query(
                    @RequestParam(name = "limit", required = false) @Min(1) @Max(10) @Nullable Integer limit,
                    @RequestParam(name = "flag", required = false) @Nullable Boolean flag,
                    @RequestParam(name = "text", required = false) @Nullable String text,
                    @RequestParam(name = "list", required = false) @Nullable List<String> list) {
                return List.of();
            }

            @GetMapping("/endless")
            void endless(HttpServletResponse response) throws IOException {
                try {
                    byte[] block = new byte[1 << 16];
                    for (int i = 0; i < 4000; i++) {
                        response.getOutputStream().write(block);
                    }
                } catch (IOException late) {
                    CUT_OFF.countDown();
                    throw late;
                }
            }

            @GetMapping("/database/{state}")
            void database(@PathVariable("state") String state) {
                throw new IllegalStateException(new SQLException("the driver's words", state));
            }

            @PostMapping("/items")
            void items(@RequestBody Items items) {}

            @GetMapping("/odd")
            ResponseEntity<String> odd() {
                return ResponseEntity.status(520).body("an unknown error");
            }

            @GetMapping("/busy")
            void busy() {
                throw new BusyException("too much to do", Duration.ofSeconds(7));
            }

            @GetMapping("/refuses")
            void refuse() {
                throw new TribunalException(
                        CommonError.INVALID_REQUEST,
                        "two mistakes",
                        List.of(new FieldError("/a", "is missing"), new FieldError("/b", "is 3, must be even")));
            }
        }
    }

    record Items(List<Item> list) {}

    record Item(int number, @Nullable String text) {}
}
