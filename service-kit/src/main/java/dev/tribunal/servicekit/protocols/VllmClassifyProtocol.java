package dev.tribunal.servicekit.protocols;

import dev.tribunal.contracts.common.ScoringServer;
import dev.tribunal.servicekit.protocols.Score.Missing;
import dev.tribunal.servicekit.protocols.Template.NoSuchVariable;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code {"model": "...", "input": [...]} -> {"data": [{"index": 0, "label": "A", "probs": [...]}, ...]}}. The label is
 * only that of the most probable class, so a class is named by its index. Errors are OpenAI's, {@code {"error":
 * {"message", "type", "code"}}}; the API key is a bearer token.
 *
 * @see <a href="https://docs.vllm.ai/en/latest/models/pooling_models/classify/">vLLM: Classification API</a>
 * @see <a href="https://github.com/vllm-project/vllm/blob/main/vllm/entrypoints/pooling/classify/protocol.py">vLLM:
 *     classify/protocol.py</a>
 */
final class VllmClassifyProtocol implements Protocol {

    private final ScoringServer.VllmClassify server;
    private final Template text;

    VllmClassifyProtocol(ScoringServer.VllmClassify server) {
        this.server = server;
        this.text = Protocol.template(server.text(), ScoringServer.PROMPT + ScoringServer.COMPLETION);
    }

    @Override
    public JsonNode part(JsonNode variables) throws NoSuchVariable {
        return JSON.stringNode(text.render(variables));
    }

    @Override
    public List<ProtocolRequest> requests(List<JsonNode> parts) {
        ObjectNode body = JSON.createObjectNode();
        options(body, server.model(), server.useActivation());
        body.putArray("input").addAll(parts);
        return List.of(ProtocolRequest.ofAll("/classify", body, parts));
    }

    static void options(ObjectNode body, @Nullable String model, @Nullable Boolean useActivation) {
        if (model != null) {
            body.put("model", model);
        }
        if (useActivation != null) {
            body.put("use_activation", useActivation);
        }
    }

    @Override
    public List<Score> read(JsonNode answer, int items) throws Unusable {
        return Answers.byIndex(answer.path("data"), items, "data", entry -> score(entry.path("probs")));
    }

    private Score score(JsonNode probabilities) {
        if (server.classIndex() != null) {
            return probabilities.has(server.classIndex())
                    ? Answers.score(probabilities.path(server.classIndex()))
                    : new Missing(
                            "missing_class",
                            "the model has " + probabilities.size() + " classes, none of them " + server.classIndex());
        }
        return probabilities.size() == 1
                ? Answers.score(probabilities.path(0))
                : new Missing(
                        "ambiguous_class",
                        "the model has " + probabilities.size() + " classes; set classIndex to one of them");
    }
}
