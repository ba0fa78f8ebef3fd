package dev.tribunal.servicekit.protocols;

import dev.tribunal.contracts.common.ScoringServer;
import dev.tribunal.servicekit.protocols.Template.NoSuchVariable;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code {"model": "...", "text_1": [...], "text_2": [...]} -> {"data": [{"index": 0, "score": 0.9}, ...]}}, the texts
 * by pairs. Newer versions call them {@code queries} and {@code documents} too; all take these names. Errors and
 * authentication are as for {@link VllmClassifyProtocol}.
 *
 * @see <a href="https://docs.vllm.ai/en/latest/models/pooling_models/scoring/">vLLM: Score API</a>
 * @see <a href="https://github.com/vllm-project/vllm/blob/main/vllm/entrypoints/pooling/scoring/protocol.py">vLLM:
 *     scoring/protocol.py</a>
 */
final class VllmScoreProtocol implements Protocol {

    private final ScoringServer.VllmScore server;
    private final Template text1;
    private final Template text2;

    VllmScoreProtocol(ScoringServer.VllmScore server) {
        this.server = server;
        this.text1 = Protocol.template(server.text1(), ScoringServer.PROMPT);
        this.text2 = Protocol.template(server.text2(), ScoringServer.COMPLETION);
    }

    @Override
    public JsonNode part(JsonNode variables) throws NoSuchVariable {
        return JSON.createObjectNode().put("text_1", text1.render(variables)).put("text_2", text2.render(variables));
    }

    @Override
    public List<ProtocolRequest> requests(List<JsonNode> parts) {
        ObjectNode body = JSON.createObjectNode();
        VllmClassifyProtocol.options(body, server.model(), server.useActivation());
        for (String field : List.of("text_1", "text_2")) {
            body.putArray(field)
                    .addAll(parts.stream().map(part -> part.path(field)).toList());
        }
        return List.of(ProtocolRequest.ofAll("/score", body, parts));
    }

    @Override
    public List<Score> read(JsonNode answer, int items) throws Unusable {
        return Answers.byIndex(answer.path("data"), items, "data", entry -> Answers.score(entry.path("score")));
    }
}
