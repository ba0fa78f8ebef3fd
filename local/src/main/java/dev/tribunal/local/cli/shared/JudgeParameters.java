package dev.tribunal.local.cli.shared;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Parameters of judges as a person types them: {@code KEY=VALUE}, the value JSON or else a text. */
public final class JudgeParameters {

    private static final JsonMapper JSON = new JsonMapper();

    private JudgeParameters() {}

    public static Map<String, Object> values(Map<String, String> typed) {
        Map<String, Object> values = new LinkedHashMap<>();
        typed.forEach((key, value) -> values.put(key, value(value)));
        return values;
    }

    private static Object value(String text) {
        try {
            return JSON.readValue(text, Object.class);
        } catch (JacksonException notJson) {
            return text;
        }
    }
}
