package dev.tribunal.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The client's side of the API, against a server that answers as told. */
class CommandLineTest {

    private static final String TOKEN = "a-token-of-the-test";
    private static final String RUN =
            """
            {"id":"run_1","name":"blend","labels":{},"method":"cgpo","state":"%s","step":%d,"steps":2,
             "tasks":["math"],"conditions":[],"createdAt":"2026-01-01T00:00:00Z"%s}""";

    @TempDir
    private Path folder;

    private final List<String> requests = new ArrayList<>();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final StringWriter errors = new StringWriter();
    private HttpServer server;
    private int status = 200;
    private String answer = "{}";

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void appliesASpecWithItsReferencesMadeAbsolute() throws IOException {
        answer = RUN.formatted("queued", 0, "");

        assertThat(run("run", "apply", "-f", spec("policy: {model: 'hf:base'}"))).isZero();

        assertThat(requests).containsExactly(
                "POST /v1/runs?dryRun=false Bearer " + TOKEN + " {\"policy\":{\"model\":\"hf:" + folder + "/base\"}}");
        assertThat(lines()).containsExactly("run_1 is queued");
    }

    @Test
    void printsOneJsonObjectAsTheLastLine() throws IOException {
        answer = RUN.formatted("queued", 0, "");

        run("run", "apply", "--json", "-f", spec("name: blend"));

        assertThat(json().path("id").asString()).isEqualTo("run_1");
        assertThat(json().path("state").asString()).isEqualTo("queued");
    }

    @Test
    void exitsWith1AndListsTheMistakesOfARefusedSpec() throws IOException {
        status = 422;
        answer = """
            {"status":422,"detail":"The spec has 2 mistakes.","code":"invalid_run_spec","errors":[
              {"pointer":"/name","detail":"is missing"},{"pointer":"/tasks/0/optimizer/type","detail":"unknown: ppo"}]}""";

        assertThat(run("run", "apply", "-f", spec("tasks: []"))).isEqualTo(1);

        assertThat(errors.toString())
                .contains("The spec has 2 mistakes. (422 invalid_run_spec)")
                .contains("/name")
                .contains("/tasks/0/optimizer/type  unknown: ppo")
                .doesNotContain("\tat ");
    }

    @Test
    void exitsWith2OnWrongUsage() {
        assertThat(run("run", "apply")).isEqualTo(2);
        assertThat(run("run", "list", "--no-such-option")).isEqualTo(2);
        assertThat(commandLine().execute("up", "--port", "99999")).isEqualTo(2);
        assertThat(requests).isEmpty();
    }

    @Test
    void listsRuns() {
        answer = "{\"data\":[" + RUN.formatted("running", 1, "") + "],\"hasMore\":false}";

        assertThat(run("run", "list", "--state", "running")).isZero();

        assertThat(requests).containsExactly("GET /v1/runs?state=running&limit=50 Bearer " + TOKEN + " ");
        assertThat(lines().get(1)).isEqualTo("run_1  blend  running  1/2   2026-01-01T00:00:00Z");
    }

    @Test
    void cancels() {
        status = 202;
        answer = RUN.formatted("cancelling", 1, "");

        assertThat(run("run", "cancel", "run_1")).isZero();

        assertThat(requests).containsExactly("POST /v1/runs/run_1/cancel Bearer " + TOKEN + " ");
        assertThat(lines()).containsExactly("run_1 is cancelling");
    }

    @Test
    void saysThatNobodyAnswers() {
        server.stop(0);

        assertThat(run("run", "list")).isEqualTo(1);

        assertThat(errors.toString()).contains("the platform does not answer");
    }

    @Test
    void sendsTheHomesTokenToTheHomesPlatformOnly() throws IOException {
        Files.writeString(folder.resolve("platform.json"), "{\"url\":\"http://127.0.0.1:1\",\"token\":\"secret\"}");

        int code = commandLine().execute("run", "list", "--home", folder.toString(), "--url", url());

        assertThat(code).isEqualTo(1);
        assertThat(errors.toString()).contains("no token for " + url());
        assertThat(requests).isEmpty();
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--url", url(), "--token", TOKEN));
        return commandLine().execute(all.toArray(String[]::new));
    }

    private picocli.CommandLine commandLine() {
        PrintStream out = new PrintStream(printed);
        return TribunalCommand.commandLine(new Screen(out, out, 0)).setErr(new PrintWriter(errors, true));
    }

    private String spec(String text) throws IOException {
        return Files.writeString(folder.resolve("spec.yaml"), text).toString();
    }

    private List<String> lines() {
        return printed.toString().lines().toList();
    }

    private JsonNode json() {
        return new JsonMapper().readTree(lines().getLast());
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                + exchange.getRequestHeaders().getFirst("Authorization") + " "
                + new String(exchange.getRequestBody().readAllBytes()));
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        byte[] body = answer.getBytes();
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
