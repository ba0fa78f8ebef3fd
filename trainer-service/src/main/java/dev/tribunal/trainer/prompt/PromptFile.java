package dev.tribunal.trainer.prompt;

import dev.tribunal.contracts.chat.Conversation;
import dev.tribunal.contracts.files.JsonLines;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
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

    private PromptFile() {}

    /** @throws JsonLines.InvalidLinesException naming the number of each bad line and what is wrong with it */
    public static List<Prompt> read(Path file) {
        AtomicInteger next = new AtomicInteger();
        return JsonLines.read(file, line -> prompt(next.getAndIncrement(), line));
    }

    private static Prompt prompt(int index, JsonNode line) {
        JsonLines.text(line, "baseline");
        return new Prompt(
                index,
                Conversation.of(line),
                object(line, "reference"),
                object(line, "metadata"),
                JsonLines.text(line, "completion"),
                line);
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
