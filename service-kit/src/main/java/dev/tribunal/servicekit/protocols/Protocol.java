package dev.tribunal.servicekit.protocols;

import dev.tribunal.contracts.common.ScoringServer;
import dev.tribunal.servicekit.protocols.Template.NoSuchVariable;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How one kind of server is asked about items, and how its answers are read. It keeps nothing and sends nothing. */
interface Protocol {

    JsonMapper JSON = new JsonMapper();

    /** What a request will say of one item. */
    JsonNode part(JsonNode variables) throws NoSuchVariable;

    /** @param parts of items, all that are asked about */
    List<ProtocolRequest> requests(List<JsonNode> parts);

    /**
     * @param items how many the request was about
     * @return one score an item, in the order asked
     */
    List<Score> read(JsonNode answer, int items) throws Unusable;

    /**
     * One request.
     *
     * @param path below the server's base URL
     * @param items positions of those it is about
     */
    record ProtocolRequest(String path, JsonNode body, List<Integer> items) {

        static ProtocolRequest ofAll(String path, JsonNode body, List<JsonNode> parts) {
            return new ProtocolRequest(
                    path, body, IntStream.range(0, parts.size()).boxed().toList());
        }
    }

    static Protocol of(ScoringServer server) {
        return switch (server) {
            case ScoringServer.OpenRlhf openRlhf -> new OpenRlhfProtocol(openRlhf);
            case ScoringServer.NemoGym nemoGym -> new NemoGymProtocol(nemoGym);
            case ScoringServer.TeiPredict predict -> new TeiPredictProtocol(predict);
            case ScoringServer.TeiRerank rerank -> new TeiRerankProtocol(rerank);
            case ScoringServer.VllmClassify classify -> new VllmClassifyProtocol(classify);
            case ScoringServer.VllmScore score -> new VllmScoreProtocol(score);
        };
    }

    static Template template(@Nullable String given, String otherwise) {
        return Template.of(given == null ? otherwise : given);
    }

    /** The answer as a whole says nothing about its items. */
    final class Unusable extends Exception {

        private final String code;

        Unusable(String code, String detail) {
            super(detail, null, false, false);
            this.code = code;
        }

        String code() {
            return code;
        }
    }
}
