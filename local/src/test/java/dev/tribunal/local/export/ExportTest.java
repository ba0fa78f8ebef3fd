package dev.tribunal.local.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.tribunal.contracts.runs.v1.metric.MetricSeries;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.servicekit.input.InputTree;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ExportTest {

    private static final JsonMapper JSON = new JsonMapper();

    private static final RunTable TABLE = new RunTable(
            new RunResource(
                    "run_1",
                    "a \"name\"",
                    Map.of("team", "a"),
                    List.of("crpg"),
                    RunState.SUCCEEDED,
                    2,
                    2,
                    null,
                    List.of(),
                    List.of("math"),
                    null,
                    null,
                    List.of(),
                    List.of(),
                    Instant.ofEpochSecond(1000),
                    Instant.ofEpochSecond(1000),
                    Instant.ofEpochSecond(1010),
                    List.of(),
                    List.of(),
                    null,
                    null,
                    null,
                    "default"),
            List.of(
                    new MetricSeries("score", "math", List.of(1, 2), List.of(0.5, 0.25)),
                    new MetricSeries("violationRate.a,b", "math", List.of(2), List.of(1.0)),
                    new MetricSeries("stepSeconds", null, List.of(1, 2), List.of(2.0, 4.0))));

    @Test
    void textsHaveALineForEachValue() {
        assertThat(TextExport.csv(TABLE).lines())
                .containsExactly(
                        "step,task,metric,value",
                        "1,math,score,0.5",
                        "1,,stepSeconds,2.0",
                        "2,math,score,0.25",
                        "2,math,\"violationRate.a,b\",1.0",
                        "2,,stepSeconds,4.0");
        assertThat(TextExport.jsonLines(TABLE).lines())
                .startsWith(
                        "{\"step\":1,\"task\":\"math\",\"metric\":\"score\",\"value\":0.5}",
                        "{\"step\":1,\"metric\":\"stepSeconds\",\"value\":2.0}")
                .hasSize(5);
    }

    @Test
    void anEventFileHasTheRecordsThatTensorBoardReads(@TempDir Path folder) throws IOException {
        Path file = TensorBoardExport.write(TABLE, folder);

        assertThat(folder.relativize(file)).hasToString("a__name_-run_1/events.out.tfevents.1000.tribunal");
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        // The first record as TensorFlow's own writer makes it, but for the time: file_version "brain.Event:2".
        byte[] length = new byte[8];
        bytes.get(length);
        assertThat(HexFormat.of().formatHex(length)).isEqualTo("1800000000000000");
        assertThat(bytes.getInt())
                .isEqualTo(Integer.reverseBytes(0xa37f4b22)); // TensorFlow's masked CRC of these bytes
        byte[] first = new byte[24];
        bytes.get(first);
        assertThat(new String(first, 11, 13, StandardCharsets.US_ASCII)).isEqualTo("brain.Event:2");
        bytes.getInt();
        int records = 1;
        while (bytes.hasRemaining()) {
            bytes.position(bytes.position() + (int) bytes.getLong() + 16);
            records++;
        }
        assertThat(records).isEqualTo(3);
    }

    /** The forms are those that an MLflow 3 server was seen to take and give. */
    @Test
    void anMlflowServerGetsARunAndItsMetrics() throws IOException, InterruptedException {
        List<String> asked = new ArrayList<>();
        List<JsonNode> bodies = new ArrayList<>();
        List<@Nullable String> authorizations = new ArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String operation = exchange.getRequestURI().getPath().replace("/api/2.0/mlflow/", "");
            asked.add(operation);
            authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] body = exchange.getRequestBody().readAllBytes();
            bodies.add(body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body));
            int status = operation.equals("experiments/get-by-name") ? 404 : 200;
            byte[] answer = (switch (operation) {
                        case "experiments/get-by-name" ->
                            "{\"error_code\": \"RESOURCE_DOES_NOT_EXIST\", \"message\": \"No Experiment\"}";
                        case "experiments/create" -> "{\"experiment_id\": \"7\"}";
                        case "runs/create" -> "{\"run\": {\"info\": {\"run_id\": \"abc\"}}}";
                        default -> "{}";
                    })
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        try {
            URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");

            String run =
                    new MlflowExport(address, Map.of("MLFLOW_TRACKING_TOKEN", "t")).write(TABLE, spec(), "tribunal");

            assertThat(run).isEqualTo("abc");
            assertThat(asked)
                    .containsExactly(
                            "experiments/get-by-name",
                            "experiments/create",
                            "runs/search",
                            "runs/create",
                            "runs/log-batch",
                            "runs/log-batch",
                            "runs/update");
            assertThat(authorizations).containsOnly("Bearer t");
            assertThat(bodies.get(3).at("/tags/0/value").asString()).isEqualTo("run_1");
            assertThat(bodies.get(4).path("params"))
                    .extracting(one -> one.path("key").asString())
                    .contains("policy.model", "training.learningRate");
            JsonNode metrics = bodies.get(5).path("metrics");
            assertThat(metrics).hasSize(5);
            assertThat(metrics.get(3).path("key").asString()).isEqualTo("math/violationRate.a_b");
            assertThat(metrics.get(0).path("timestamp").asLong()).isEqualTo(1_002_000);
            assertThat(metrics.get(4).path("timestamp").asLong()).isEqualTo(1_006_000);
            assertThat(bodies.get(6).path("status").asString()).isEqualTo("FINISHED");
        } finally {
            server.stop(0);
        }
        assertThatThrownBy(() ->
                        new MlflowExport(URI.create("http://127.0.0.1:1"), Map.of()).write(TABLE, spec(), "tribunal"))
                .isInstanceOf(MlflowExport.RefusedException.class)
                .hasMessageContaining("http://127.0.0.1:1")
                .hasMessageContaining("--server");
    }

    private static RunSpec spec() {
        return Objects.requireNonNull(InputReader.read(RunSpec.class, InputTree.parse("""
                                apiVersion: tribunal/v1
                                name: a
                                policy: {model: "hf:a"}
                                training: {steps: 2, learningRate: 1.0e-5}
                                tasks: [{name: math, method: sft, prompts: {source: "file:a.jsonl", batchSize: 1}}]
                                """, "application/yaml"))
                .value());
    }
}
