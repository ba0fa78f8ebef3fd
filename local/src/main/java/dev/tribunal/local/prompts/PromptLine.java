package dev.tribunal.local.prompts;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.tribunal.contracts.chat.Message;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A line of a prompt file, or of a file of preference pairs.
 *
 * @param prompt what one user's turn asks; absent if there are messages
 * @param messages the conversation so far; empty if there is a prompt
 * @param reference what a judge checks a completion against, for example {@code answer}
 * @param baseline the baseline completion, if the data set has a reply to the prompt
 * @param completion what supervised fine-tuning teaches
 * @param chosen the better completion of a pair
 * @param rejected the worse one
 * @param metadata whatever else the data set says
 */
@JsonPropertyOrder({"prompt", "messages", "reference", "baseline", "completion", "chosen", "rejected", "metadata"})
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record PromptLine(
        @Nullable String prompt,
        List<Message> messages,
        Map<String, String> reference,
        @Nullable String baseline,
        @Nullable String completion,
        @Nullable String chosen,
        @Nullable String rejected,
        Map<String, Object> metadata) {

    PromptLine {
        if (prompt == null ? messages.isEmpty() : prompt.isBlank()) {
            throw new IllegalArgumentException("the prompt is empty");
        }
    }

    PromptLine(String prompt, Map<String, String> reference, @Nullable String baseline, Map<String, Object> metadata) {
        this(prompt, List.of(), reference, baseline, null, null, null, metadata);
    }

    /** A single user's turn is written as its text. */
    static PromptLine of(List<Message> messages, @Nullable String completion) {
        Message only = messages.getFirst();
        return messages.size() == 1 && only.role().equals("user")
                ? new PromptLine(only.content(), List.of(), Map.of(), null, completion, null, null, Map.of())
                : new PromptLine(null, List.copyOf(messages), Map.of(), null, completion, null, null, Map.of());
    }

    PromptLine withReference(Map<String, String> other) {
        return new PromptLine(prompt, messages, other, baseline, completion, chosen, rejected, metadata);
    }

    PromptLine withMetadata(Map<String, Object> other) {
        return new PromptLine(prompt, messages, reference, baseline, completion, chosen, rejected, other);
    }

    PromptLine withPair(String better, String worse) {
        return new PromptLine(prompt, messages, reference, baseline, completion, better, worse, metadata);
    }
}
