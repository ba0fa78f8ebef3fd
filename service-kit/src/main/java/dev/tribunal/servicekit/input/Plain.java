package dev.tribunal.servicekit.input;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** JSON as Java's own texts, numbers, lists and maps. */
final class Plain {

    private Plain() {}

    static @Nullable Object of(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> {
                Map<String, @Nullable Object> object = new LinkedHashMap<>();
                value.properties().forEach(entry -> object.put(entry.getKey(), of(entry.getValue())));
                yield object;
            }
            case ARRAY -> value.values().stream().map(Plain::of).toList();
            case STRING -> value.stringValue();
            case BOOLEAN -> value.booleanValue();
            case NUMBER -> value.numberValue();
            case BINARY, MISSING, NULL, POJO -> null;
        };
    }
}
