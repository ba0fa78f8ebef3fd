package dev.tribunal.judge.registry;

import com.sun.net.httpserver.HttpServer;
import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.json.JsonMapper;

/** A trainer, as far as the registry asks it: which runs that have not ended refer to a judge. */
final class StubTrainer implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final Map<String, List<String>> runsByJudge = new ConcurrentHashMap<>();
    private final HttpServer server;
    private volatile boolean ill;

    StubTrainer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/v1/runs", exchange -> {
            String query = exchange.getRequestURI().getQuery();
            List<RunResource> runs = runsByJudge.entrySet().stream()
                    .filter(entry -> query.contains("judge=" + entry.getKey() + "&") && query.contains("ended=false"))
                    .flatMap(entry -> entry.getValue().stream())
                    .map(StubTrainer::run)
                    .toList();
            byte[] body = JSON.writeValueAsBytes(Page.of(runs));
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(ill ? 500 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void refer(String judge, String... runs) {
        runsByJudge.put(judge, List.of(runs));
    }

    void ill(boolean now) {
        ill = now;
    }

    private static RunResource run(String id) {
        return new RunResource(
                id,
                "blend",
                Map.of(),
                List.of("crpg"),
                RunState.RUNNING,
                1,
                9,
                null,
                List.of(),
                List.of("math"),
                null,
                null,
                List.of(),
                List.of(),
                Instant.EPOCH,
                null,
                null,
                List.of(),
                List.of(),
                null,
                null,
                null,
                "default");
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
