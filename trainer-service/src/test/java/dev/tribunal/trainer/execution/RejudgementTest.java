package dev.tribunal.trainer.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.run.RunsApi.EpisodeOrder;
import dev.tribunal.trainer.api.RunCreation;
import dev.tribunal.trainer.episode.EpisodeFilter;
import dev.tribunal.trainer.episode.EpisodeStore;
import dev.tribunal.trainer.store.RunStore;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The rollouts of a run that was really trained, judged again; its judge counts characters. */
class RejudgementTest extends TrainerContext {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int ROLLOUTS = 3 * 2 * 4;

    /** Trained once for all tests. */
    private static String run = "";

    @Autowired
    private RunCreation creation;

    @Autowired
    private RunStore runs;

    @Autowired
    private EpisodeStore episodes;

    @Autowired
    private JdbcTemplate jdbc;

    @BeforeEach
    void train() {
        if (run.isEmpty()) {
            run = creation.create(
                            spec(ScriptedTraining.REAL)
                                    .replace("[math-answer]", "[{judge: length, parameters: {max: 12}}]"),
                            "application/yaml",
                            null)
                    .id();
            await().atMost(Duration.ofMinutes(3))
                    .until(() -> runs.get(run).state().terminal());
            assertThat(runs.get(run).resource().terminalReason()).isNull();
        }
    }

    @Test
    void theSameJudgeFindsTheSameAndTheMethodWeighsTheSame() {
        JsonNode result = rejudged("{\"judge\": \"length\"}").path("result");

        assertThat(result.at("/all/rollouts").asInt()).isEqualTo(ROLLOUTS);
        assertThat(result.at("/all/verdictsChanged").asInt()).isZero();
        assertThat(result.at("/all/rewardsChanged").asInt()).isZero();
        assertThat(result.at("/all/weightsChanged").isNumber()).isTrue();
        assertThat(result.at("/all/weightsChanged").asInt()).isZero();
        assertThat(result.at("/tasks/0/weights").toString()).isEqualTo("{\"steps\":3,\"computed\":3,\"reasons\":[]}");
        assertThat(result.at("/all/agreement/value").asDouble()).isEqualTo(1);
    }

    @Test
    void otherParametersChangeVerdictsRewardsAndWeights() {
        List<EpisodeResource> stored = stored();
        int median = stored.stream()
                .mapToInt(each -> each.completion().length())
                .sorted()
                .skip(ROLLOUTS / 2)
                .findFirst()
                .orElseThrow();
        int max = median == 12 ? median - 1 : median;
        JsonNode rejudgement = rejudged("{\"judge\": \"length\", \"parameters\": {\"max\": " + max + "}}");

        JsonNode all = rejudgement.at("/result/all");
        long[] both = new long[4];
        for (EpisodeResource episode : stored) {
            int length = episode.completion().length();
            both[(length <= 12 ? 0 : 2) + (length <= max ? 0 : 1)]++;
        }
        assertThat(all.at("/confusion/satisfied/satisfied").asLong()).isEqualTo(both[0]);
        assertThat(all.at("/confusion/satisfied/violated").asLong()).isEqualTo(both[1]);
        assertThat(all.at("/confusion/violated/satisfied").asLong()).isEqualTo(both[2]);
        assertThat(all.at("/confusion/violated/violated").asLong()).isEqualTo(both[3]);
        assertThat(all.path("verdictsChanged").asLong()).isEqualTo(both[1] + both[2]);
        assertThat(all.at("/feasibleNow/value").asDouble())
                .isCloseTo((double) (both[0] + both[2]) / ROLLOUTS, within(1e-12));
        assertThat(rejudgement.at("/judges/math/replaces").asString()).isEqualTo("length@2");

        JsonNode samples = get("/v1/runs/" + run + "/rejudgements/"
                + rejudgement.path("id").asString() + "/samples?changed=verdict&limit=1000");
        assertThat(samples.path("data").size()).isEqualTo((int) (both[1] + both[2]));
        for (JsonNode sample : samples.path("data")) {
            EpisodeResource episode = stored.stream()
                    .filter(each -> each.id().equals(sample.path("episode").asString()))
                    .findFirst()
                    .orElseThrow();
            boolean satisfied = episode.completion().length() <= max;
            assertThat(sample.at("/now/verdict").asString()).isEqualTo(satisfied ? "satisfied" : "violated");
            assertThat(sample.at("/now/reward").asDouble()).isEqualTo(satisfied ? episode.calibratedReward() : 0);
            assertThat(sample.at("/before/weight").asDouble()).isEqualTo(episode.weight());
            assertThat(sample.at("/now/weight").isNumber()).isTrue();
        }
        assertThat(all.path("weightsChanged").asLong())
                .as("others of a step are weighed against those that changed")
                .isGreaterThanOrEqualTo(all.path("rewardsChanged").asLong());
        assertThat(stored()).as("nothing of the run is changed").isEqualTo(stored);
    }

    @Test
    void aThresholdIsHeldAgainstTheStoredScores() {
        JsonNode rejudgement = rejudged("{\"judge\": \"length\", \"threshold\": 10, \"step\": 2}");

        assertThat(rejudgement.at("/judges/math/asked").asBoolean()).isFalse();
        assertThat(rejudgement.path("total").asInt()).isEqualTo(8);
        long reached = stored().stream()
                .filter(each -> each.step() == 2 && each.completion().length() >= 10)
                .count();
        JsonNode confusion = rejudgement.at("/result/all/confusion");
        assertThat(confusion.at("/satisfied/satisfied").asLong(0)
                        + confusion.at("/violated/satisfied").asLong(0))
                .isEqualTo(reached);
    }

