package dev.tribunal.judge.reward;

import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.contracts.reward.v1.ScoreRequest;
import dev.tribunal.contracts.reward.v1.ScoreResponse;
import dev.tribunal.contracts.runs.v1.spec.VersionedName;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.outbound.CallFailure;
import dev.tribunal.servicekit.outbound.JsonEndpoint;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The platform's reward service, asked within a deadline. */
record RewardServer(JsonEndpoint endpoint, JsonMapper json) {

    /** As who asks sees it. */
    RewardModelResource get(VersionedName model, Deadline deadline) throws CallFailure {
        HttpHeaders caller = new HttpHeaders();
        Caller.current().tell(caller);
        return read(
                endpoint.get(path(model), caller.toSingleValueMap(), deadline.remaining()), RewardModelResource.class);
    }

    ScoreResponse score(VersionedName model, ScoreRequest request, Deadline deadline) throws CallFailure {
        byte[] body = json.writeValueAsBytes(request);
        return read(endpoint.post(path(model) + "/score", body, Map.of(), deadline.remaining()), ScoreResponse.class);
    }

    private static String path(VersionedName model) {
        return "/v1/reward-models/" + model.name() + "/versions/" + model.version();
    }

    private <T> T read(byte[] answer, Class<T> type) throws CallFailure {
        try {
            return json.readValue(answer, type);
        } catch (JacksonException e) {
            throw CallFailure.lasting("malformed_answer", "the reward service's answer: " + e.getOriginalMessage());
        }
    }
}
