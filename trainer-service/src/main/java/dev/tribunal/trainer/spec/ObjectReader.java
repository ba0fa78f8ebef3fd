package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.http.FieldError;
import dev.tribunal.contracts.http.Suggestion;
import dev.tribunal.trainer.Words;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A JSON object of a spec and where it stands. Reading a field that is missing or wrong notes the mistake and goes on
 * with a stand-in, so that one pass finds every mistake; {@link #end} notes the fields that nobody asked for.
 */
final class ObjectReader {

    private static final int MAX_TEXT = 4096;
    private static final int MAX_ELEMENTS = 1000;
    private static final int SHOWN = 60;
    /** YAML's core schema calls it a number, the parser a text. */
    private static final Pattern NUMBER_WITHOUT_POINT = Pattern.compile("[-+]?[0-9]{1,17}[eE][-+]?[0-9]{1,3}");

    private final JsonNode node;
    private final String pointer;
    private final List<FieldError> mistakes;
    private final Set<String> asked = new LinkedHashSet<>();

    /** @param mistakes receives what is found */
    ObjectReader(JsonNode node, String pointer, List<FieldError> mistakes) {
        this.node = node;
        this.pointer = pointer;
        this.mistakes = mistakes;
    }

    /** A reader of nothing: every field is at its default, and what is missing is nobody's mistake. */
    private static ObjectReader absent(String pointer) {
        return new ObjectReader(JsonNodeFactory.instance.objectNode(), pointer, new ArrayList<>());
    }

    String text(String field) {
        return required(field, ObjectReader::asText, "");
    }

    @Nullable String optionalText(String field) {
        return has(field) ? read(field, ObjectReader::asText, "") : null;
    }

    int integer(String field, Range range) {
        return (int) wholeNumber(field, range);
    }

    int integer(String field, Range range, int otherwise) {
        return (int) wholeNumber(field, range, otherwise);
    }

    long wholeNumber(String field, Range range) {
        return required(field, value -> asWholeNumber(value, range), 0L);
    }

    long wholeNumber(String field, Range range, long otherwise) {
        return optional(field, value -> asWholeNumber(value, range), otherwise);
    }

    double number(String field, Range range) {
        return required(field, value -> asNumber(value, range), 0.0);
    }

    double number(String field, Range range, double otherwise) {
        return optional(field, value -> asNumber(value, range), otherwise);
    }

    boolean flag(String field, boolean otherwise) {
        return optional(field, ObjectReader::asFlag, otherwise);
    }

    <E extends Enum<E>> E word(String field, Class<E> type, E otherwise) {
        return optional(field, value -> Words.constant(type, asText(value)), otherwise);
    }

    /** A required object. */
    ObjectReader object(String field) {
        return required(field, value -> child(value, pointerOf(field), mistakes), absent(pointerOf(field)));
    }

    /** An object all of whose fields have defaults. */
    ObjectReader objectOrDefaults(String field) {
        return optional(field, value -> child(value, pointerOf(field), mistakes), absent(pointerOf(field)));
    }

    /** A required list, each element read by {@code element} from its value and its pointer. */
    <T> List<T> list(String field, BiFunction<JsonNode, String, T> element) {
        return required(field, value -> asList(value, pointerOf(field), element), List.of());
    }

    <T> List<T> listOrEmpty(String field, BiFunction<JsonNode, String, T> element) {
        return optional(field, value -> asList(value, pointerOf(field), element), List.of());
    }

    /** An object of texts, such as labels. */
    Map<String, String> texts(String field) {
        Map<String, String> texts = new LinkedHashMap<>();
        ObjectReader reader = objectOrDefaults(field);
        reader.node.propertyNames().forEach(name -> texts.put(name, reader.text(name)));
        return texts;
    }

    /** An object whose content is somebody else's, such as a judge's parameters. */
    Map<String, Object> anything(String field) {
        Map<String, Object> values = new LinkedHashMap<>();
        objectOrDefaults(field).node.properties().forEach(entry -> values.put(entry.getKey(), plain(entry.getValue())));
        return values;
    }

    /** Whether the field is there and not null; it is then known, read or not. */
    boolean has(String field) {
        asked.add(field);
        return node.hasNonNull(field);
    }

    boolean isText(String field) {
        return has(field) && node.get(field).isString();
    }

    String pointerOf(String field) {
        return pointer + "/" + escaped(field);
    }

    /** As JSON pointers write a field's name (RFC 6901). */
    static String escaped(String field) {
        return field.replace("~", "~0").replace("/", "~1");
    }

    void mistake(String field, String detail) {
        mistakes.add(new FieldError(pointerOf(field), detail));
    }

    /** Fields that should not be there together with the rest: a mistake each. */
    void refuse(String why, String... fields) {
        for (String field : fields) {
            if (has(field)) {
                mistake(field, why);
            }
        }
    }

    /** Notes every field that nobody asked for. */
    void end() {
        for (String field : node.propertyNames()) {
            if (!asked.contains(field)) {
                mistake(field, "is not known" + Suggestion.of(field, asked));
            }
        }
    }

    /** An element of a list as an object; anything else is a mistake, and reads as nothing. */
    static ObjectReader element(JsonNode value, String at, List<FieldError> mistakes) {
        try {
            return child(value, at, mistakes);
        } catch (IllegalArgumentException e) {
            mistakes.add(new FieldError(at, e.getMessage()));
            return absent(at);
        }
    }

    private static ObjectReader child(JsonNode value, String at, List<FieldError> mistakes) {
        if (!value.isObject()) {
            throw new IllegalArgumentException("is " + shown(value) + ", must be an object");
        }
        return new ObjectReader(value, at, mistakes);
    }

    private <T> T required(String field, Function<JsonNode, T> reading, T standIn) {
        if (!has(field)) {
            mistake(field, "is missing");
            return standIn;
        }
        return read(field, reading, standIn);
    }

    private <T> T optional(String field, Function<JsonNode, T> reading, T otherwise) {
        return has(field) ? read(field, reading, otherwise) : otherwise;
    }

    private <T> T read(String field, Function<JsonNode, T> reading, T standIn) {
        try {
            return reading.apply(node.get(field));
        } catch (IllegalArgumentException e) {
            mistake(field, e.getMessage());
            return standIn;
        }
    }

    private static String asText(JsonNode value) {
        if (!value.isString()) {
            throw new IllegalArgumentException("is " + shown(value) + ", must be a text");
        }
        String text = value.stringValue();
        if (text.isBlank() || text.length() > MAX_TEXT) {
            throw new IllegalArgumentException("must have 1 to " + MAX_TEXT + " characters");
        }
        return text;
    }

    private static boolean asFlag(JsonNode value) {
        if (!value.isBoolean()) {
            throw new IllegalArgumentException("is " + shown(value) + ", must be true or false");
        }
        return value.booleanValue();
    }

    private static long asWholeNumber(JsonNode value, Range range) {
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException("is " + shown(value) + ", must be a whole number");
        }
        range.check(value.longValue(), shown(value));
        return value.longValue();
    }

    private static double asNumber(JsonNode value, Range range) {
        boolean number = value.isNumber()
                || value.isString() && NUMBER_WITHOUT_POINT.matcher(value.stringValue()).matches();
        if (!number) {
            throw new IllegalArgumentException("is " + shown(value) + ", must be a number");
        }
        double parsed = value.isNumber() ? value.doubleValue() : Double.parseDouble(value.stringValue());
        range.check(parsed, shown(value));
        return parsed;
    }

    private static <T> List<T> asList(JsonNode value, String at, BiFunction<JsonNode, String, T> element) {
        if (!value.isArray() || value.size() > MAX_ELEMENTS) {
            throw new IllegalArgumentException("must be a list of at most " + MAX_ELEMENTS + " elements");
        }
        List<T> elements = new ArrayList<>();
        for (int i = 0; i < value.size(); i++) {
            elements.add(element.apply(value.get(i), at + "/" + i));
        }
        return elements;
    }

    private static @Nullable Object plain(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> {
                Map<String, @Nullable Object> object = new LinkedHashMap<>();
                value.properties().forEach(entry -> object.put(entry.getKey(), plain(entry.getValue())));
                yield object;
            }
            case ARRAY -> value.values().stream().map(ObjectReader::plain).toList();
            case STRING -> value.stringValue();
            case BOOLEAN -> value.booleanValue();
            case NUMBER -> value.numberValue();
            case BINARY, MISSING, NULL, POJO -> null;
        };
    }

    /** A value as a message quotes it. */
    static String shown(JsonNode value) {
        String text = value.toString();
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    }

    /**
     * What a number may be.
     *
     * @param open whether {@code low} itself is excluded
     */
    record Range(double low, boolean open, double high) {

        static final Range POSITIVE = new Range(0, true, 1e9);
        static final Range NOT_NEGATIVE = new Range(0, false, 1e9);
        static final Range ANY_LONG = new Range(Long.MIN_VALUE, false, Long.MAX_VALUE);

        static Range of(double low, double high) {
            return new Range(low, false, high);
        }

        void check(double value, String shown) {
            // Written so that NaN fails.
            if (!((open ? value > low : value >= low) && value <= high)) {
                throw new IllegalArgumentException("is " + shown + ", must be " + (open ? "more than " : "at least ")
                        + plain(low) + " and at most " + plain(high));
            }
        }

        private static String plain(double bound) {
            return bound == Math.rint(bound) ? String.valueOf((long) bound) : String.valueOf(bound);
        }
    }
}
