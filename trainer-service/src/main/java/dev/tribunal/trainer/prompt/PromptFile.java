package dev.tribunal.trainer.prompt;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.files.JsonLines;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads prompt files: JSON lines of {@code prompt} (a text) or {@code messages} (role and content), and optionally
 * {@code reference} and {@code metadata} (objects), {@code baseline} and {@code completion} (texts). Other fields are
 * kept for {@link Prompt#baseline}.
 */
public final class PromptFile {

    private static final JsonMapper JSON = new JsonMapper();
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};
    private static final Set<String> ROLES = Set.of("system", "user", "assistant");

    private PromptFile() {}

    /** @throws JsonLines.InvalidLinesException naming the number of each bad line and what is wrong with it */
    public static List<Prompt> read(Path file) {
        AtomicInteger next = new AtomicInteger();
        return JsonLines.read(file, line -> prompt(next.getAndIncrement(), line));
    }

    private static Prompt prompt(int index, JsonNode line) {
        text(line, "baseline");
        return new Prompt(
                index,
                messages(line),
                object(line, "reference"),
                object(line, "metadata"),
                text(line, "completion"),
                line);
    }

    private static List<Message> messages(JsonNode line) {
        String prompt = text(line, "prompt");
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
        String role = text(turn, "role");
        String content = text(turn, "content");
        if (role == null || content == null) {
            throw new IllegalArgumentException("each of \"messages\" needs \"role\" and \"content\"");
        }
        if (!ROLES.contains(role)) {
            throw new IllegalArgumentException("role '" + role + "' is none of system, user, assistant");
        }
        return new Message(role, content);
    }

    private static @Nullable String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isString() || value.asString().isBlank()) {
            throw new IllegalArgumentException("\"" + field + "\" is not a text with something in it");
        }
        return value.asString();
    }

    private static Map<String, Object> object(JsonNode line, String field) {
        JsonNode value = line.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Map.of();
        }
        if (!value.isObject()) {
            throw new IllegalArgumentException("\"" + field + "\" is not an object");
        }
        return JSON.convertValue(value, OBJECT);
    }
}
