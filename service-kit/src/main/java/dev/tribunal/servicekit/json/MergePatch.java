package dev.tribunal.servicekit.json;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** JSON merge patches (RFC 7396). */
public final class MergePatch {

    private MergePatch() {}

    /**
     * @param target is changed, if it is an object
     * @return what comes of it
     */
    public static JsonNode apply(JsonNode target, JsonNode patch) {
        if (!(patch instanceof ObjectNode fields)) {
            return patch;
        }
        ObjectNode into = target instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
        fields.forEachEntry((field, value) -> {
            if (value.isNull()) {
                into.remove(field);
            } else {
                into.set(field, apply(into.path(field), value));
            }
        });
        return into;
    }
}
