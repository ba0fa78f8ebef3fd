package dev.tribunal.judge.protocols.grader;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The JSON schema of a model grader's answer. */
final class GraderSchema {

    private GraderSchema() {}

    /** @param result the schema of the result itself */
    static Map<String, Object> of(Map<String, Object> result) {
        Map<String, Object> text = Map.of("type", "string");
        Map<String, Object> step = new LinkedHashMap<>();
        step.put("description", text);
        step.put("conclusion", text);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("steps", Map.of("type", "array", "items", object(step)));
        answer.put("result", result);
        return object(answer);
    }

    /** In the order given, all of them required and no others allowed, as strict schemas demand. */
    private static Map<String, Object> object(Map<String, Object> properties) {
        return Map.of(
                "type",
                "object",
                "properties",
                properties,
                "required",
                List.copyOf(properties.keySet()),
                "additionalProperties",
                false);
    }
}
