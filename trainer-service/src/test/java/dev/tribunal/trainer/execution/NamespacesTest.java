package dev.tribunal.trainer.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.runs.v1.label.LabelsApi;
import dev.tribunal.contracts.runs.v1.lineage.LineageApi;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementsApi;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;
import org.springframework.web.service.annotation.HttpExchange;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What one team has is not there for another, over HTTP with the headers that the gateway writes. */
class NamespacesTest extends TrainerContext {

    private static final JsonMapper JSON = new JsonMapper();

    @Test
    void aRunIsInItsCreatorsNamespaceAndInNoOthersList() {
        String id = create("blue", "namespaced", null);

        assertThat(one("blue", "/v1/runs/" + id).path("namespace").asString()).isEqualTo("blue");
        assertThat(ids("blue", "/v1/runs?label=test=namespaced")).containsExactly(id);
        assertThat(ids("red", "/v1/runs?label=test=namespaced")).isEmpty();
        assertThat(ids("red,blue", "/v1/runs?label=test=namespaced")).containsExactly(id);
        assertThat(ids("*", "/v1/runs?label=test=namespaced")).contains(id);
    }

    @Test
    void everyRouteOfAnotherNamespacesRunIsNotThere() {
        String id = create("blue", "hidden", null);
        String absent = "run_00000000000000000000000000";
        List<HttpExchange> routes = Stream.of(RunsApi.class, LabelsApi.class, LineageApi.class, RejudgementsApi.class)
                .flatMap(api -> Arrays.stream(api.getDeclaredMethods()))
                .map(method -> AnnotatedElementUtils.findMergedAnnotation(method, HttpExchange.class))
                .filter(Objects::nonNull)
                .filter(exchange -> exchange.url().startsWith("/v1/runs/{id}"))
                .toList();

        assertThat(routes).hasSizeGreaterThan(25).allSatisfy(exchange -> {
            String path = exchange.url()
                    .replace("{step}", "1")
                    .replace("{episode}", "e1")
                    .replace("{rejudgement}", "rej_1")
                    .replace("{other}", absent);
            ResponseEntity<byte[]> theirs = send("red", exchange.method(), path.replace("{id}", id));
            ResponseEntity<byte[]> none = send("red", exchange.method(), path.replace("{id}", absent));
            assertThat(theirs.getStatusCode().value())
                    .as(exchange.method() + " " + path)
                    .isEqualTo(404);
            assertThat(body(theirs).path("code").asString()).isEqualTo("run_not_found");
            // Nothing tells it from one that there never was.
            assertThat(text(theirs).replace(id, absent).replaceAll("req_\\w+", ""))
                    .as(exchange.method() + " " + path)
                    .isEqualTo(text(none).replaceAll("req_\\w+", ""));
        });
        assertThat(send("red", "GET", "/v1/runs/" + id + "/checkpoints/1/files/model.safetensors")
                        .getStatusCode()
                        .value())
                .isEqualTo(404);
        assertThat(one("blue", "/v1/runs/" + id).path("state").asString()).isNotEqualTo("cancelled");
    }

    @Test
    void anotherNamespacesRunIsNotComparedWith() {
        String theirs = create("blue", "compared", null);
        String own = create("red", "compared", null);

        assertThat(send("red", "GET", "/v1/runs/" + own + "/differences/" + theirs)
                        .getStatusCode()
                        .value())
                .isEqualTo(404);
        assertThat(send("red,blue", "GET", "/v1/runs/" + own + "/differences/" + theirs)
                        .getStatusCode()
                        .value())
                .isEqualTo(200);
    }

    @Test
    void anIdempotencyKeyIsItsNamespacesOwn() {
        String blue = create("blue", "same", "key-of-both");
        String red = create("red", "same", "key-of-both");

        assertThat(red).isNotEqualTo(blue);
        assertThat(create("blue", "same", "key-of-both")).isEqualTo(blue);
        assertThat(one("red", "/v1/runs/" + red).path("namespace").asString()).isEqualTo("red");
    }

    @Test
    void generationsAndComparisonsAreTheirNamespaces() {
        String generation =
                "policy: {model: 'hf:policy', maxNewTokens: 8, temperature: 1.5}\nprompts:\n- {prompt: 'yes ?'}\n"
                        + "strategy: {type: best-of-n, n: 2}\nrewardModel: helpfulness\n";
        JsonNode created = body(post("blue", "/v1/generations", generation, null));
        String id = created.path("id").asString();
        assertThat(id).as(created.toString()).startsWith("gen_");
        assertThat(ids("red", "/v1/generations")).isEmpty();
        assertThat(ids("blue", "/v1/generations")).contains(id);
        for (String path : List.of("", "/answers")) {
            assertThat(send("red", "GET", "/v1/generations/" + id + path)
                            .getStatusCode()
                            .value())
                    .isEqualTo(404);
        }
        assertThat(send("red", "POST", "/v1/generations/" + id + "/cancel")
                        .getStatusCode()
                        .value())
                .isEqualTo(404);
        assertThat(send("red", "DELETE", "/v1/generations/" + id)
                        .getStatusCode()
                        .value())
                .isEqualTo(404);

        post(
                "blue",
                "/v1/runs",
                spec("arm").replace("labels: {test: arm}", "labels: {comparison: blue-one, arm: a, seed: '1'}"),
                null);
        assertThat(text(send("blue", "GET", "/v1/comparisons"))).contains("blue-one");
        assertThat(text(send("red", "GET", "/v1/comparisons"))).doesNotContain("blue-one");
        assertThat(send("red", "GET", "/v1/comparisons/blue-one")
                        .getStatusCode()
                        .value())
                .isEqualTo(404);
        assertThat(send("red", "POST", "/v1/comparisons/blue-one/cancel")
                        .getStatusCode()
                        .value())
                .isEqualTo(404);
    }

