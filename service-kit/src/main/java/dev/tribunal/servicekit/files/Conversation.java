package dev.tribunal.servicekit.files;

import dev.tribunal.contracts.chat.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a line of a prompt file asks: {@code prompt} (a text, or a list of messages) or {@code messages}. A message has
 * {@code role} and {@code content}: a text, or a list of parts {@code {"type": "text", "text": ...}}.
 */
public final class Conversation {

    private static final Set<String> ROLES = Set.of("system", "user", "assistant");
    private static final String PROMPT = "prompt";
    private static final String MESSAGES = "messages";

    /** A field by which another system's rows are known, and {@code prompts import}'s word for it. */
    private static final Map<String, String> OTHERS = Map.of("conversations", "sharegpt", "instruction", "alpaca");

    private Conversation() {}

    /**
     * @return oldest turn first; never empty, and the last turn is not the assistant's
     * @throws IllegalArgumentException with what is wrong with the line
     */
    public static List<Message> of(JsonNode line) {
        if (line.hasNonNull(PROMPT) && line.hasNonNull(MESSAGES)) {
            throw new IllegalArgumentException("has both \"prompt\" and \"messages\"; remove one of them");
        }
        if (line.hasNonNull(PROMPT)) {
            JsonNode prompt = line.get(PROMPT);
            return prompt.isArray() ? open(prompt, PROMPT) : List.of(Message.user(JsonValues.text(prompt, PROMPT)));
        }
        if (line.hasNonNull(MESSAGES)) {
            return open(line.get(MESSAGES), MESSAGES);
        }
        throw new IllegalArgumentException(missing(line));
    }

    /**
     * What answers the conversation: a text, or a list of one message of the assistant's.
     *
     * @return null if there is no such field
     * @throws IllegalArgumentException with what is wrong with it
     */
    public static @Nullable String answer(JsonNode line, String field) {
        JsonNode value = line.path(field);
        if (!value.isArray()) {
            return JsonLines.text(line, field);
        }
        List<Message> messages = messages(value, field);
        if (messages.size() != 1 || !messages.getFirst().role().equals("assistant")) {
            throw new IllegalArgumentException("\"" + field + "\" has " + messages.size()
                    + " messages, must be a text or a list of one message of the assistant's");
        }
        return messages.getFirst().content();
    }

    /**
     * @param turns a list of messages
     * @param name of the list, for messages
     * @return at least one
     * @throws IllegalArgumentException with what is wrong with it
     */
    public static List<Message> messages(JsonNode turns, String name) {
        if (!turns.isArray() || turns.isEmpty()) {
            throw new IllegalArgumentException(
                    "\"" + name + "\" is " + JsonValues.kind(turns) + ", must be a list of at least one message");
        }
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < turns.size(); i++) {
            messages.add(message(turns.get(i), name + "[" + i + "]"));
        }
        return List.copyOf(messages);
    }

    private static List<Message> open(JsonNode turns, String name) {
        List<Message> messages = messages(turns, name);
        if (messages.getLast().role().equals("assistant")) {
            throw new IllegalArgumentException("\"" + name + "\" ends with the assistant's turn: nothing is left to"
                    + " answer; './tribunal prompts import --from openai' makes that turn the line's completion");
        }
        return messages;
    }

    private static Message message(JsonNode turn, String name) {
        if (!turn.isObject()) {
            throw new IllegalArgumentException("\"" + name + "\" is " + JsonValues.kind(turn)
                    + ", must be a message: an object with \"role\" and \"content\"");
        }
        if (turn.has("from") && turn.has("value")) {
            throw new IllegalArgumentException("\"" + name + "\" has \"from\" and \"value\" as ShareGPT writes them;"
                    + " './tribunal prompts import --from sharegpt' makes a prompt file of it");
        }
        String role = JsonValues.text(turn.path("role"), name + ".role");
        if (!ROLES.contains(role)) {
            throw new IllegalArgumentException(
                    "\"" + name + ".role\" is '" + role + "', must be system, user or assistant");
        }
        return new Message(role, content(turn.path("content"), role, name + ".content"));
    }

    private static String content(JsonNode content, String role, String name) {
        String text;
        if (content.isArray()) {
            StringBuilder parts = new StringBuilder();
            for (int i = 0; i < content.size(); i++) {
                parts.append(part(content.get(i), name + "[" + i + "]"));
            }
            text = parts.toString();
        } else if (content.isString()) {
            text = content.stringValue();
        } else {
            throw new IllegalArgumentException("\"" + name + "\" is "
                    + (content.isMissingNode() ? "missing" : JsonValues.kind(content))
                    + ", must be a text or a list of text parts");
        }
        if (text.isBlank() && !role.equals("system")) {
            throw new IllegalArgumentException("\"" + name + "\" is blank");
        }
        return text;
    }

    private static String part(JsonNode part, String name) {
        String type = part.path("type").asString("");
        JsonNode text = part.path("text");
        if (type.equals("text") && text.isString()) {
            return text.stringValue();
        }
        throw new IllegalArgumentException("\"" + name + "\" is "
                + (type.isEmpty() || type.equals("text")
                        ? JsonValues.kind(part) + ", must be a part {\"type\": \"text\", \"text\": ...}"
                        : "of type '" + type + "': only texts can be answered here; leave the line out"));
    }

    private static String missing(JsonNode line) {
        for (String field : List.of(PROMPT, MESSAGES)) {
            if (line.path(field).isNull()) {
                return "\"" + field + "\" is null: needs \"prompt\" (a text) or \"messages\" (a list)";
            }
        }
        for (Map.Entry<String, String> other : OTHERS.entrySet()) {
            if (line.has(other.getKey())) {
                return "has neither \"prompt\" nor \"messages\" but \"" + other.getKey()
                        + "\"; './tribunal prompts import --from " + other.getValue()
                        + "' makes a prompt file of such rows";
            }
        }
        List<String> fields = line.propertyNames().stream().limit(8).toList();
        return "has neither \"prompt\" nor \"messages\""
                + (fields.isEmpty() ? "" : "; its fields are " + String.join(", ", fields));
    }
}
