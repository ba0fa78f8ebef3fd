package dev.tribunal.trainer.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.run.RunResource.Fork;
import dev.tribunal.contracts.runs.v1.run.RunResource.Parent;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.contracts.runs.v1.run.RunsApi.EpisodeOrder;
import dev.tribunal.trainer.api.RunCreation;
import dev.tribunal.trainer.episode.EpisodeFilter;
import dev.tribunal.trainer.episode.EpisodeStore;
import dev.tribunal.trainer.store.RunEntity;
import dev.tribunal.trainer.store.RunStore;
import java.nio.file.Files;
import java.nio.file.Path;
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
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Forks of a run that was really trained. */
class LineageTest extends TrainerContext {

    private static final JsonMapper JSON = new JsonMapper();

    @Autowired
    private RunCreation creation;

    @Autowired
    private RunStore runs;

    @Autowired
    private EpisodeStore episodes;

    @Test
    void aForkOfTheWholeStateGoesOnAsItsParentDid() {
        String parent = trained("checkpointEvery: 1, ");

        String fork =
                created(post(parent, "{\"step\": 1, \"kind\": \"state\", \"patch\": {\"labels\": {\"of\": \"1\"}}}"));
        assertThat(runs.get(fork).resource().parent()).isEqualTo(new Parent(parent, 1, Fork.STATE));
        ended(fork);

        assertThat(runs.get(fork).spec().labels()).containsEntry("of", "1").containsKey("test");
        List<EpisodeResource> went = rollouts(fork);
        List<EpisodeResource> before =
                rollouts(parent).stream().filter(each -> each.step() > 1).toList();
        assertThat(went).extracting(EpisodeResource::step).containsOnly(2, 3);
        assertThat(went)
                .usingRecursiveFieldByFieldElementComparatorOnFields("step", "tokenIds", "logProbs", "weight", "reward")
                .containsExactlyElementsOf(before);
    }

    @Test
    void aForkOfTheWeightsStandsOnItsOwn() {
        String parent = trained("");
        String patch = "{\"training\": {\"steps\": 1}, \"tasks\": null, \"stages\": null}";
        assertThat(codes(post(parent, "{\"patch\": " + patch + "}"))).contains("invalid_spec /tasks");

        String fork = created(post(parent, "{\"patch\": {\"training\": {\"steps\": 1}}}"));
        runs.delete(parent);
        ended(fork);

        RunEntity run = runs.get(fork);
        Path start = Path.of(run.spec().policy().model().substring("hf:".length()));
        assertThat(start).isDirectory().hasFileName("start");
        assertThat(start.getParent()).hasFileName(fork);
        assertThat(Files.exists(start.resolve("optimizer.safetensors"))).isFalse();
        assertThat(run.steps()).isEqualTo(1);
        assertThat(rollouts(fork)).extracting(EpisodeResource::step).containsOnly(1);

        String grandchild = created(post(fork, "{\"kind\": \"state\", \"patch\": {\"training\": {\"steps\": 2}}}"));
        runs.delete(fork);
        ended(grandchild);
        assertThat(runs.get(grandchild).step()).isEqualTo(2);

        JsonNode tree = body(get("/v1/runs/" + grandchild + "/lineage"));
        assertThat(tree.path("runs").size()).as("its ancestors are deleted").isEqualTo(1);
        assertThat(tree.at("/runs/0/parent/run").asString()).isEqualTo(fork);
    }

