package dev.tribunal.local.generate;

import dev.tribunal.contracts.chat.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model is asked.
 *
 * @param prompt as a person wrote it; null if that was {@code messages}
 * @param rendered as the chat template writes it, or the prompt as it stands
 * @param ids of {@code rendered}; never empty
 */
public record Question(@Nullable String prompt, @Nullable List<Message> messages, String rendered, int[] ids) {

    /** Its first line, for people. */
    public String title() {
        String text = prompt != null
                ? prompt
                : messages == null ? rendered : messages.getLast().content();
        return text.strip().lines().findFirst().orElse("");
    }
}
