package dev.tribunal.servicekit.protocols;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.common.ScoringServer;
import dev.tribunal.servicekit.protocols.Protocol.ProtocolRequest;
import dev.tribunal.servicekit.protocols.Protocol.Unusable;
import dev.tribunal.servicekit.protocols.Score.Missing;
import dev.tribunal.servicekit.protocols.Template.NoSuchVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Asks a server of another system for scores. It is as safe for threads as the exchange that it is given. */
public final class ScoringClient {

    private final Protocol protocol;

    /** @throws IllegalArgumentException if a template is wrong; {@link #errors} names all that are */
    public ScoringClient(ScoringServer server) {
        this.protocol = Protocol.of(server);
    }

    /** Sends one request, through whatever guards it. */
    @FunctionalInterface
    public interface Exchange<E extends Exception> {

        /**
         * @param path below the server's base URL; may be empty
         * @return the body of a good answer
         */
        byte[] post(String path, byte[] body) throws E;
    }

    /**
     * @param scores one an item, in order
     * @param fault why an answer as a whole was unusable; absent if all were usable
     */
    public record Scores(List<Score> scores, @Nullable Missing fault) {}

    /** Whether each item needs a request of its own, so that several may as well be sent apart. */
    public static boolean oneItemARequest(ScoringServer server) {
        return server instanceof ScoringServer.NemoGym;
    }

    /** What is wrong with a server's settings; pointers are from their root. */
    public static List<FieldError> errors(ScoringServer server) {
        List<FieldError> errors = new ArrayList<>();
        templates(server).forEach((pointer, text) -> {
            try {
                Template.of(text);
            } catch (IllegalArgumentException e) {
                errors.add(new FieldError(pointer, String.valueOf(e.getMessage())));
            }
        });
        if (server instanceof ScoringServer.NemoGym(Map<String, String> fields) && fields != null) {
            fields.keySet().stream()
                    .filter(NemoGymProtocol.OWN_FIELDS::contains)
                    .forEach(name -> errors.add(
                            new FieldError("/fields/" + name, "is written by the protocol; choose another name")));
        }
        return errors;
    }

    private static Map<String, String> templates(ScoringServer server) {
        Map<String, @Nullable String> templates = new LinkedHashMap<>();
        switch (server) {
            case ScoringServer.OpenRlhf openRlhf -> {
                templates.put("/query", openRlhf.query());
                templates.put("/prompt", openRlhf.prompt());
                templates.put("/label", openRlhf.label());
            }
            case ScoringServer.NemoGym(Map<String, String> fields) -> {
                if (fields != null) {
                    fields.forEach((name, text) -> templates.put("/fields/" + name, text));
                }
            }
            case ScoringServer.TeiPredict predict -> {
                templates.put("/text", predict.text());
                templates.put("/textPair", predict.textPair());
            }
            case ScoringServer.TeiRerank rerank -> {
                templates.put("/query", rerank.query());
                templates.put("/text", rerank.text());
            }
            case ScoringServer.VllmClassify classify -> templates.put("/text", classify.text());
            case ScoringServer.VllmScore score -> {
                templates.put("/text1", score.text1());
                templates.put("/text2", score.text2());
            }
        }
        Map<String, String> given = new LinkedHashMap<>();
        templates.forEach((pointer, text) -> {
            if (text != null) {
                given.put(pointer, text);
            }
        });
        return given;
    }

    /** What a prompt's data lacks that a template wants of it, so that no completion can be scored; null if nothing. */
    public @Nullable String lack(ScoredItem item) {
        try {
            protocol.part(Template.variables(item));
            return null;
        } catch (NoSuchVariable e) {
            return e.ofItem() ? e.getMessage() : null;
        }
    }

    /**
     * Asks about all items; one of which a template wants something that it has not is not asked about.
     *
     * @throws E as the exchange does: then no item has a score
     */
    public <E extends Exception> Scores scores(List<ScoredItem> items, Exchange<E> exchange) throws E {
        @Nullable Score[] scores = new Score[items.size()];
        List<Integer> asked = new ArrayList<>();
        List<JsonNode> parts = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            try {
                parts.add(protocol.part(Template.variables(items.get(i))));
                asked.add(i);
            } catch (NoSuchVariable e) {
                scores[i] = new Missing("missing_field", String.valueOf(e.getMessage()));
            }
        }
        Missing fault = null;
        for (ProtocolRequest request : parts.isEmpty() ? List.<ProtocolRequest>of() : protocol.requests(parts)) {
            byte[] answer = exchange.post(request.path(), Protocol.JSON.writeValueAsBytes(request.body()));
            try {
                List<Score> read =
                        protocol.read(Answers.json(answer), request.items().size());
                for (int i = 0; i < read.size(); i++) {
                    scores[asked.get(request.items().get(i))] = read.get(i);
                }
            } catch (Unusable e) {
                fault = new Missing(e.code(), String.valueOf(e.getMessage()));
                for (int item : request.items()) {
                    scores[asked.get(item)] = fault;
                }
            }
        }
        return new Scores(List.copyOf(Arrays.asList(scores)), fault);
    }
}
