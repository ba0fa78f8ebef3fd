package dev.tribunal.judge.fanout;

import dev.tribunal.servicekit.testing.RawHttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A judge on a real socket that answers, byte for byte, whatever a test wants, however wrong.
 *
 * <p>Its port may have been that of another test's judge, which a registry that outlives the test still looks at. So
 * its URL has a path of its own: what comes on any other path was not meant for this judge, which does not hear it.
 */
public final class ScriptedJudge implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final RawHttpServer server;
    private final String path = "/" + UUID.randomUUID();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private volatile Script script;

    /** What to do with a request. */
    @FunctionalInterface
    public interface Script {
        void answer(Request request, OutputStream out) throws IOException, InterruptedException;
    }

    /** @param line as if the judge were at its server's root */
    public record Request(String line, String headers, JsonNode body) {

        /** Value of a header, or an empty text. */
        public String header(String name) {
            return headers.lines()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse("");
        }

        public List<String> itemIds() {
            return body.path("items").values().stream()
                    .map(item -> item.path("itemId").asString())
                    .toList();
        }
    }

    public ScriptedJudge(Script script) {
        this.script = script;
        server = new RawHttpServer(this::answer);
    }

    public String url() {
        return server.url() + path;
    }

    public List<Request> requests() {
        return requests;
    }

    /** Those for verdicts: who runs a registry looks at its judges besides, whenever it likes. */
    public List<Request> evaluations() {
        return requests.stream()
                .filter(request -> request.line().startsWith("POST /judge/v1/evaluate "))
                .toList();
    }

    public void now(Script other) {
        script = other;
    }

    /** Everything is satisfied, in good form. */
    public static Script satisfied() {
        return results(itemId -> """
            {"itemId":"%s","verdict":"satisfied","score":1.0,"reason":"fine"}\
            """.formatted(itemId));
    }

    /** A well-formed answer but for what the test writes for each item; several results, or none, may be given. */
    public static Script results(Function<String, String> result) {
        return (request, out) -> json(out, answer(request, result));
    }

    public static String answer(Request request, Function<String, String> result) {
        return """
            {"requestId":"%s","judge":{"name":"%s","version":"%s"},"results":[%s]}\
            """.formatted(
                        request.body().path("requestId").asString(),
                        request.body().path("judge").path("name").asString(),
                        request.body().path("judge").path("version").asString(),
                        request.itemIds().stream()
                                .map(result)
                                .filter(text -> !text.isEmpty())
                                .collect(Collectors.joining(",")));
    }

    public static void json(OutputStream out, String body) throws IOException {
        write(out, "200 OK", "Content-Type: application/json\r\n", body);
    }

    public static void write(OutputStream out, String status, String headers, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + bytes.length + "\r\n\r\n";
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.write(bytes);
        out.flush();
    }

    private void answer(String whole, OutputStream out) throws IOException, InterruptedException {
        Request sent = request(whole);
        if (!sent.line().contains(path)) {
            write(out, "404 Not Found", "", "");
            return;
        }
        Request request = new Request(sent.line().replace(path, ""), sent.headers(), sent.body());
        requests.add(request);
        script.answer(request, out);
    }

    private static Request request(String whole) {
        String[] parts = whole.split("\r\n\r\n", 2);
        String[] head = parts[0].split("\r\n", 2);
        JsonNode body;
        try {
            body = parts[1].isEmpty() ? JSON.createObjectNode() : JSON.readTree(parts[1]);
        } catch (JacksonException notJson) {
            body = JSON.createObjectNode();
        }
        return new Request(head[0], head[1], body);
    }

    @Override
    public void close() {
        server.close();
    }
}
