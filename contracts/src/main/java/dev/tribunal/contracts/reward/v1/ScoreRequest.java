package dev.tribunal.contracts.reward.v1;

import dev.tribunal.contracts.chat.Message;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Completions to score. */
public record ScoreRequest(
        @Nullable String requestId,
        @Size(min = 1, max = ScoreRequest.MAX_ITEMS) List<Item> items) {

    public static final int MAX_ITEMS = 1024;

    /** @param messages the prompt, oldest turn first */
    public record Item(String itemId, List<Message> messages, String completion) {}
}
