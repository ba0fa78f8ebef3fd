package dev.tribunal.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.servicekit.testing.RealPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One gateway for all test classes: the trainer and the judge service are stubs, the reward service is down. */
@SpringBootTest(
        classes = GatewayApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.config.name=gateway",
            "tribunal.http.token=" + RunningGateway.TOKEN,
            "tribunal.gateway.service-token=" + RunningGateway.SERVICE_TOKEN,
            "tribunal.gateway.read-timeout=500ms",
            "tribunal.http.max-body=64KB",
            "tribunal.http.client-idle=2s",
            "tribunal.http.client-patience=2s"
        })
abstract class RunningGateway {

    static final String TOKEN = "0123456789abcdef";
    static final String SERVICE_TOKEN = "of-services-alone";
    static final StubService TRAINER = new StubService("trainer");
    static final StubService JUDGE = new StubService("judge");
    static final JsonMapper JSON = new JsonMapper();

    final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @LocalServerPort
    private int port;

    @DynamicPropertySource
    static void services(DynamicPropertyRegistry registry) {
        RealPostgres.register(registry);
        registry.add("tribunal.gateway.trainer-url", TRAINER::url);
        registry.add("tribunal.gateway.judge-url", JUDGE::url);
        registry.add("tribunal.gateway.reward-url", () -> "http://127.0.0.1:" + closedPort());
    }

    static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonNode problem = JSON.readTree(answer.body());
        assertThat(problem.path("code").asString()).isEqualTo(code);
    }

    final HttpResponse<String> get(String path) throws Exception {
        return send(request(path));
    }

    final HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    final HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).header("Authorization", "Bearer " + TOKEN);
    }

    final URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** What the JDK's client refuses to send. */
    final String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static int closedPort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
