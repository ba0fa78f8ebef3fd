package dev.tribunal.servicekit.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server on a real socket that answers a recording's requests, each once, and no others. */
public final class ReplayServer implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final HttpServer server;
    private final List<JsonNode> left;
    private final List<String> unexpected = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private final String url;

    public ReplayServer(Recording recording) {
        left = new ArrayList<>(List.copyOf(recording.exchanges().values()));
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String base = "http://127.0.0.1:" + server.getAddress().getPort();
        // OpenRLHF's whole path is the user's choice; the other systems have theirs.
        url = recording.server().equals("openrlhf") ? base + "/get_reward" : base;
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    public String url() {
        return url;
    }

    /** Requests that the recording does not have. */
    public List<String> unexpected() {
        return unexpected;
    }

    /** Exchanges that nobody asked for. */
    public synchronized List<JsonNode> left() {
        return List.copyOf(left);
    }

    public List<String> authorizations() {
        return authorizations;
    }

    private void answer(HttpExchange http) throws IOException {
        try (http) {
            String path = http.getRequestURI().getPath();
            JsonNode body = JSON.readTree(http.getRequestBody().readAllBytes());
            authorizations.add(String.valueOf(http.getRequestHeaders().getFirst("Authorization")));
            JsonNode recorded = take(path, body);
            if (recorded == null) {
                unexpected.add(path + " " + body);
            }
            int status = recorded == null ? 404 : recorded.path("status").asInt();
            String answer = recorded == null
                    ? "{}"
                    : recorded.path("raw").asString(recorded.path("response").toString());
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            http.getResponseHeaders().set("Content-Type", "application/json");
            http.sendResponseHeaders(status, bytes.length);
            http.getResponseBody().write(bytes);
        }
    }

    private synchronized @Nullable JsonNode take(String path, JsonNode body) {
        for (int i = 0; i < left.size(); i++) {
            if (left.get(i).path("path").asString().equals(path)
                    && left.get(i).path("request").equals(body)) {
                return left.remove(i);
            }
        }
        return null;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
