package dev.tribunal.servicekit.protocols;

import dev.tribunal.contracts.common.ScoringServer;
import dev.tribunal.servicekit.protocols.Template.NoSuchVariable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code {"query": [...], "prompts": [...], "labels": [...]} -> {"rewards": [...]}}, one of each an item, in order.
 * {@code scores} and {@code extra_logs}, which newer servers add, are not read. There is no authentication and no
 * form for errors but the status.
 *
 * @see <a href="https://github.com/OpenRLHF/OpenRLHF/blob/main/openrlhf/cli/serve_rm.py">OpenRLHF: serve_rm.py</a>
 * @see <a href="https://github.com/OpenRLHF/OpenRLHF/blob/main/openrlhf/utils/agent.py">OpenRLHF: agent.py, the
 *     client</a>
 */
final class OpenRlhfProtocol implements Protocol {

    private final Template query;
    private final Template prompt;
    private final @Nullable Template label;

    OpenRlhfProtocol(ScoringServer.OpenRlhf server) {
        this.query = Protocol.template(server.query(), ScoringServer.PROMPT + ScoringServer.COMPLETION);
        this.prompt = Protocol.template(server.prompt(), ScoringServer.PROMPT);
        this.label = server.label() == null ? null : Template.of(server.label());
    }

    @Override
    public JsonNode part(JsonNode variables) throws NoSuchVariable {
        return JSON.createObjectNode()
                .put("query", query.render(variables))
                .put("prompts", prompt.render(variables))
                .put(
                        "labels",
                        label == null ? variables.path("item").path("answer").asString("") : label.render(variables));
    }

    @Override
    public List<ProtocolRequest> requests(List<JsonNode> parts) {
        ObjectNode body = JSON.createObjectNode();
        for (String field : List.of("query", "prompts", "labels")) {
            body.putArray(field)
                    .addAll(parts.stream().map(part -> part.path(field)).toList());
        }
        return List.of(ProtocolRequest.ofAll("", body, parts));
    }

    @Override
    public List<Score> read(JsonNode answer, int items) throws Unusable {
        List<Score> scores = new ArrayList<>(items);
        for (JsonNode reward : Answers.inOrder(answer.path("rewards"), items, "rewards")) {
            scores.add(Answers.score(reward));
        }
        return scores;
    }
}
