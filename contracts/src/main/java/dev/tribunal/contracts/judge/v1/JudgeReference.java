package dev.tribunal.contracts.judge.v1;

import dev.tribunal.input.Default;
import java.util.Map;

/** Which judge is asked, and how: {@code parameters} are the task's, and mean what the judge says they mean. */
public record JudgeReference(
        String name, String version, @Default("{}") Map<String, Object> parameters) {

    public JudgeReference {
        parameters = parameters == null ? Map.of() : parameters;
    }
}