    @Test
    void aJudgeThatNoneIsReplacedByStandsBesideTheOthers() {
        JsonNode rejudgement = rejudged("{\"judge\": \"math-answer\"}");

        assertThat(rejudgement.at("/judges/math").has("replaces")).isFalse();
        JsonNode all = rejudgement.at("/result/all");
        assertThat(all.path("confusion").propertyNames()).containsExactly("none");
        long feasible = stored().stream()
                .map(EpisodeResource::completion)
                .filter(text -> text.length() <= 12 && text.length() % 2 == 0)
                .count();
        assertThat(all.at("/feasibleNow/value").asDouble()).isCloseTo((double) feasible / ROLLOUTS, within(1e-12));
    }

    @Test
    void mistakesAreToldAtOnceAndNothingIsKept() {
        ResponseEntity<byte[]> refused = post(
                "{\"judge\": \"length\", \"parameters\": {\"most\": 4}, \"task\": \"maths\", \"replaces\": \"size\"}");

        assertThat(refused.getStatusCode()).isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);
        assertThat(StreamSupport.stream(body(refused).path("errors").spliterator(), false))
                .extracting(error -> error.path("pointer").asString())
                .containsExactlyInAnyOrder("/task", "/replaces");
        refused = post("{\"judge\": \"length\", \"parameters\": {\"most\": 4}}");
        assertThat(body(refused).at("/errors/0/pointer").asString()).isEqualTo("/parameters/most");
        assertThat(body(post("{\"judge\": \"length\", \"step\": 17}"))
                        .path("code")
                        .asString())
                .isEqualTo("invalid_rejudgement");
    }

    @Test
    void whatARestartBrokeOffGoesOnWhereItWas() {
        String id = body(post("{\"judge\": \"old-one\"}")).path("id").asString();
        assertThat(id).as("there is no such judge").isEmpty();
        String done = rejudged("{\"judge\": \"length\"}").path("id").asString();
        long second = stored().stream()
                .filter(each -> each.step() == 2)
                .mapToLong(each -> EpisodeStore.number(each.id()))
                .min()
                .orElseThrow();
        jdbc.update("delete from trainer.rejudged_episodes where rejudgement_id = ? and episode >= ?", done, second);
        jdbc.update(
                "update trainer.rejudgements set state = 'running', result = null, done = 8, lease_owner ="
                        + " 'trainer-test#killed', lease_expires_at = now() + interval '1 hour',"
                        + " reached = ? where id = ?",
                second - 1,
                done);

        JsonNode again = awaitEnd(done);

        assertThat(again.path("state").asString()).isEqualTo("succeeded");
        assertThat(again.at("/result/all/rollouts").asInt()).isEqualTo(ROLLOUTS);
    }

    @Test
    void aCancelledOneIsDoneNoMore() {
        String id = body(post("{\"judge\": \"length\"}")).path("id").asString();
        jdbc.update("update trainer.rejudgements set state = 'queued', lease_owner = null where id = ?", id);

        ResponseEntity<byte[]> cancelled = client().post()
                .uri("/v1/runs/" + run + "/rejudgements/" + id + "/cancel")
                .retrieve()
                .toEntity(byte[].class);

        assertThat(body(cancelled).path("state").asString()).isIn("cancelled", "");
        JsonNode ended = awaitEnd(id);
        assertThat(ended.path("state").asString()).isIn("cancelled", "succeeded");
        assertThat(client().delete()
                        .uri("/v1/runs/" + run + "/rejudgements/" + id)
                        .retrieve()
                        .toBodilessEntity()
                        .getStatusCode())
                .isEqualTo(HttpStatus.NO_CONTENT);
        assertThat(get("/v1/runs/" + run + "/rejudgements/" + id).path("code").asString())
                .isEqualTo("rejudgement_not_found");
    }

    private JsonNode rejudged(String request) {
        ResponseEntity<byte[]> response = post(request);
        assertThat(response.getStatusCode()).as(body(response).toString()).isEqualTo(HttpStatus.ACCEPTED);
        JsonNode ended = awaitEnd(body(response).path("id").asString());
        assertThat(ended.path("failure").asString("")).isEmpty();
        assertThat(ended.path("state").asString()).isEqualTo("succeeded");
        return ended;
    }

    private JsonNode awaitEnd(String id) {
        return await().atMost(Duration.ofMinutes(1))
                .until(
                        () -> get("/v1/runs/" + run + "/rejudgements/" + id),
                        found -> found.has("finishedAt")
                                && !found.path("state").asString().equals("running"));
    }

    private List<EpisodeResource> stored() {
        return episodes.page(run, EpisodeFilter.ALL, EpisodeOrder.COMMITTED, null, 1000);
    }

    private ResponseEntity<byte[]> post(String request) {
        return client().post()
                .uri("/v1/runs/" + run + "/rejudgements")
                .contentType(MediaType.APPLICATION_JSON)
                .body(request)
                .retrieve()
                .toEntity(byte[].class);
    }

    private JsonNode get(String path) {
        return body(client().get().uri(path).retrieve().toEntity(byte[].class));
    }

    private static JsonNode body(ResponseEntity<byte[]> response) {
        return JSON.readTree(response.getBody());
    }
}
