package dev.tribunal.judge.fanout;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
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

    private final ServerSocket server;
    private final String path = "/" + UUID.randomUUID();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
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
        try {
            server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    public String url() {
        return "http://127.0.0.1:" + server.getLocalPort() + path;
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

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                String head = head(in);
                if (head.isEmpty()) {
                    return;
                }
                Request sent = request(head, in);
                if (!sent.line().contains(path)) {
                    write(socket.getOutputStream(), "404 Not Found", "", "");
                    continue;
                }
                Request request = new Request(sent.line().replace(path, ""), sent.headers(), sent.body());
                requests.add(request);
                script.answer(request, socket.getOutputStream());
            }
        } catch (IOException gone) {
            // The client left, or the test is over.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static Request request(String head, InputStream in) throws IOException {
        String[] parts = head.split("\r\n", 2);
        Request noBody = new Request(parts[0], parts[1], JSON.createObjectNode());
        String length = noBody.header("Content-Length");
        if (length.isEmpty()) {
            return noBody;
        }
        byte[] body = in.readNBytes(Integer.parseInt(length));
        try {
            return new Request(parts[0], parts[1], JSON.readTree(body));
        } catch (tools.jackson.core.JacksonException notJson) {
            return noBody;
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
