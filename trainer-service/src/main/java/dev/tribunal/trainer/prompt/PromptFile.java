package dev.tribunal.trainer.prompt;

import dev.tribunal.servicekit.files.Conversation;
import dev.tribunal.servicekit.files.JsonLines;
import dev.tribunal.servicekit.files.JsonValues;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads prompt files: JSON lines of {@code prompt} (a text or a list of messages) or {@code messages} (role and content),
 * and optionally {@code reference} and {@code metadata} (objects), {@code baseline}, {@code completion}, {@code chosen} and
 * {@code rejected} (texts; the last three also as a list of one message). Other fields are kept for {@link Prompt#baselineCompletion}.
 */
public final class PromptFile {

    private static final JsonMapper JSON = new JsonMapper();
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private PromptFile() {}

    /**
     * All prompts of a file.
     *
     * @param digest the file's SHA-256
     */
    public record Contents(List<Prompt> prompts, String digest) {}

    /** @throws JsonLines.InvalidLinesException naming the number of each bad line and what is wrong with it */
    public static Contents read(Path file) {
        List<Prompt> prompts = new ArrayList<>();
        String digest =
                JsonLines.scan(file, (JsonLines.Line line) -> prompts.add(prompt(prompts.size(), line.object())));
        return new Contents(prompts, digest);
    }

    /**
     * @param index the line's among those that are not blank, from 0
     * @throws IllegalArgumentException with what is wrong with the line
     */
    public static Prompt prompt(int index, JsonNode line) {
        JsonLines.text(line, "baseline");
        return new Prompt(
                index,
                Conversation.of(line),
                object(line, "reference"),
                object(line, "metadata"),
                Conversation.answer(line, "completion"),
                Conversation.answer(line, "chosen"),
                Conversation.answer(line, "rejected"),
                line);
    }

    private static Map<String, Object> object(JsonNode line, String field) {
        JsonNode value = line.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Map.of();
        }
        if (!value.isObject()) {
            throw new IllegalArgumentException(
                    "\"" + field + "\" is " + JsonValues.kind(value) + ", must be an object");
        }
        return JSON.convertValue(value, OBJECT);
    }
}
