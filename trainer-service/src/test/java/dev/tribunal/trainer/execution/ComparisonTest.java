package dev.tribunal.trainer.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.runs.v1.metric.MetricSeries;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.trainer.api.RunForks;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.store.MetricLog;
import dev.tribunal.trainer.store.RunAction;
import dev.tribunal.trainer.store.RunStore;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Comparisons, of runs that are really trained where their results are looked at. */
class ComparisonTest extends TrainerContext {

    private static final JsonMapper JSON = new JsonMapper();

    /** Held-out prompts have a question that the judge stub decides and the reward stub scores. */
    private static final String BASE = """
            name: %s
            seeds: %d
            base:
              policy: {model: "hf:policy", maxNewTokens: 8}
              training: {steps: 2, learningRate: 1.0e-5}
              evaluation: {samples: 2}
              tasks:
              - name: math
                prompts: {source: "file:math.jsonl", heldOut: "file:held-out.jsonl", batchSize: 2, baseline: {generate: reference}}
                rewardModel: helpfulness
                judges: [math-answer]
                method: {type: crpg, klMax: 10}
                generations: 4
            arms:
            """;

    @Autowired
    private RunStore runs;

    @Autowired
    private RunForks forks;

    @Autowired
    private MetricLog metrics;

    @Test
    void twoArmsWithTwoSeedsAreComparedByTheirStoredHeldOutValues() {
        String comparison = BASE.formatted("whole", 2) + """
                - {name: real-crpg}
                - {name: real-rloo, set: {tasks.*.method: rloo, training.steps: 3}}
                """;
        JsonNode created = created(comparison);
        assertThat(texts(created.path("runs"), "arm"))
                .containsExactly("real-crpg", "real-rloo", "real-crpg", "real-rloo");
        assertThat(texts(created.path("runs"), "samples")).containsExactly("16", "24", "16", "24");
        List<String> ids = texts(created.path("runs"), "run");
        ids.forEach(this::succeeded);

        JsonNode found =
                body(get("/v1/comparisons/whole?metric=heldOut.score&metric=heldOut.kl&metric=score&metric=loss"));

        assertThat(found.path("base").asString()).isEqualTo("real-crpg");
        assertThat(texts(found.path("arms"), "samples")).containsExactly("16.0", "24.0");
        assertThat(texts(found.at("/arms/1/runs"), "run")).containsExactly(ids.get(1), ids.get(3));
        assertThat(texts(found.path("notes"), "type")).contains("unequal-samples");
        List<String> heldOut = StreamSupport.stream(found.path("metrics").spliterator(), false)
                .map(JsonNode::asString)
                .filter(name -> name.startsWith("heldOut."))
                .toList();
        assertThat(heldOut)
                .contains(
                        "heldOut.feasibleRate",
                        "heldOut.calibratedReward",
                        "heldOut.reward",
                        "heldOut.score",
                        "heldOut.kl",
                        "heldOut.completionTokens",
                        "heldOut.truncatedRate",
                        "heldOut.violationRate.math-answer");
        found = body(get("/v1/comparisons/whole?metric=score&metric=" + String.join("&metric=", heldOut)));
        for (String metric : heldOut) {
            double crpg = meanAtTheEnd(metric, ids.get(0), ids.get(2));
            double rloo = meanAtTheEnd(metric, ids.get(1), ids.get(3));
            JsonNode ofBase = result(found, metric, "real-crpg");
            JsonNode ofOther = result(found, metric, "real-rloo");
            assertThat(ofBase.at("/value/value").asDouble()).isCloseTo(crpg, within(1e-9));
            assertThat(ofOther.at("/value/value").asDouble()).isCloseTo(rloo, within(1e-9));
            assertThat(ofOther.at("/difference/value").asDouble()).isCloseTo(rloo - crpg, within(1e-9));
            assertThat(ofBase.path("difference").isMissingNode()
                            || ofBase.path("difference").isNull())
                    .isTrue();
            assertThat(ofBase.at("/value/n").asInt())
                    .as("seeds, prompts, samples")
                    .isEqualTo(2 * 1 * 2);
            assertThat(ofBase.path("before").isObject()).isTrue();
        }
        JsonNode curve = StreamSupport.stream(found.path("curves").spliterator(), false)
                .filter(one -> one.path("metric").asString().equals("score")
                        && one.path("arm").asString().equals("real-rloo"))
                .findFirst()
                .orElseThrow();
        assertThat(curve.path("steps").toString()).isEqualTo("[1,2,3]");
        assertThat(curve.path("seeds").toString()).isEqualTo("[2,2,2]");
        assertThat(curve.path("values").get(0).asDouble())
                .isCloseTo((first("score", ids.get(1)) + first("score", ids.get(3))) / 2, within(1e-9));

        JsonNode other = body(get("/v1/comparisons/whole?base=real-rloo&metric=heldOut.score"));
        assertThat(result(other, "heldOut.score", "real-crpg")
                        .at("/difference/value")
                        .asDouble())
                .isCloseTo(
                        -result(found, "heldOut.score", "real-rloo")
                                .at("/difference/value")
                                .asDouble(),
                        within(1e-9));
        assertThat(get("/v1/comparisons/whole?base=none").getStatusCode()).isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);

