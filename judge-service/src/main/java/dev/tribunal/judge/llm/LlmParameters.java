package dev.tribunal.judge.llm;

import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.input.InputReader;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a task may tell a judge that asks a language model.
 *
 * @param threshold the least score of a satisfied item; without it, the judge's own
 */
record LlmParameters(@Min(0) @Max(1) @Nullable Double threshold) {

    static Input<LlmParameters> read(Map<String, Object> parameters) {
        return InputReader.read(LlmParameters.class, parameters);
    }

    /** @param parameters have been found without a mistake */
    static double threshold(Map<String, Object> parameters, double otherwise) {
        Double given = read(parameters).required().threshold();
        return given == null ? otherwise : given;
    }
}
