package dev.tribunal.trainer.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tribunal.trainer.TinyPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A service that leaves all prompt files to be checked after a run's creation, as it does large ones. */
@TestPropertySource(properties = "tribunal.trainer.validation-budget=0s")
class ValidationTest extends TrainerContext {

    private static final Duration LONGEST = Duration.ofSeconds(60);

    /** Takes a chat some million steps: about half a second. */
    private static final String SLOW_TEMPLATE =
            "{% for i in range(100000) %}{% for j in range(40) %}{% endfor %}{% endfor %}{{ messages[0]['content'] }}";

    @Autowired
    private JdbcTemplate jdbc;

    @Value("${tribunal.files.roots}")
    private Path home = Path.of("");

    @Test
    void aRunIsAcceptedValidatedPinnedAndTrained() {
        JsonNode created = create(spec("checked-later"));

        assertThat(created.path("state").asString()).isEqualTo("validating");
        assertThat(created.at("/conditions/0/type").asString()).isEqualTo("prompts-unchecked");
        JsonNode ended = awaitState(created, "succeeded");
        assertThat(ended.path("conditions")).isEmpty();
        assertThat(get(id(created) + "/spec")
                        .at("/tasks/0/prompts/sourceDigest")
                        .asString())
                .hasSize(64);
        assertThat(get(id(created) + "/events")
                        .path("data")
                        .valueStream()
                        .map(event -> event.at("/data/state").asString()))
                .startsWith("validating")
                .containsSubsequence("validating", "queued", "running", "succeeded");
    }

    @Test
    void aRunWhosePromptsHaveMistakesFailsWithAllOfThem() throws IOException {
        Files.writeString(home.resolve("wrong.jsonl"), "{\"prompt\": \"a\"}\n{\"prompt\": \" \"}\n[]\n");

        JsonNode failed = awaitState(create(spec("wrong").replace("math.jsonl", "wrong.jsonl")), "failed");

        assertThat(failed.at("/errors/0/pointer").asString()).isEqualTo("/tasks/0/prompts/source");
        assertThat(failed.at("/errors/0/detail").asString())
                .contains("line 2: \"prompt\" is blank", "line 3: is not a JSON object but an empty list");
        assertThat(failed.path("terminalReason").asString()).contains("line 2");
    }

    @Test
    void whatWasToldAtCreationStaysAndIsToldOnce() {
        JsonNode created = create(spec("unjudged").replace("[math-answer]", "[]"));

        JsonNode ended = awaitState(created, "succeeded");

        assertThat(ended.path("conditions")
                        .valueStream()
                        .map(condition -> condition.path("type").asString()))
                .containsExactly("no-judges:math");
        assertThat(get(id(created) + "/events")
                        .path("data")
                        .valueStream()
                        .map(event -> event.at("/data/type").asString()))
                .containsOnlyOnce("no-judges:math");
    }

    @Test
    void aDryRunSaysWhatItLeavesUnchecked() {
        ResponseEntity<byte[]> shown = post("/v1/runs?dryRun=true", spec("dry"));

        assertThat(shown.getStatusCode()).isEqualTo(HttpStatus.OK);
        assertThat(body(shown).at("/conditions/0/message").asString())
                .contains("of math.jsonl the first 0 lines were checked so far");
    }

    /** Its file would take minutes; the next run is validated only once the thread is free. */
    @Test
    void aRunIsCancelledWhileItIsValidated() throws IOException {
        Path slow = home.resolve("slow");
        TinyPolicy.write(slow, true);
        Files.writeString(
                slow.resolve("tokenizer_config.json"),
                new JsonMapper().writeValueAsString(Map.of("chat_template", SLOW_TEMPLATE, "eos_token", "<end>")));
        Files.writeString(home.resolve("many.jsonl"), "{\"prompt\": \"yes\"}\n".repeat(1000));
        JsonNode created =
                create(spec("cancelled").replace("hf:policy", "hf:slow").replace("math.jsonl", "many.jsonl"));
        await().atMost(LONGEST)
                .until(() -> get(id(created)).path("phase").asString("").contains("checking many.jsonl"));

        ResponseEntity<byte[]> answer = post("/v1/runs/" + id(created) + "/cancel", "");

        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.ACCEPTED);
        assertThat(body(answer).path("state").asString()).isEqualTo("cancelled");
        awaitState(create(spec("after-it")), "succeeded");
        assertThat(get(id(created)).path("state").asString()).isEqualTo("cancelled");
    }

    @Test
    void whatADeadTrainerLeftHalfValidatedIsValidatedAnew() {
        JsonNode created = create(spec("left"));
        awaitState(created, "succeeded");
        jdbc.update(
                "update trainer.runs set state = 'validating', lease_owner = 'trainer-test#gone',"
                        + " lease_expires_at = now() + interval '1 hour', finished_at = null where id = ?",
                id(created));

        awaitState(created, "succeeded");
    }

    /** Requests that compute must not keep it from renewing leases: virtual threads have only a few carriers. */
    @Test
    void leasesAreRenewedByAPlatformThread() {
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().equals("run-dispatcher"))
                .isNotEmpty()
                .allSatisfy(thread -> assertThat(thread.isVirtual()).isFalse());
    }

    private JsonNode create(String spec) {
        ResponseEntity<byte[]> created = post("/v1/runs", spec);
        assertThat(created.getStatusCode()).as(() -> body(created).toString()).isEqualTo(HttpStatus.CREATED);
        return body(created);
    }

    private JsonNode awaitState(JsonNode run, String state) {
        await().atMost(LONGEST)
                .untilAsserted(
                        () -> assertThat(get(id(run)).path("state").asString()).isEqualTo(state));
        return get(id(run));
    }

    private static String id(JsonNode run) {
        return run.path("id").asString();
    }

    private JsonNode get(String path) {
        return body(client().get().uri("/v1/runs/" + path).retrieve().toEntity(byte[].class));
    }

    private ResponseEntity<byte[]> post(String path, String spec) {
        return client().post()
                .uri(path)
                .contentType(MediaType.APPLICATION_YAML)
                .body(spec.getBytes(StandardCharsets.UTF_8))
                .retrieve()
                .toEntity(byte[].class);
    }

    private static JsonNode body(ResponseEntity<byte[]> answer) {
        return new JsonMapper().readTree(answer.getBody());
    }
}
