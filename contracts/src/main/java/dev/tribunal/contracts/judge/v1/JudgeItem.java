package dev.tribunal.contracts.judge.v1;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.common.ItemIds;
import dev.tribunal.input.Default;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;

/**
 * One completion to judge.
 *
 * @param itemId unique within a request; a fixture of a registration may leave it out
 * @param messages the prompt, oldest turn first
 * @param reference what the prompt's data says is right, for example {@code answer}; may be empty
 * @param metadata what else the prompt's data says, for example {@code instruction_id_list}; may be empty
 */
public record JudgeItem(
        @Default("null") @Size(min = 1, max = ItemIds.MAX) String itemId,
        @Default("[]") @Size List<Message> messages,
        CompletionText completion,
        @Default("{}") @Size Map<String, Object> reference,
        @Default("{}") @Size Map<String, Object> metadata) {

    public JudgeItem {
        messages = messages == null ? List.of() : List.copyOf(messages);
        reference = reference == null ? Map.of() : reference;
        metadata = metadata == null ? Map.of() : metadata;
    }
}
