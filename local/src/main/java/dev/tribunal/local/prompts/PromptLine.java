package dev.tribunal.local.prompts;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A line of a prompt file.
 *
 * @param reference what a judge checks a completion against, for example {@code answer}
 * @param baseline the baseline completion, if the data set has a reply to the prompt
 * @param metadata whatever else the data set says
 */
@JsonPropertyOrder({"prompt", "reference", "baseline", "metadata"})
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record PromptLine(
        String prompt, Map<String, String> reference, @Nullable String baseline, Map<String, Object> metadata) {

    PromptLine {
        if (prompt.isBlank()) {
            throw new IllegalArgumentException("the prompt is empty");
        }
    }
}
