package dev.tribunal.local.cli;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A judge as a service, in the fewest lines: {@code no-shouting@1}. */
final class NoShouting implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final HttpServer server;
    private volatile boolean deaf;
    private volatile boolean slow;
    private final Queue<String> traceparents = new ConcurrentLinkedQueue<>();

    NoShouting() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/health/", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.createContext("/judge/v1/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            Optional.ofNullable(exchange.getRequestHeaders().getFirst("traceparent"))
                    .ifPresent(traceparents::add);
            String answer = exchange.getRequestMethod().equals("GET") ? """
                    {"name":"no-shouting","version":"1","contract":"judge/v1","deterministic":true,"maxBatchItems":64}\
                    """ : answer(body);
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(answer.isEmpty() ? 422 : 200, answer.isEmpty() ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    /** Whether it has become another judge under the same version, one to whom nothing is loud. */
    void deaf(boolean deaf) {
        this.deaf = deaf;
    }

    /** Whether it takes its time for each answer. */
    void slow(boolean slow) {
        this.slow = slow;
    }

    /** Which trace each request said that it belongs to. */
    List<String> traceparents() {
        return List.copyOf(traceparents);
    }

    String registration(String name, String version) {
        return """
                name: %s
                version: "%s"
                contract: judge/v1
                endpoint: {url: "http://127.0.0.1:%d"}
                fixtures:
                - item: {completion: {text: "good morning"}}
                  expect: satisfied
                - item: {completion: {text: "WAKE UP"}}
                  expect: violated
                """.formatted(name, version, server.getAddress().getPort());
    }

    private String answer(byte[] body) {
        JsonNode request;
        try {
            request = JSON.readTree(body);
        } catch (RuntimeException notJson) {
            return "";
        }
        for (int i = 0; slow && i < 300; i++) {
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
        if (!request.path("items").isArray()
                || request.path("items").values().stream()
                        .anyMatch(item -> item.path("itemId").asString("").isEmpty())) {
            return "";
        }
        return """
                {"requestId":"%s","judge":{"name":"no-shouting","version":"1"},"results":[%s]}\
                """.formatted(
                request.path("requestId").asString(),
                request.path("items").values().stream().map(this::result).collect(Collectors.joining(",")));
    }

    private String result(JsonNode item) {
        String text = item.path("completion").path("text").asString("");
        boolean loud = !deaf && text.equals(text.toUpperCase(Locale.ROOT));
        return "{\"itemId\":\"%s\",\"verdict\":\"%s\"}"
                .formatted(item.path("itemId").asString(), loud ? "violated" : "satisfied");
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