    @Test
    void theTreeHasParentsBeforeChildrenAndWhatTheyChanged() {
        String root = trained("checkpointEvery: 1, ");
        String child = created(post(root, "{\"step\": 2, \"patch\": {\"training\": {\"learningRate\": 0.5}}}"));
        String other = created(post(root, "{\"step\": 2, \"kind\": \"state\", \"patch\": {}}"));

        JsonNode tree = body(get("/v1/runs/" + other + "/lineage"));

        assertThat(tree.path("run").asString()).isEqualTo(other);
        assertThat(texts(tree.path("runs"), "id")).containsExactly(root, child, other);
        assertThat(tree.at("/runs/0/checkpoints").toString()).isEqualTo("[1,2,3]");
        assertThat(tree.at("/runs/0/stages/0/artifact/kind").asString()).isEqualTo("policy");
        assertThat(tree.at("/runs/1/differences").toString())
                .isEqualTo("[\"/policy/model\",\"/policy/digest\",\"/training/learningRate\"]");
        assertThat(tree.at("/runs/1/parent").toString())
                .isEqualTo("{\"run\":\"" + root + "\",\"step\":2,\"kind\":\"weights\"}");
        assertThat(tree.at("/runs/2/differences").isEmpty()).isTrue();
        JsonNode differences = body(get("/v1/runs/" + root + "/differences/" + child));
        assertThat(differences.at("/differences/2").toString())
                .isEqualTo("{\"pointer\":\"/training/learningRate\",\"value\":1.0E-5,\"otherValue\":0.5}");
        ended(child);
        ended(other);
    }

    @Test
    void aStateTakesNoPatchThatItDoesNotFit() {
        String parent = trained("");

        assertThat(codes(post(
                        parent,
                        "{\"kind\": \"state\", \"patch\": {\"training\": {\"seed\": 4, \"steps\": 3},"
                                + " \"policy\": {\"temperature\": 0.5}, \"reference\": {\"type\": \"none\"}}}")))
                .containsExactlyInAnyOrder(
                        "invalid_fork /training/seed",
                        "invalid_fork /training/steps",
                        "invalid_fork /policy/temperature",
                        "invalid_fork /reference/type");
        assertThat(codes(post(parent, "{\"patch\": {\"policy\": 7}}"))).contains("invalid_spec /policy");
        assertThat(codes(post(parent, "{\"patch\": 7}"))).containsExactly("invalid_fork /patch");
        assertThat(codes(post(parent, "{\"kind\": \"state\", \"patch\": {\"tasks\": []}}")))
                .containsExactly("invalid_fork /tasks");
        assertThat(codes(post(parent, "{\"patch\": {\"policy\": {\"model\": \"hf:policy\"}}}")))
                .containsExactly("invalid_fork /policy/model");
        assertThat(codes(post(parent, "{\"steps\": 1, \"kind\": \"soul\"}")))
                .containsExactlyInAnyOrder("invalid_fork /steps", "invalid_fork /kind");
        ResponseEntity<byte[]> early = post(parent, "{\"step\": 2}");
        assertThat(early.getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND);
        assertThat(body(early).path("detail").asString()).contains("it has those of step 3");
    }

    /** Stages that the parent has finished are taken over with what they left, and outlive it. */
    @Test
    void aStateIsTakenInTheMiddleOfStages() {
        String parent = trainedBy(stages());
        assertThat(runs.get(parent).spec().steps()).isEqualTo(4);

        String fork = created(post(parent, "{\"step\": 2, \"kind\": \"state\", \"patch\": {}}"));
        List<EpisodeResource> before =
                rollouts(parent).stream().filter(each -> each.step() > 2).toList();
        runs.delete(parent);
        ended(fork);

        assertThat(rollouts(fork))
                .usingRecursiveFieldByFieldElementComparatorOnFields("step", "stage", "tokenIds", "weight", "reward")
                .containsExactlyElementsOf(before);
        List<Artifact> artifacts = runs.get(fork).artifacts();
        assertThat(artifacts).extracting(Artifact::stage).containsExactly("first", "answers", "second");
        assertThat(artifacts)
                .extracting(Artifact::reference)
                .allSatisfy(reference -> assertThat(reference).contains("/" + fork + "/"));

        assertThat(codes(post(fork, "{\"step\": 4, \"kind\": \"state\", \"patch\": {}}")))
                .containsExactly("invalid_fork /step");
    }

