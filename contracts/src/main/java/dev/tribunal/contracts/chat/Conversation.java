package dev.tribunal.contracts.chat;

import dev.tribunal.contracts.files.JsonLines;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** What a line of a prompt file asks: {@code prompt} (a text) or {@code messages} (each with role and content). */
public final class Conversation {

    private static final Set<String> ROLES = Set.of("system", "user", "assistant");

    private Conversation() {}

    /**
     * @return oldest turn first; never empty, and the last turn is not the assistant's
     * @throws IllegalArgumentException with what is wrong with the line
     */
    public static List<Message> of(JsonNode line) {
        String prompt = JsonLines.text(line, "prompt");
        JsonNode turns = line.path("messages");
        if ((prompt == null) == turns.isMissingNode()) {
            throw new IllegalArgumentException("needs either \"prompt\" or \"messages\"");
        }
        if (prompt != null) {
            return List.of(Message.user(prompt));
        }
        if (!turns.isArray() || turns.isEmpty()) {
            throw new IllegalArgumentException("\"messages\" is not a list of at least one message");
        }
        List<Message> messages = new ArrayList<>();
        for (JsonNode turn : turns) {
            messages.add(message(turn));
        }
        if (messages.getLast().role().equals("assistant")) {
            throw new IllegalArgumentException(
                    "\"messages\" ends with the assistant's turn: nothing is left to answer");
        }
        return List.copyOf(messages);
    }

    private static Message message(JsonNode turn) {
        String role = JsonLines.text(turn, "role");
        String content = JsonLines.text(turn, "content");
        if (role == null || content == null) {
            throw new IllegalArgumentException("each of \"messages\" needs \"role\" and \"content\"");
        }
        if (!ROLES.contains(role)) {
            throw new IllegalArgumentException("role '" + role + "' is none of system, user, assistant");
        }
        return new Message(role, content);
    }
}
