package dev.tribunal.servicekit.protocols;

import dev.tribunal.contracts.common.ScoringServer;
import dev.tribunal.servicekit.protocols.Template.NoSuchVariable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code {"query": "...", "texts": [...]} -> [{"index": 1, "score": 0.9}, ...]}, by falling score. Errors and
 * authentication are as for {@link TeiPredictProtocol}.
 *
 * @see <a href="https://huggingface.github.io/text-embeddings-inference/#/Text%20Embeddings%20Inference/rerank">
 *     text-embeddings-inference: /rerank</a>
 */
final class TeiRerankProtocol implements Protocol {

    private final ScoringServer.TeiRerank server;
    private final Template query;
    private final Template text;

    TeiRerankProtocol(ScoringServer.TeiRerank server) {
        this.server = server;
        this.query = Protocol.template(server.query(), ScoringServer.PROMPT);
        this.text = Protocol.template(server.text(), ScoringServer.COMPLETION);
    }

    @Override
    public JsonNode part(JsonNode variables) throws NoSuchVariable {
        return JSON.createObjectNode().put("query", query.render(variables)).put("text", text.render(variables));
    }

    /** One for each query: the completions of a prompt travel together. */
    @Override
    public List<ProtocolRequest> requests(List<JsonNode> parts) {
        Map<String, List<Integer>> byQuery = new LinkedHashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            byQuery.computeIfAbsent(parts.get(i).path("query").asString(), query -> new ArrayList<>())
                    .add(i);
        }
        List<ProtocolRequest> requests = new ArrayList<>();
        byQuery.forEach((asked, items) -> {
            ObjectNode body = JSON.createObjectNode().put("query", asked);
            ArrayNode texts = body.putArray("texts");
            items.forEach(item -> texts.add(parts.get(item).path("text")));
            TeiPredictProtocol.options(body, server.rawScores(), server.truncate());
            requests.add(new ProtocolRequest("/rerank", body, items));
        });
        return requests;
    }

    @Override
    public List<Score> read(JsonNode answer, int items) throws Unusable {
        return Answers.byIndex(answer, items, "ranks", rank -> Answers.score(rank.path("score")));
    }
}
