package dev.tribunal.trainer.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.MethodCatalogue;
import dev.tribunal.trainer.execution.TrainerContext;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MethodsApiTest extends TrainerContext {

    private static final JsonMapper JSON = new JsonMapper();

    private RestClient client() {
        return RestClient.builder()
                .baseUrl("http://127.0.0.1:" + port)
                .defaultHeader(HttpHeaders.AUTHORIZATION, "Bearer 0123456789abcdef")
                .defaultStatusHandler(status -> true, (request, response) -> {})
                .build();
    }

    private ResponseEntity<byte[]> tryOut(String name, MediaType type, String body) {
        return client().post()
                .uri("/v1/methods/" + name + "/trials")
                .contentType(type)
                .body(body)
                .retrieve()
                .toEntity(byte[].class);
    }

    private static JsonNode body(ResponseEntity<byte[]> response) {
        return JSON.readTree(Objects.requireNonNull(response.getBody()));
    }

    @Test
    void allMethodsAreListed() {
        JsonNode page = body(client().get().uri("/v1/methods").retrieve().toEntity(byte[].class));

        assertThat(page.path("data").valueStream().map(one -> one.path("name").asString()))
                .containsExactlyElementsOf(MethodCatalogue.methods().keySet());
        assertThat(page.at("/data/0/hyperparameters/properties/klMax/maximum").asInt())
                .isEqualTo(1_000_000_000);
        assertThat(page.at("/data/0/needs/0").asString()).isEqualTo("reference");
    }

    @Test
    void aTrialAnswersWithWeightsAndSlopes() {
        String json = """
                {"method": {"klMax": 10}, "groups": [{"prompt": 7, "rollouts": [
                  {"score": 2, "calibratedReward": 0.7310586, "feasible": true, "logProbs": [-1], "referenceLogProbs": [-2]},
                  {"score": 1, "calibratedReward": 0.5, "feasible": true, "logProbs": [-1], "referenceLogProbs": [-1]},
                  {"score": 0.5, "feasible": false, "calibratedReward": 0.3775407,
                   "logProbs": [-1], "referenceLogProbs": [-3]},
                  {"score": 3, "calibratedReward": 0.8807971, "feasible": true,
                   "logProbs": [-1], "referenceLogProbs": [-13]}]}]}""";

        ResponseEntity<byte[]> answer = tryOut("crpg", MediaType.APPLICATION_JSON, json);

        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.OK);
        assertThat(body(answer).at("/method").toString()).isEqualTo("{\"type\":\"crpg\",\"klMax\":10.0}");
        assertThat(body(answer).at("/groups/0/prompt").asInt()).isEqualTo(7);
        assertThat(body(answer).at("/groups/0/rollouts/0/advantage").asDouble()).isCloseTo(.36846, within(1e-5));
        assertThat(body(answer).at("/groups/0/rollouts/3/advantage").asDouble()).isCloseTo(-.28949, within(1e-5));
        assertThat(body(answer).at("/groups/0/rollouts/3/slopes/logProbs/0").asDouble())
                .isCloseTo(.28949 / 4, within(1e-5));
        assertThat(body(answer).at("/groups/0/rollouts/3").has("role")).isFalse();
    }

    @Test
    void mistakesAreProblems() {
        ResponseEntity<byte[]> wrong = tryOut(
                "crpg", MediaType.APPLICATION_YAML, "groups: [{rollouts: [{score: 1, feasible: true, logProbs: []}]}]");
        assertThat(wrong.getStatusCode()).isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);
        assertThat(body(wrong).path("code").asString()).isEqualTo("invalid_trial");
        assertThat(body(wrong)
                        .path("errors")
                        .valueStream()
                        .map(one -> one.path("pointer").asString()))
                .containsExactlyInAnyOrder("/method/klMax", "/groups/0/rollouts/0/logProbs");

        ResponseEntity<byte[]> unknown = tryOut("crgp", MediaType.APPLICATION_JSON, "{}");
        assertThat(unknown.getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND);
        assertThat(body(unknown).path("code").asString()).isEqualTo("method_not_found");
    }
}
