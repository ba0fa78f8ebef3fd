package dev.tribunal.servicekit.protocols;

import dev.tribunal.servicekit.json.Shown;
import dev.tribunal.servicekit.json.StrictJson;
import dev.tribunal.servicekit.json.StrictJson.Malformed;
import dev.tribunal.servicekit.protocols.Protocol.Unusable;
import dev.tribunal.servicekit.protocols.Score.Given;
import dev.tribunal.servicekit.protocols.Score.Missing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads other systems' answers: a number is taken only where there is one, and it is finite. */
final class Answers {

    private static final int MAX_SHOWN = 200;

    private Answers() {}

    static JsonNode json(byte[] body) throws Unusable {
        try {
            return StrictJson.read(body);
        } catch (Malformed e) {
            throw new Unusable("malformed_answer", "the answer " + e.what());
        }
    }

    static Score score(JsonNode number) {
        try {
            if (number.isNumber() && Double.isFinite(number.doubleValue())) {
                return new Given(number.doubleValue());
            }
        } catch (JacksonException tooLarge) {
            // said below
        }
        return number.isMissingNode() || number.isNull()
                ? new Missing("missing_score", "the answer has no score for this item")
                : new Missing("non_finite_score", "the score is " + shown(number) + ", not a finite number");
    }

    /** A list with one entry an item, in the order asked. */
    static List<JsonNode> inOrder(JsonNode list, int items, String what) throws Unusable {
        requireList(list, what);
        if (list.size() != items) {
            throw new Unusable(
                    "wrong_count", "the answer has " + list.size() + " " + what + " for " + items + " items");
        }
        return List.copyOf(list.values());
    }

    /** A list of entries that name their item by its position, in any order. */
    static List<Score> byIndex(JsonNode list, int items, String what, Function<JsonNode, Score> score) throws Unusable {
        requireList(list, what);
        Map<Integer, @Nullable JsonNode> byItem = new HashMap<>();
        for (JsonNode entry : list) {
            JsonNode index = entry.path("index");
            if (index.isIntegralNumber() && index.canConvertToInt()) {
                byItem.merge(
                        index.intValue(),
                        entry,
                        (first, second) -> JsonMapper.shared().missingNode());
            }
        }
        List<Score> scores = new ArrayList<>(items);
        for (int i = 0; i < items; i++) {
            JsonNode entry = byItem.get(i);
            if (entry == null) {
                scores.add(new Missing("missing_item", "the answer has nothing for this item"));
            } else if (entry.isMissingNode()) {
                scores.add(new Missing("duplicate_item", "the answer has several results for this item"));
            } else {
                scores.add(score.apply(entry));
            }
        }
        return scores;
    }

    private static void requireList(JsonNode list, String what) throws Unusable {
        if (!list.isArray()) {
            throw new Unusable("malformed_answer", "the answer has no list of " + what);
        }
    }

    static String shown(JsonNode node) {
        return Shown.shortened(node.toString(), MAX_SHOWN);
    }
}
