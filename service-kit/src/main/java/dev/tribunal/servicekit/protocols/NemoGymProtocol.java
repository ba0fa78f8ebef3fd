package dev.tribunal.servicekit.protocols;

import dev.tribunal.contracts.common.ScoringServer;
import dev.tribunal.servicekit.protocols.Score.Missing;
import dev.tribunal.servicekit.protocols.Template.NoSuchVariable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code {"responses_create_params": {"input": [...]}, "response": {...}, ...fields} -> {..., "reward": 1.0}}, one item
 * a request; prompt and completion are written as OpenAI's Responses API has them. A reward that the server itself
 * calls no measurement ({@code mask_sample}, {@code _ng_failure_class}: its own judge failed, for example) is none.
 *
 * @see <a href="https://github.com/NVIDIA-NeMo/Gym/blob/main/nemo_gym/base_resources_server.py">NeMo Gym:
 *     BaseVerifyRequest, BaseVerifyResponse</a>
 * @see <a href="https://github.com/NVIDIA-NeMo/Gym/blob/main/nemo_gym/judge.py">NeMo Gym: judge_failsafe</a>
 */
final class NemoGymProtocol implements Protocol {

    static final List<String> OWN_FIELDS = List.of("responses_create_params", "response");

    private final Map<String, Template> fields = new LinkedHashMap<>();

    NemoGymProtocol(ScoringServer.NemoGym server) {
        if (server.fields() != null) {
            server.fields().forEach((name, text) -> fields.put(name, Template.of(text)));
        }
    }

    @Override
    public JsonNode part(JsonNode variables) throws NoSuchVariable {
        JsonNode item = variables.path("item");
        ObjectNode body = JSON.createObjectNode();
        item.path("metadata").forEachEntry(body::set);
        item.path("reference").forEachEntry(body::set);
        for (Map.Entry<String, Template> field : fields.entrySet()) {
            body.set(field.getKey(), field.getValue().value(variables));
        }
        ObjectNode parameters = body.putObject("responses_create_params");
        ArrayNode input = parameters.putArray("input");
        for (JsonNode message : item.path("messages")) {
            input.addObject()
                    .put("role", message.path("role").asString())
                    .put("content", message.path("content").asString());
        }
        response(body.putObject("response"), variables.path("sample").path("output_text"));
        return body;
    }

    /** The least that OpenAI's Response type takes, identifiers and times made up. */
    private static void response(ObjectNode response, JsonNode completion) {
        response.put("id", "resp_0")
                .put("object", "response")
                .put("created_at", 0)
                .put("model", "policy");
        response.put("status", "completed");
        ObjectNode message = response.putArray("output").addObject();
        message.put("id", "msg_0")
                .put("type", "message")
                .put("role", "assistant")
                .put("status", "completed");
        ObjectNode content = message.putArray("content").addObject();
        content.put("type", "output_text").set("text", completion);
        content.putArray("annotations");
        response.put("parallel_tool_calls", false).put("tool_choice", "auto").putArray("tools");
    }

    @Override
    public List<ProtocolRequest> requests(List<JsonNode> parts) {
        return IntStream.range(0, parts.size())
                .mapToObj(i -> new ProtocolRequest("/verify", parts.get(i), List.of(i)))
                .toList();
    }

    @Override
    public List<Score> read(JsonNode answer, int items) throws Unusable {
        if (!answer.isObject()) {
            throw new Unusable("malformed_answer", "the answer is not an object with a reward");
        }
        if (answer.path("mask_sample").asBoolean(false) || answer.hasNonNull("_ng_failure_class")) {
            String why = answer.path("failure_reason")
                    .asString(answer.path("_ng_failure_judge_error").asString("it does not say why"));
            return List.of(new Missing("masked_reward", "the server calls its reward no measurement: " + why));
        }
        return List.of(Answers.score(answer.path("reward")));
    }
}
