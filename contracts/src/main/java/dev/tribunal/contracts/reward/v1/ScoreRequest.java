package dev.tribunal.contracts.reward.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.common.ItemIds;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Findings;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Completions to score. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ScoreRequest(
        @Nullable @Size(max = 4096) String requestId,
        @Size(min = 1, max = ScoreRequest.MAX_ITEMS) List<Item> items) implements Checked {

    public static final int MAX_ITEMS = 1024;

    @Override
    public void check(Findings findings) {
        ItemIds.check(items, Item::itemId, findings);
    }

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
            @Size(min = 1, message = "must hold the prompt") List<Message> messages,
            @Size String completion,
            @Nullable @Size(max = 4096) String finishReason,
            @Nullable @Size Map<String, Object> metadata) {

        /** Of the texts alone. */
        public Item(String itemId, List<Message> messages, String completion) {
            this(itemId, messages, completion, null, null);
        }
    }
}
