package dev.tribunal.trainer.strategy;

import dev.tribunal.contracts.chat.Message;
import java.util.List;
import java.util.Map;

/**
 * A prompt.
 *
 * @param messages oldest turn first
 * @param ids of the conversation as it is given to the policy
 * @param reference what judges compare with
 * @param metadata what else judges read
 */
public record Asked(List<Message> messages, int[] ids, Map<String, Object> reference, Map<String, Object> metadata) {

    public Asked {
        messages = List.copyOf(messages);
        if (ids.length == 0) {
            throw new IllegalArgumentException("a prompt needs at least one token");
        }
    }

    /** For people who choose by the last thing that was said. */
    String lastMessage() {
        return messages.isEmpty() ? "" : messages.getLast().content();
    }
}
