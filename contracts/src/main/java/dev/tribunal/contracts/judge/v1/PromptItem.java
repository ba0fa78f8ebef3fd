package dev.tribunal.contracts.judge.v1;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.common.ItemIds;
import dev.tribunal.input.Default;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;

/**
 * A {@link JudgeItem} before anything has been answered: what a line of a prompt file will give a judge with every
 * completion.
 *
 * @param itemId unique within a request
 * @param messages the prompt, oldest turn first
 * @param reference as in the item; may be empty
 * @param metadata as in the item; may be empty
 */
public record PromptItem(
        @Size(min = 1, max = ItemIds.MAX) String itemId,
        @Default("[]") @Size List<Message> messages,
        @Default("{}") @Size Map<String, Object> reference,
        @Default("{}") @Size Map<String, Object> metadata) {

    public PromptItem {
        messages = messages == null ? List.of() : List.copyOf(messages);
        reference = reference == null ? Map.of() : reference;
        metadata = metadata == null ? Map.of() : metadata;
    }
}
