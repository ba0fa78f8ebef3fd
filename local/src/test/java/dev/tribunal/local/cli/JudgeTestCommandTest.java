package dev.tribunal.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tribunal.local.cli.screen.Screen;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code judge test} against a judge of a few lines on the JDK's own server. */
class JudgeTestCommandTest {

    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final StringWriter errors = new StringWriter();
    private HttpServer server;
    private String polite = "please";

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/health/", exchange -> answer(exchange, 200, "{}"));
        server.createContext("/judge/v1/descriptor", exchange -> answer(exchange, 200, """
            {"name":"polite","version":"1","contract":"judge/v1","deterministic":true,"maxBatchItems":8}"""));
        server.createContext("/judge/v1/evaluate", this::evaluate);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void aJudgeThatPassesEndsWithZero() throws IOException {
        assertThat(test("--fixtures", fixtures())).isZero();

        assertThat(text())
                .containsPattern("ok +descriptor +it is polite@1")
                .containsPattern("ok +fixtures +2 fixtures")
                .contains("The judge passes the gate")
                .doesNotContain("FAIL");
    }

    @Test
    void aJudgeThatFailsEndsWithOneAndIsToldWhy() throws IOException {
        polite = "tea";

        assertThat(test("--fixtures", fixtures())).isEqualTo(1);

        assertThat(text())
                .containsPattern("FAIL +fixtures +POST /judge/v1/evaluate: fixture 1 must be violated and is satisfied")
                .contains("The judge fails 1 of 11 checks.");
    }

    @Test
    void withoutFixturesItSaysThatTheyAreMissing() {
        assertThat(test("--json")).isEqualTo(1);

        JsonNode outcome = JSON.readTree(text());
        assertThat(outcome.path("passed").booleanValue()).isFalse();
        assertThat(outcome.path("checks")).hasSize(11);
        assertThat(outcome.findValuesAsString("detail"))
                .contains("POST /judge/v1/evaluate: no fixture expects satisfied; give at least one of each verdict");
    }

    @Test
    void namesAnAddressThatIsNoneAndATokenThatIsMissing() {
        assertThat(execute("judge", "test", "localhost:8090")).isEqualTo(1);
        assertThat(errors.toString()).contains("'localhost:8090' is not a judge's address");
        assertThat(test("--bearer-env", "NO_SUCH_VARIABLE")).isEqualTo(1);
        assertThat(errors.toString()).contains("the environment variable NO_SUCH_VARIABLE is not set");
    }

    @Test
    void aJudgeThatIsNotThereIsNamed() {
        server.stop(0);

        assertThat(test()).isEqualTo(1);

        assertThat(text())
                .containsPattern("FAIL +descriptor +GET /judge/v1/descriptor: the judge cannot be reached: Connect to");
    }

    private int test(String... more) {
        String[] arguments = new String[3 + more.length];
        arguments[0] = "judge";
        arguments[1] = "test";
        arguments[2] = "http://127.0.0.1:" + server.getAddress().getPort();
        System.arraycopy(more, 0, arguments, 3, more.length);
        return execute(arguments);
    }

    private int execute(String... arguments) {
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        return TribunalCommand.commandLine(new Screen(out, out, 0))
                .setErr(new PrintWriter(errors, true))
                .execute(arguments);
    }

    private String text() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    private String fixtures() throws IOException {
        return Files.writeString(folder.resolve("fixtures.yaml"), """
            fixtures:
            - item: {completion: {text: "tea, please"}}
              expect: satisfied
            - item: {completion: {text: tea}}
              expect: violated
            """).toString();
    }

    private void evaluate(HttpExchange exchange) throws IOException {
        JsonNode request;
        try {
            request = JSON.readTree(exchange.getRequestBody());
        } catch (JacksonException malformed) {
            answer(exchange, 400, "{}");
            return;
        }
        ObjectNode response = JSON.createObjectNode();
        response.set("requestId", request.path("requestId"));
        response.set("judge", request.path("judge"));
        ArrayNode results = response.putArray("results");
        for (JsonNode item : request.path("items")) {
            results.addObject()
                    .put("itemId", item.path("itemId").asString(""))
                    .put(
                            "verdict",
                            item.at("/completion/text").asString("").contains(polite) ? "satisfied" : "violated");
        }
        boolean sound = request.path("items").isArray()
                && !results.findValuesAsString("itemId").contains("");
        answer(exchange, sound ? 200 : 422, sound ? response.toString() : "{}");
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
