package dev.tribunal.local.generate;

import dev.tribunal.contracts.chat.Message;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a model is asked.
 *
 * @param prompt as a person wrote it; null if that was {@code messages}
 * @param rendered as the chat template writes it, or the prompt as it stands
 * @param ids of {@code rendered}; never empty
 * @param reference what judges compare completions with; may be empty
 * @param metadata what else judges read; may be empty
 */
public record Question(
        @Nullable String prompt,
        @Nullable List<Message> messages,
        String rendered,
        int[] ids,
        Map<String, Object> reference,
        Map<String, Object> metadata) {

    /** The conversation, however it was written. */
    public List<Message> conversation() {
        return messages == null ? List.of(Message.user(prompt == null ? rendered : prompt)) : messages;
    }

    /** Its first line, for people. */
    public String title() {
        String text = prompt != null
                ? prompt
                : messages == null ? rendered : messages.getLast().content();
        return text.strip().lines().findFirst().orElse("");
    }
}
