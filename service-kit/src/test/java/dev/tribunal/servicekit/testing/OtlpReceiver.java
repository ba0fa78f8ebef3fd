package dev.tribunal.servicekit.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A collector of spans: OTLP over HTTP, in protobuf (opentelemetry-proto, trace/v1). */
public final class OtlpReceiver implements AutoCloseable {

    private final HttpServer server;
    private final List<Received> spans = new CopyOnWriteArrayList<>();
    private final List<String> bodies = new CopyOnWriteArrayList<>();

    public OtlpReceiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/traces", this::receive);
        server.start();
    }

    /**
     * @param parent empty if it begins the trace
     * @param kind 1 internal, 2 server, 3 client
     * @param tags numbers as decimals
     */
    public record Received(
            String service,
            String trace,
            String id,
            String parent,
            String name,
            int kind,
            boolean failed,
            Map<String, String> tags) {}

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces");
    }

    public List<Received> spans() {
        return List.copyOf(spans);
    }

    /** All that was sent, byte by byte, to look for what must not be in it. */
    public String raw() {
        return String.join("", bodies);
    }

    private void receive(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        boolean readable =
                "application/x-protobuf".equals(exchange.getRequestHeaders().getFirst("Content-Type"));
        if (readable) {
            bodies.add(new String(body, StandardCharsets.ISO_8859_1));
            for (Field resourceSpans : fields(body)) { // ExportTraceServiceRequest.resource_spans = 1
                readResource(resourceSpans.bytes());
            }
        }
        exchange.sendResponseHeaders(readable ? 200 : 415, -1);
        exchange.close();
    }

    /** ResourceSpans: resource = 1 (its attributes = 1), scope_spans = 2 (its spans = 2). */
    private void readResource(byte[] message) throws IOException {
        Map<String, String> resource = new TreeMap<>();
        for (Field field : fields(message)) {
            if (field.number() == 1) {
                for (Field attribute : fields(field.bytes())) {
                    readAttribute(attribute, 1, resource);
                }
            }
        }
        String service = resource.getOrDefault("service.name", "");
        for (Field scope : fields(message)) {
            if (scope.number() == 2) {
                for (Field span : fields(scope.bytes())) {
                    if (span.number() == 2) {
                        spans.add(read(service, span.bytes()));
                    }
                }
            }
        }
    }

    /** Span: trace_id = 1, span_id = 2, parent_span_id = 4, name = 5, kind = 6, attributes = 9, status = 15 (code = 3). */
    private static Received read(String service, byte[] message) throws IOException {
        Map<Integer, String> texts = new TreeMap<>();
        Map<String, String> tags = new TreeMap<>();
        int kind = 0;
        boolean failed = false;
        for (Field field : fields(message)) {
            switch (field.number()) {
                case 1, 2, 4 -> texts.put(field.number(), HexFormat.of().formatHex(field.bytes()));
                case 5 -> texts.put(5, new String(field.bytes(), StandardCharsets.UTF_8));
                case 6 -> kind = (int) field.value();
                case 15 ->
                    failed = fields(field.bytes()).stream().anyMatch(one -> one.number() == 3 && one.value() == 2);
                default -> readAttribute(field, 9, tags);
            }
        }
        return new Received(
                service,
                texts.getOrDefault(1, ""),
                texts.getOrDefault(2, ""),
                texts.getOrDefault(4, ""),
                texts.getOrDefault(5, ""),
                kind,
                failed,
                tags);
    }

    /** KeyValue: key = 1, value = 2 (AnyValue: string = 1, bool = 2, int = 3). */
    private static void readAttribute(Field attribute, int number, Map<String, String> into) throws IOException {
        if (attribute.number() != number) {
            return;
        }
        String key = "";
        String value = "";
        for (Field field : fields(attribute.bytes())) {
            if (field.number() == 1) {
                key = new String(field.bytes(), StandardCharsets.UTF_8);
            } else {
                for (Field any : fields(field.bytes())) {
                    value = any.number() == 1
                            ? new String(any.bytes(), StandardCharsets.UTF_8)
                            : String.valueOf(any.value());
                }
            }
        }
        into.put(key, value);
    }

    /** @param value of a number, {@code bytes} of anything else */
    private record Field(int number, long value, byte[] bytes) {}

    private static List<Field> fields(byte[] message) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        List<Field> fields = new ArrayList<>();
        while (in.hasRemaining()) {
            long tag = varint(in);
            int number = (int) (tag >>> 3);
            switch ((int) (tag & 7)) {
                case 0 -> fields.add(new Field(number, varint(in), new byte[0]));
                case 1 -> fields.add(new Field(number, in.getLong(), new byte[0]));
                case 2 -> {
                    byte[] bytes = new byte[(int) varint(in)];
                    in.get(bytes);
                    fields.add(new Field(number, 0, bytes));
                }
                case 5 -> fields.add(new Field(number, in.getInt(), new byte[0]));
                default -> throw new IOException("not protobuf: wire type " + (tag & 7));
            }
        }
        return fields;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