    @Test
    void aStatesLaterStagesMayBeOtherOnes() {
        String parent = trainedBy(stages());
        ObjectNode patch = JSON.createObjectNode();
        ArrayNode patched = patch.putArray("stages");
        body(get("/v1/runs/" + parent + "/spec")).path("stages").forEach(patched::add);

        ((ObjectNode) patched.get(0).path("training")).put("learningRate", 0.5);
        ((ObjectNode) patched.get(1)).put("seed", 7);
        ((ObjectNode) patched.get(2).path("training")).put("seed", 9).put("steps", 1);
        assertThat(codes(stateFork(parent, 2, patch)))
                .as("the last one has begun")
                .containsExactlyInAnyOrder(
                        "invalid_fork /stages/0/training/learningRate",
                        "invalid_fork /stages/1/seed",
                        "invalid_fork /stages/2/training/seed",
                        "invalid_fork /stages/2/training/steps");
        assertThat(codes(stateFork(parent, 1, patch)))
                .as("the first one alone has begun")
                .containsExactly("invalid_fork /stages/0/training/learningRate");

        ((ObjectNode) patched.get(0).path("training")).put("learningRate", 1e-5);
        String fork = created(stateFork(parent, 1, patch));
        ended(fork);
        assertThat(runs.get(fork).steps()).isEqualTo(2);
        assertThat(runs.get(fork).artifacts())
                .extracting(Artifact::stage)
                .containsExactly("first", "answers", "second");
        assertThat(rollouts(fork)).extracting(EpisodeResource::step).containsOnly(2);
    }

    private ResponseEntity<byte[]> stateFork(String parent, int step, JsonNode patch) {
        return post(parent, "{\"step\": " + step + ", \"kind\": \"state\", \"patch\": " + patch + "}");
    }

    private static String stages() {
        String spec = spec(ScriptedTraining.REAL);
        String tasks = spec.substring(spec.indexOf("tasks:")).indent(2);
        return spec.substring(0, spec.indexOf("training:"))
                + "stages:\n- name: first\n  training: {steps: 1, learningRate: 1.0e-5}\n" + tasks
                + "- {name: answers, type: generate, source: \"file:math.jsonl\", generations: 1}\n"
                + "- name: second\n  training: {steps: 3, learningRate: 1.0e-5, checkpointEvery: 1}\n" + tasks;
    }

    private String trained(String training) {
        return trainedBy(spec(ScriptedTraining.REAL).replace("training: {", "training: {" + training));
    }

    private String trainedBy(String spec) {
        String id = creation.create(spec, "application/yaml", null).id();
        ended(id);
        return id;
    }

    private void ended(String id) {
        await().atMost(Duration.ofMinutes(3)).until(() -> runs.get(id).state().terminal());
        assertThat(runs.get(id).resource().terminalReason()).isNull();
        assertThat(runs.get(id).state()).isEqualTo(RunState.SUCCEEDED);
    }

    private List<EpisodeResource> rollouts(String id) {
        return episodes.page(id, EpisodeFilter.ALL, EpisodeOrder.COMMITTED, null, 1000);
    }

    private static String created(ResponseEntity<byte[]> response) {
        assertThat(response.getStatusCode()).as(body(response).toString()).isEqualTo(HttpStatus.CREATED);
        return body(response).path("id").asString();
    }

    private static List<String> codes(ResponseEntity<byte[]> response) {
        assertThat(response.getStatusCode()).isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);
        JsonNode problem = body(response);
        return StreamSupport.stream(problem.path("errors").spliterator(), false)
                .map(error -> problem.path("code").asString() + " "
                        + error.path("pointer").asString())
                .toList();
    }

    private static List<String> texts(JsonNode list, String field) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(each -> each.path(field).asString())
                .toList();
    }

    private ResponseEntity<byte[]> post(String parent, String fork) {
        return client().post()
                .uri("/v1/runs/" + parent + "/forks")
                .contentType(MediaType.APPLICATION_JSON)
                .body(fork)
                .retrieve()
                .toEntity(byte[].class);
    }

    private ResponseEntity<byte[]> get(String path) {
        return client().get().uri(path).retrieve().toEntity(byte[].class);
    }

    private static JsonNode body(ResponseEntity<byte[]> response) {
        return JSON.readTree(response.getBody());
    }
}
