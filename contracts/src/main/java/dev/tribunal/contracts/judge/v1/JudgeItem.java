package dev.tribunal.contracts.judge.v1;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.chat.Message;
import java.util.List;
import java.util.Map;

/**
 * One completion to judge.
 *
 * @param itemId unique within a request
 * @param messages the prompt, oldest turn first
 * @param reference what the prompt's data says is right, for example {@code answer}; may be empty
 * @param metadata what else the prompt's data says, for example {@code instruction_id_list}; may be empty
 */
public record JudgeItem(
        String itemId,
        List<Message> messages,
        CompletionText completion,
        Map<String, Object> reference,
        Map<String, Object> metadata) {

    public JudgeItem {
        messages = messages == null ? List.of() : List.copyOf(messages);
        reference = reference == null ? Map.of() : reference;
        metadata = metadata == null ? Map.of() : metadata;
    }
}
