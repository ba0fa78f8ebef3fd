package dev.tribunal.contracts.reward.v1;

import dev.tribunal.contracts.chat.Message;
import java.util.List;

/** Completions to score. */
public record ScoreRequest(String requestId, List<Item> items) {

    /** @param messages the prompt, oldest turn first */
    public record Item(String itemId, List<Message> messages, String completion) {}
}