        String fork = forks.create(ids.get(1), "{\"patch\": {\"training\": {\"steps\": 1}}}", "application/json")
                .id();
        succeeded(fork);
        assertThat(texts(body(get("/v1/comparisons/whole")).at("/arms/1/runs"), "run"))
                .as("a fork, though newer and with the same labels, is no run of the comparison")
                .containsExactly(ids.get(1), ids.get(3));
        assertThat(listed("whole").path("runs").asInt()).isEqualTo(4);
    }

    @Test
    void askedAgainItGoesOnWithWhatIsThere() {
        script.when("broken, seed 1", (run, journal) -> {
            throw new TrainingFailedException("it is broken");
        });
        script.when("slow, seed 1", (run, journal) -> {
            while (true) {
                journal.awaitPermission();
                Thread.sleep(20);
            }
        });
        String comparison = base("again", 1) + """
                - {name: broken}
                - {name: slow}
                """;
        assertThat(body(post(comparison, true)).at("/runs/0/created").asBoolean())
                .isTrue();
        assertThat(get("/v1/comparisons/again").getStatusCode())
                .as("only checked")
                .isEqualTo(HttpStatus.NOT_FOUND);

        List<String> first = texts(created(comparison).path("runs"), "run");
        await().atMost(Duration.ofMinutes(1))
                .until(() -> runs.get(first.getFirst()).state() == RunState.FAILED);
        JsonNode again = created(comparison.replace("seeds: 1", "seeds: 2"));
        assertThat(texts(again.path("runs"), "run"))
                .startsWith(first.get(0), first.get(1))
                .hasSize(4);
        assertThat(texts(again.path("runs"), "created")).containsExactly("false", "false", "true", "true");

        JsonNode found = body(get("/v1/comparisons/again"));
        assertThat(texts(found.path("notes"), "type")).contains("not-ended", "failed");
        assertThat(found.path("notes").toString())
                .contains("broken: 1 of 2 runs")
                .contains("it is broken");

        JsonNode cancelled = JSON.readTree(
                client().post().uri("/v1/comparisons/again/cancel").retrieve().body(byte[].class));
        assertThat(texts(cancelled.path("runs"), "run")).contains(first.get(1));
        await().atMost(Duration.ofMinutes(1)).until(() -> runs.get(first.get(1)).state() == RunState.CANCELLED);
        JsonNode third = created(comparison);
        assertThat(texts(third.path("runs"), "created"))
                .as("a failed run is left, a cancelled one is made anew")
                .containsExactly("false", "true");

        JsonNode otherSpec =
                created(comparison.replace("{name: broken}", "{name: broken, patch: {training: {steps: 4}}}"));
        assertThat(otherSpec.at("/runs/0/created").asBoolean()).isTrue();
        client().post().uri("/v1/comparisons/again/cancel").retrieve().toBodilessEntity();

        JsonNode one = listed("again");
        assertThat(one.path("arms").asInt()).isEqualTo(2);
        assertThat(one.path("runs").asInt()).isEqualTo(6);
    }

    @Test
    void aCancelledRunIsNotTakenForANewOneWhenAnotherIsDeleted() {
        script.when("endless, seed 1", (run, journal) -> {
            while (true) {
                journal.awaitPermission();
                Thread.sleep(20);
            }
        });
        String comparison = base("anew", 1) + "- {name: endless}\n";
        String first = cancelled(comparison);
        String second = cancelled(comparison);
        runs.delete(first);

        String third = cancelled(comparison);

        assertThat(third).isNotIn(first, second);
        runs.delete(third);
        assertThat(cancelled(comparison)).isNotIn(second, third);
    }

    /** A run that is created and then cancelled. */
    private String cancelled(String comparison) {
        String id = texts(created(comparison).path("runs"), "run").getFirst();
        assertThat(runs.get(id).state()).isNotEqualTo(RunState.CANCELLED);
        runs.act(id, RunAction.CANCEL);
        await().atMost(Duration.ofMinutes(1)).until(() -> runs.get(id).state() == RunState.CANCELLED);
        return id;
    }

    private JsonNode listed(String comparison) {
        JsonNode listed = body(get("/v1/comparisons"));
        return StreamSupport.stream(listed.path("data").spliterator(), false)
                .filter(each -> each.path("name").asString().equals(comparison))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void allMistakesOfAllArmsComeAtOnceBeforeAnythingRuns() {
        String comparison = base("wrong", 2).replace("learningRate: 1.0e-5", "learningRate: 0") + """
                - {name: good}
                - {name: no-such-judge, set: {tasks.math.judges: [nobody]}}
                - {name: bad-number, set: {tasks.*.method: {type: crpg, klMax: -1}}}
                patch: {training: {warmupSteps: -1}}
                set: {tasks.math.weight: -2}
                """;
        ResponseEntity<byte[]> refused = post(comparison, false);

        assertThat(refused.getStatusCode()).isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);
        assertThat(mistakes(refused))
                .anySatisfy(one -> assertThat(one).startsWith("/base/training/learningRate is 0"))
                .anySatisfy(one -> assertThat(one).startsWith("/arms/1 no-such-judge: /tasks/0/judges/0"))
                .anySatisfy(one -> assertThat(one).startsWith("/arms/2 bad-number: /tasks/0/method/klMax is -1"))
                .anySatisfy(one -> assertThat(one).startsWith("/patch/training/warmupSteps is -1"))
                .anySatisfy(one -> assertThat(one).startsWith("/set makes a mistake: /tasks/0/weight is -2"))
                .hasSize(5);
        assertThat(get("/v1/comparisons/wrong").getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND);

        assertThat(mistakes(post(base("wrong", 2) + """
                        - {name: one, set: {tasks.nosuch.weight: 2}}
                        - {name: two, set: {a.b.c.*: 1}}
                        """, false)))
                .containsExactlyInAnyOrder(
                        "/arms/0/set/tasks.nosuch.weight the list has no element 'nosuch'; name one by its name, or by its"
                                + " index from 0 to 0",
                        "/arms/1/set/a.b.c.* there is no list at 'a.b.c'");
        assertThat(mistakes(post(
                        base("bad name", 0) + "- {name: one}\n- {name: one}\n- {nome: x}\nmetrics: [heldOut.luck]\n",
                        false)))
                .extracting(one -> one.substring(0, one.indexOf(' ')))
                .contains("/name", "/seeds", "/arms/2/name", "/arms/2/nome");
        assertThat(mistakes(post(base("twice", 1) + "- {name: one}\n- {name: one}\nmetrics: [heldOut.luck]\n", false)))
                .containsExactlyInAnyOrder(
                        "/arms/1/name is 'one', which an earlier arm has",
                        "/metrics/0 is 'heldOut.luck', which is not a metric; GET /v1/metrics lists them");
    }

    private static String base(String name, int seeds) {
        return BASE.formatted(name, seeds);
    }

    private double meanAtTheEnd(String metric, String... ids) {
        double sum = 0;
        for (String id : ids) {
            sum += series(metric, id).values().getLast();
        }
        return sum / ids.length;
    }

    private double first(String metric, String id) {
        return series(metric, id).values().getFirst();
    }

    private MetricSeries series(String metric, String id) {
        return metrics.columns(runs.get(id), MetricLog.Mark.BEGINNING, List.of(metric), null, null)
                .series()
                .getFirst();
    }

    private void succeeded(String id) {
        await().atMost(Duration.ofMinutes(3)).until(() -> runs.get(id).state().terminal());
        assertThat(runs.get(id).resource().terminalReason()).isNull();
        assertThat(runs.get(id).state()).isEqualTo(RunState.SUCCEEDED);
    }

    private static JsonNode result(JsonNode comparison, String metric, String arm) {
        return StreamSupport.stream(comparison.path("results").spliterator(), false)
                .filter(one -> one.path("metric").asString().equals(metric)
                        && one.path("arm").asString().equals(arm))
                .findFirst()
                .orElseThrow();
    }

    private JsonNode created(String comparison) {
        ResponseEntity<byte[]> response = post(comparison, false);
        assertThat(response.getStatusCode()).as(body(response).toString()).isEqualTo(HttpStatus.CREATED);
        return body(response);
    }

    private static List<String> mistakes(ResponseEntity<byte[]> response) {
        assertThat(response.getStatusCode()).isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);
        return StreamSupport.stream(body(response).path("errors").spliterator(), false)
                .map(error -> error.path("pointer").asString() + " "
                        + error.path("detail").asString())
                .toList();
    }

    private static List<String> texts(JsonNode list, String field) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(each -> each.path(field).asString())
                .toList();
    }

    private ResponseEntity<byte[]> post(String comparison, boolean dryRun) {
        return client().post()
                .uri("/v1/comparisons?dryRun=" + dryRun)
                .contentType(MediaType.parseMediaType("application/yaml"))
                .body(comparison)
                .retrieve()
                .toEntity(byte[].class);
    }

    private ResponseEntity<byte[]> get(String uri) {
        return client().get().uri(uri).retrieve().toEntity(byte[].class);
    }

    private static JsonNode body(ResponseEntity<byte[]> response) {
        return JSON.readTree(response.getBody());
    }
}
