package dev.tribunal.servicekit.protocols;

import dev.tribunal.contracts.chat.Message;
import java.util.List;
import java.util.Map;

/**
 * A completion that a server of another system is to score.
 *
 * @param messages the prompt, oldest turn first
 * @param reference what the prompt's data says is right
 * @param metadata what else the prompt's data says
 */
public record ScoredItem(
        List<Message> messages, String completion, Map<String, Object> reference, Map<String, Object> metadata) {}
