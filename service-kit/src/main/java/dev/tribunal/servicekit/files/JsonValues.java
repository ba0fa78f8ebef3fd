package dev.tribunal.servicekit.files;

import dev.tribunal.servicekit.json.Shown;
import dev.tribunal.servicekit.json.StorableText;
import dev.tribunal.servicekit.json.StrictJson;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Objects of JSON, read strictly, and what is wrong with those that are none, in a user's words. */
public final class JsonValues {

    static final String UNFINISHED = "is not JSON: it ends while a text, a list or an object is still open";

    private static final int SHOWN = 40;

    /** Refuses a field that stands twice in an object, and nesting that no data has. */
    static final JsonMapper STRICT = StrictJson.strict(JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(StrictJson.MAX_DEPTH)
                            .build())
                    .build()))
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS) // looked for here, and told in other words
            .build();

    private static final Pattern DOUBLED = Pattern.compile("Duplicate Object property \"(.*)\"", Pattern.DOTALL);
    private static final Pattern TOKEN = Pattern.compile("(?:Unrecognized|Non-standard) token '([^']*)'");
    private static final Map<String, String> PYTHON =
            Map.of("None", "null", "True", "true", "False", "false", "NaN", "null", "Infinity", "null", "nan", "null");

    private JsonValues() {}

    /**
     * @param text one JSON object
     * @throws IllegalArgumentException with what is wrong
     */
    static JsonNode object(String text) {
        JsonNode value;
        try (JsonParser parser = STRICT.createParser(text)) {
            value = STRICT.readTree(parser);
            if (value == null || value.isMissingNode()) {
                throw new IllegalArgumentException("is not JSON: there is nothing but white space");
            }
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException(
                        "has something after the end of its JSON value; write each object on a line of its own");
            }
        } catch (JacksonException e) {
            throw new IllegalArgumentException(problem(e, text), e);
        }
        return checked(value);
    }

    /** @throws IllegalArgumentException unless it is an object all of which can be stored */
    static JsonNode checked(JsonNode value) {
        if (!value.isObject()) {
            throw new IllegalArgumentException("is not a JSON object but " + kind(value));
        }
        requireStorable(value, "");
        return value;
    }

    /** PostgreSQL's texts hold neither NUL nor halves of surrogate pairs, and JSON no infinite number. */
    private static void requireStorable(JsonNode node, String at) {
        if (node.isString()) {
            requireStorable(node.stringValue(), at);
        } else if (node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue())) {
            throw new IllegalArgumentException("\"" + at + "\" is a number too large for a double");
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            requireStorable(node.get(i), at + "[" + i + "]");
        }
        if (node.isObject()) {
            node.properties().forEach(field -> {
                String name = at.isEmpty() ? field.getKey() : at + "." + field.getKey();
                requireStorable(field.getKey(), Shown.shortened(name, SHOWN));
                requireStorable(field.getValue(), name);
            });
        }
    }

    private static void requireStorable(String text, String at) {
        if (StorableText.hasNul(text)) {
            throw new IllegalArgumentException("\"" + at.replace("\0", "") + "\" has a NUL character; remove it");
        }
        if (!StorableText.isWhole(text)) {
            throw new IllegalArgumentException("\"" + (StorableText.isWhole(at) ? at : "a field's name")
                    + "\" has half a surrogate pair (such as \\ud83d alone); write the whole character, or remove it");
        }
    }

    /**
     * @param name of the value, for the message
     * @throws IllegalArgumentException if it is not a text, or a blank one
     */
    public static String text(JsonNode value, String name) {
        if (!value.isString()) {
            throw new IllegalArgumentException(
                    "\"" + name + "\" is " + (value.isMissingNode() ? "missing" : kind(value) + ", must be a text"));
        }
        if (value.stringValue().isBlank()) {
            throw new IllegalArgumentException("\"" + name + "\" is blank");
        }
        return value.stringValue();
    }

    /** What a value is, in words: {@code a list}, {@code the number 4}. */
    public static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> value.isEmpty() ? "an empty list" : "a list";
            case OBJECT -> "an object";
            case STRING -> "the text \"" + Shown.shortened(value.stringValue(), SHOWN) + "\"";
            case NUMBER -> "the number " + Shown.shortened(value.asString(), SHOWN);
            case BOOLEAN -> value.asString();
            case NULL -> "null";
            case MISSING, BINARY, POJO -> "nothing";
        };
    }

    /** A mistake in words of the format, without the parser's. */
    static String problem(JacksonException e, String text) {
        String message = String.valueOf(e.getOriginalMessage());
        Matcher doubled = DOUBLED.matcher(message);
        if (doubled.find()) {
            return "has the field \"" + Shown.shortened(doubled.group(1), SHOWN)
                    + "\" twice in one object; keep one of them";
        }
        return switch (e) {
            case UnexpectedEndOfInputException end -> UNFINISHED;
            case StreamConstraintsException limit
            when message.contains("nesting") -> "is nested deeper than " + StrictJson.MAX_DEPTH + " levels";
            case StreamConstraintsException limit -> "has a name or a number that is too long to read";
            default ->
                message.contains("end-of-input")
                        ? UNFINISHED
                        : "is not JSON" + reason(message, text, e.getLocation().getColumnNr() - 1);
        };
    }

    private static String reason(String message, String text, int column) {
        Matcher token = TOKEN.matcher(message);
        if (token.find()) {
            String word = token.group(1);
            String instead = PYTHON.get(word);
            return ": it has " + Shown.shortened(word, SHOWN)
                    + (instead == null ? "" : ", which JSON writes " + instead);
        }
        if (column < 0 || column >= text.length()) {
            return "";
        }
        char there = text.charAt(column);
        String place = " at column " + (column + 1) + ": ";
        if (there == '\'') {
            return place + "JSON's texts stand between \", not ' (Python's json.dumps writes them so)";
        }
        if ((there == '}' || there == ']')
                && text.substring(0, column).stripTrailing().endsWith(",")) {
            return place + "the comma before " + there + " is one too many";
        }
        if (Character.isISOControl(there)) {
            return place + "a control character inside a text; write it as an escape, a tab as \\t";
        }
        return place + "'" + text.substring(column, Math.min(text.length(), column + 12)) + "' cannot stand there";
    }
}
