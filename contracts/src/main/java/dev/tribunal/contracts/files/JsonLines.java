package dev.tribunal.contracts.files;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads files of one JSON object a line; blank lines are passed over. */
public final class JsonLines {

    private static final int MAX_REPORTED = 10;
    private static final int MAX_LINES = 5_000_000;
    private static final JsonMapper JSON = new JsonMapper();

    private JsonLines() {}

    /**
     * @param parse turns a line's object into a value, or throws {@link IllegalArgumentException} with a message
     * @throws InvalidLinesException naming the number of each bad line, or that the file is empty or unreadable
     */
    public static <T> List<T> read(Path file, Function<JsonNode, T> parse) {
        List<T> values = new ArrayList<>();
        List<String> mistakes = new ArrayList<>();
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            int number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (number > MAX_LINES) {
                    throw new InvalidLinesException(file, List.of("more than " + MAX_LINES + " lines"));
                }
                if (!line.isBlank()) {
                    try {
                        values.add(parse.apply(object(line)));
                    } catch (IllegalArgumentException e) {
                        mistakes.add("line " + number + ": " + e.getMessage());
                    }
                }
            }
        } catch (CharacterCodingException e) {
            throw new InvalidLinesException(file, List.of("not UTF-8 text"));
        } catch (IOException e) {
            throw new InvalidLinesException(file, List.of("cannot be read: " + e.getMessage()));
        }
        if (!mistakes.isEmpty()) {
            throw new InvalidLinesException(file, mistakes);
        }
        if (values.isEmpty()) {
            throw new InvalidLinesException(file, List.of("has no lines"));
        }
        return values;
    }

    /**
     * @return null if there is no such field
     * @throws IllegalArgumentException if it is not a text, or a blank one
     */
    public static @Nullable String text(JsonNode object, String field) {
        JsonNode value = object.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isString() || value.asString().isBlank()) {
            throw new IllegalArgumentException("\"" + field + "\" is not a text with something in it");
        }
        return value.asString();
    }

    private static JsonNode object(String line) {
        try {
            JsonNode node = JSON.readTree(line);
            if (!node.isObject()) {
                throw new IllegalArgumentException("is not a JSON object");
            }
            return node;
        } catch (JacksonException e) {
            throw new IllegalArgumentException("is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** A file with bad lines: the message has the first few of them. */
    public static final class InvalidLinesException extends RuntimeException {

        InvalidLinesException(Path file, List<String> mistakes) {
            super(file + ": "
                    + String.join("; ", mistakes.subList(0, Math.min(mistakes.size(), MAX_REPORTED)))
                    + (mistakes.size() > MAX_REPORTED ? "; and " + (mistakes.size() - MAX_REPORTED) + " more" : ""));
        }
    }
}
