package dev.tribunal.local.bench;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tribunal.contracts.judge.v1.EvaluateResponse;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.JudgeVersion;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A judge that is a service of its own and takes a given time, whatever it is asked. A completion that says "bad" is
 * violated. It reads no more of a request than it needs, so that the time measured is the asking's and not its own.
 */
final class BenchJudge implements AutoCloseable {

    static final int MAX_BATCH_ITEMS = 64;

    private static final String VERSION = "1";
    private static final int BACKLOG = 1024;
    private static final JsonMapper JSON = new JsonMapper();

    static {
        // Else the last part of an answer waits for the client's acknowledgement of the first.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final String name;
    private final Duration time;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile boolean hung;

    /** @param time that it takes over a batch */
    BenchJudge(String name, Duration time) {
        this.name = name;
        this.time = time;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/health", exchange -> answer(exchange, 200, Map.of("status", "UP")));
        server.createContext("/judge/v1/descriptor", exchange -> answer(exchange, 200, descriptor()));
        server.createContext("/judge/v1/evaluate", this::evaluate);
        server.start();
    }

    String name() {
        return name;
    }

    String version() {
        return VERSION;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** From now on it takes requests and never answers. */
    void hang() {
        hung = true;
    }

    private JudgeDescriptor descriptor() {
        return new JudgeDescriptor(name, VERSION, JudgeApi.CONTRACT, null, true, MAX_BATCH_ITEMS);
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Asked(
            @Nullable String requestId, @Nullable List<Item> items) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Item(@Nullable String itemId, @Nullable Completion completion) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Completion(@Nullable String text) {}

    private void evaluate(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        try {
            Thread.sleep(hung ? Duration.ofDays(1) : time);
            answer(exchange, 200, answerTo(JSON.readValue(body, Asked.class)));
        } catch (JacksonException | IllegalArgumentException malformed) {
            answer(exchange, 422, List.of());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the bench is over
        }
    }

    private EvaluateResponse answerTo(Asked asked) {
        if (asked.requestId() == null || asked.items() == null) {
            throw new IllegalArgumentException("no request");
        }
        List<Result> results = asked.items().stream().map(BenchJudge::result).toList();
        return new EvaluateResponse(asked.requestId(), new JudgeVersion(name, VERSION), results);
    }

    private static Result result(Item item) {
        if (item.itemId() == null
                || item.completion() == null
                || item.completion().text() == null) {
            throw new IllegalArgumentException("no item");
        }
        boolean satisfied = !item.completion().text().contains("bad");
        return Result.of(item.itemId(), satisfied, satisfied ? 1.0 : 0.0, "looked for one word");
    }

    private static void answer(HttpExchange exchange, int status, Object body) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(body);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