    @Test
    void aComparisonIsCancelledInItsCreatorsNamespaceAlone() {
        String shared = arm("shared", "of-two");
        String blue = arm("blue", "of-two");

        ResponseEntity<byte[]> refused = send("red", "POST", "/v1/comparisons/of-two/cancel");
        assertThat(refused.getStatusCode().value()).as(text(refused)).isEqualTo(403);
        assertThat(text(refused)).contains("'shared'").doesNotContain("blue");
        assertThat(one("shared", "/v1/runs/" + shared).path("state").asString()).isNotIn("cancelling", "cancelled");

        JsonNode cancelled = body(send("blue,shared", "POST", "/v1/comparisons/of-two/cancel"));
        assertThat(cancelled.toString()).doesNotContain(shared);
        assertThat(one("blue", "/v1/runs/" + blue).path("state").asString()).isNotEqualTo("queued");
        assertThat(one("shared", "/v1/runs/" + shared).path("state").asString()).isNotIn("cancelling", "cancelled");
    }

    private String arm(String namespace, String comparison) {
        ResponseEntity<byte[]> created = post(
                namespace,
                "/v1/runs",
                spec("arm")
                        .replace("labels: {test: arm}", "labels: {comparison: " + comparison + ", arm: a, seed: '1'}")
                        .replaceFirst("steps: [0-9]+", "steps: 10000"),
                null);
        assertThat(created.getStatusCode().value()).as(text(created)).isEqualTo(201);
        return body(created).path("id").asString();
    }

    @Test
    void whatIsSharedIsSeenByAllAndChangedByItsOwn() {
        String id = create("shared", "everyones", null);

        assertThat(one("red", "/v1/runs/" + id).path("id").asString()).isEqualTo(id);
        assertThat(send("red", "POST", "/v1/runs/" + id + "/cancel")
                        .getStatusCode()
                        .value())
                .isEqualTo(403);
        assertThat(send("shared", "POST", "/v1/runs/" + id + "/cancel")
                        .getStatusCode()
                        .value())
                .isIn(202, 409);
    }

    @Test
    void whoseHeadersAreNotCompleteIsRefused() {
        RestClient half =
                client().mutate().defaultHeader("X-Tribunal-Caller", "red").build();
        assertThat(half.get()
                        .uri("/v1/runs")
                        .retrieve()
                        .toEntity(byte[].class)
                        .getStatusCode()
                        .value())
                .isEqualTo(400);
    }

    /** @param namespaces of the caller, the first the one that it creates in */
    private RestClient as(String namespaces) {
        String first = namespaces.equals("*") ? "default" : namespaces.split(",")[0];
        return client().mutate()
                .defaultHeader("X-Tribunal-Caller", "somebody")
                .defaultHeader("X-Tribunal-Namespaces", namespaces)
                .defaultHeader("X-Tribunal-Namespace", first)
                .build();
    }

    private String create(String namespace, String name, String key) {
        ResponseEntity<byte[]> created = post(namespace, "/v1/runs", spec(name), key);
        assertThat(created.getStatusCode().value()).as(text(created)).isEqualTo(201);
        return body(created).path("id").asString();
    }

    private ResponseEntity<byte[]> post(String namespace, String path, String yaml, String key) {
        return as(namespace)
                .post()
                .uri(path)
                .contentType(MediaType.APPLICATION_YAML)
                .headers(headers -> {
                    if (key != null) {
                        headers.set("Idempotency-Key", key);
                    }
                })
                .body(yaml)
                .retrieve()
                .toEntity(byte[].class);
    }

    private ResponseEntity<byte[]> send(String namespaces, String method, String path) {
        return as(namespaces)
                .method(HttpMethod.valueOf(method))
                .uri(path)
                .retrieve()
                .toEntity(byte[].class);
    }

    private JsonNode one(String namespaces, String path) {
        return body(send(namespaces, "GET", path));
    }

    private List<String> ids(String namespaces, String path) {
        return StreamSupport.stream(one(namespaces, path).path("data").spliterator(), false)
                .map(row -> row.path("id").asString())
                .toList();
    }

    private static JsonNode body(ResponseEntity<byte[]> answer) {
        return JSON.readTree(answer.getBody());
    }

    private static String text(ResponseEntity<byte[]> answer) {
        byte[] body = answer.getBody();
        return body == null ? "" : new String(body, java.nio.charset.StandardCharsets.UTF_8);
    }
}
