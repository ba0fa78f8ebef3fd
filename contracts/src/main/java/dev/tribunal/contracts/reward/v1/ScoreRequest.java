package dev.tribunal.contracts.reward.v1;

import dev.tribunal.contracts.chat.Message;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Completions to score. */
public record ScoreRequest(
        @Nullable String requestId,
        @Size(min = 1, max = ScoreRequest.MAX_ITEMS) List<Item> items) {

    public static final int MAX_ITEMS = 1024;

    /**
     * A completion to score. What it has beside messages and completion may be left out, and a reward model may pass it
     * over.
     *
     * @param messages the prompt, oldest turn first
     * @param finishReason {@code stop} if the completion came to its end, {@code length} if it was cut off; absent where
     *     that is not known
     * @param metadata what the prompt's data says, for reward models that look at more than the texts
     */
    public record Item(
            String itemId,
            List<Message> messages,
            String completion,
            @Nullable String finishReason,
            @Nullable Map<String, Object> metadata) {

        /** Of the texts alone. */
        public Item(String itemId, List<Message> messages, String completion) {
            this(itemId, messages, completion, null, null);
        }
    }
}
