package dev.tribunal.servicekit.protocols;

import dev.tribunal.contracts.common.ScoringServer;
import dev.tribunal.servicekit.protocols.Score.Missing;
import dev.tribunal.servicekit.protocols.Template.NoSuchVariable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code {"inputs": [["text"], ["text", "pair"]]} -> [[{"score": 0.9, "label": "safe"}, ...], ...]}, the labels of each
 * item by falling score. Errors are {@code {"error", "error_type"}} with status 413, 422, 424 or, for a moment, 429;
 * the API key is a bearer token.
 *
 * @see <a href="https://huggingface.github.io/text-embeddings-inference/#/Text%20Embeddings%20Inference/predict">
 *     text-embeddings-inference: /predict</a>
 * @see <a href="https://github.com/huggingface/text-embeddings-inference/blob/main/router/src/http/types.rs">
 *     text-embeddings-inference: types.rs</a>
 */
final class TeiPredictProtocol implements Protocol {

    private final ScoringServer.TeiPredict server;
    private final Template text;
    private final @Nullable Template textPair;

    TeiPredictProtocol(ScoringServer.TeiPredict server) {
        this.server = server;
        this.text = Protocol.template(server.text(), ScoringServer.COMPLETION);
        this.textPair = server.textPair() == null ? null : Template.of(server.textPair());
    }

    @Override
    public JsonNode part(JsonNode variables) throws NoSuchVariable {
        ArrayNode sequence = JSON.createArrayNode().add(text.render(variables));
        return textPair == null ? sequence : sequence.add(textPair.render(variables));
    }

    @Override
    public List<ProtocolRequest> requests(List<JsonNode> parts) {
        ObjectNode body = JSON.createObjectNode();
        body.putArray("inputs").addAll(parts);
        options(body, server.rawScores(), server.truncate());
        return List.of(ProtocolRequest.ofAll("/predict", body, parts));
    }

    static void options(ObjectNode body, @Nullable Boolean rawScores, @Nullable Boolean truncate) {
        if (rawScores != null) {
            body.put("raw_scores", rawScores);
        }
        if (truncate != null) {
            body.put("truncate", truncate);
        }
    }

    @Override
    public List<Score> read(JsonNode answer, int items) throws Unusable {
        List<Score> scores = new ArrayList<>(items);
        for (JsonNode labels : Answers.inOrder(answer, items, "predictions")) {
            scores.add(score(labels));
        }
        return scores;
    }

    private Score score(JsonNode labels) {
        if (server.label() == null) {
            return labels.size() == 1
                    ? Answers.score(labels.path(0).path("score"))
                    : new Missing("ambiguous_label", "the model has " + labels.size() + " labels; set label to one");
        }
        for (JsonNode prediction : labels) {
            if (server.label().equals(prediction.path("label").asString(""))) {
                return Answers.score(prediction.path("score"));
            }
        }
        return new Missing("missing_label", "no label is '" + server.label() + "' in " + Answers.shown(labels));
    }
}
