package dev.tribunal.servicekit.input;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Findings;
import dev.tribunal.input.Unsupported;
import dev.tribunal.servicekit.error.Suggestion;
import dev.tribunal.servicekit.json.JsonPointers;
import dev.tribunal.servicekit.json.Shown;
import dev.tribunal.servicekit.json.StorableText;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Size;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * Reads JSON as a record, and finds every mistake in one pass: what is missing, of the wrong kind, outside its limits or
 * not known. The record alone says what may be written:
 * <ul>
 *   <li>a component has to be given unless it has a {@code @Default}, a {@code @DefaultFrom} or is {@code @Nullable};
 *   <li>Bean Validation's annotations are its limits; a text without a {@code @Size} has 1 to 4096 characters that are not
 *       all blank, a list or map without one at most 1000 elements;
 *   <li>components are texts, numbers, booleans, enums, durations, lists, maps of texts to any of these, {@code Object}
 *       for what another party defines, records, and interfaces with Jackson's {@code @JsonTypeInfo};
 *   <li>a record with a static {@code @JsonCreator(mode = DELEGATING)} of a text may be written as that text, and one of
 *       a sealed interface as the name that tells it from the others;
 *   <li>another class with such a factory is written as a text;
 *   <li>{@link Checked} has the rules that span components, and the constructor may refuse what its parts allow;
 *   <li>a field that is not known is a mistake, but in a record with {@code @JsonIgnoreProperties(ignoreUnknown = true)}
 *       and in all that it holds: what programs send may be newer than its reader. Such a message may also hold NUL, which
 *       a model may have written and which cannot be stored.
 * </ul>
 */
public final class InputReader {

    /** Characters of a text without a {@code @Size}. */
    public static final int MAX_TEXT = 4096;
    /** Elements of a list or map without a {@code @Size}. */
    public static final int MAX_ELEMENTS = 1000;

    /** A reader needs no more, and each is compared with the others. */
    private static final int MAX_MISTAKES = 200;
    /** YAML's core schema calls it a number, the parser a text. */
    private static final Pattern NUMBER_WITHOUT_POINT = Pattern.compile("[-+]?[0-9]{1,17}[eE][-+]?[0-9]{1,3}");

    private static final JsonMapper JSON = new JsonMapper();

    private final List<FieldError> mistakes = new ArrayList<>();
    private boolean ignoresUnknown;

    private InputReader() {}

    /** Whether a record is what a program sends, and not what a person writes: it may have fields that are not known. */
    public static boolean isSent(Class<?> type) {
        JsonIgnoreProperties said = type.getAnnotation(JsonIgnoreProperties.class);
        return type.isRecord() && said != null && said.ignoreUnknown();
    }

    /** @param type a record, or a sealed interface of records */
    public static <T> Input<T> read(Class<T> type, JsonNode tree) {
        InputReader reader = new InputReader();
        try {
            if (isSent(type)) {
                reader.refuse(text -> !StorableText.isWhole(text), "half a surrogate pair", tree, "");
            } else {
                reader.refuse(text -> !StorableText.is(text), "a NUL character or half a surrogate pair", tree, "");
            }
            return new Input<>(type.cast(reader.value(type, tree, "")), reader.mistakes);
        } catch (TooManyMistakesException e) {
            reader.mistakes.add(new FieldError("", "has more than " + MAX_MISTAKES + " mistakes; these are the first"));
            return new Input<>(type.cast(StandIns.of(type)), reader.mistakes);
        }
    }

    /** As {@link #read(Class, JsonNode)}, of an object whose values are Java's own: texts, numbers, lists and maps. */
    public static <T> Input<T> read(Class<T> type, Map<String, ?> object) {
        return read(type, JSON.<JsonNode>valueToTree(object));
    }

    /** PostgreSQL's texts and JSON hold neither NUL nor halves of surrogate pairs, and UTF-8 not the latter. */
    private void refuse(Predicate<String> unwritable, String what, JsonNode node, String at) {
        if (node.isString() && unwritable.test(node.stringValue())) {
            mistake(at, "has " + what + "; remove it");
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            refuse(unwritable, what, node.get(i), JsonPointers.child(at, i));
        }
        node.properties().forEach(field -> {
            if (unwritable.test(field.getKey())) {
                mistake(at, "has a field with " + what + " in its name; rename it");
            }
            refuse(unwritable, what, field.getValue(), JsonPointers.child(at, field.getKey()));
        });
    }

    /** Reads a value, or notes what is wrong with it and gives a stand-in. */
    private @Nullable Object value(Type type, JsonNode node, String at) {
        try {
            return parse(type, node, at);
        } catch (WrongKindException wrong) {
            mistake(at, "is " + Shown.of(node) + ", must be " + wrong.getMessage());
            return StandIns.of(type);
        }
    }

    private @Nullable Object parse(Type type, JsonNode node, String at) {
        Class<?> raw = raw(type);
        if (raw == Object.class) {
            return Plain.of(node);
        }
        if (raw == String.class) {
            return text(node);
        }
        if (raw == boolean.class || raw == Boolean.class) {
            return require(node, node.isBoolean(), "true or false").booleanValue();
        }
        if (raw == int.class || raw == Integer.class) {
            return (int) wholeNumber(node, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        if (raw == long.class || raw == Long.class) {
            return wholeNumber(node, Long.MIN_VALUE, Long.MAX_VALUE);
        }
        if (raw == double.class || raw == Double.class) {
            return number(node);
        }
        if (raw == Duration.class) {
            return duration(node);
        }
        if (raw.isEnum()) {
            return word(raw, node, at);
        }
        if (raw == List.class) {
            return list(argument(type, 0), require(node, node.isArray(), "a list"), at);
        }
        if (raw == Map.class) {
            return map(argument(type, 1), require(node, node.isObject(), "an object"), at);
        }
        if (Union.is(raw)) {
            Union union = Union.of(raw);
            boolean aNameWillDo = !union.namesThatSuffice().isEmpty();
            require(
                    node,
                    node.isObject() || (aNameWillDo && node.isString()),
                    aNameWillDo ? "a text or an object" : "an object");
            return union(raw, union, node, at);
        }
        if (raw.isRecord()) {
            return record(raw, node, at);
        }
        Optional<Method> creator = textCreator(raw);
        if (creator.isPresent()) {
            return fromText(creator.get(), require(node, node.isString(), "a text"), at);
        }
        throw new IllegalStateException(type + " at '" + at + "' is not a type that input can have");
    }

    private static String text(JsonNode node) {
        return require(node, node.isString(), "a text").stringValue();
    }

    private static long wholeNumber(JsonNode node, long least, long most) {
        require(node, node.isIntegralNumber() && node.canConvertToLong(), "a whole number");
        long value = node.longValue();
        require(node, value >= least && value <= most, "a whole number from " + least + " to " + most);
        return value;
    }

    private static double number(JsonNode node) {
        boolean written = node.isString()
                && NUMBER_WITHOUT_POINT.matcher(node.stringValue()).matches();
        require(node, node.isNumber() || written, "a number");
        double value = written ? Double.parseDouble(node.stringValue()) : node.doubleValue();
        require(node, Double.isFinite(value), "a number that is finite");
        return value;
    }

    private static Duration duration(JsonNode node) {
        try {
            return Duration.parse(text(node));
        } catch (DateTimeException e) {
            throw new WrongKindException("a duration as ISO 8601 writes it, for example PT0.2S");
        }
    }

    private @Nullable Object word(Class<?> type, JsonNode node, String at) {
        String word = text(node);
        Optional<String> refusal = refusal(type, word);
        if (refusal.isPresent()) {
            mistake(at, refusal.get());
            return StandIns.of(type);
        }
        List<Object> constants = List.of(type.getEnumConstants());
        return constants.stream()
                .filter(constant -> Words.of((Enum<?>) constant).equals(word))
                .findFirst()
                .orElseThrow(() -> new WrongKindException(Words.oneOf(constants.stream()
                        .map(constant -> Words.of((Enum<?>) constant))
                        .toList())));
    }

    /** What is said of a word that others take and that is refused here. */
    private static Optional<String> refusal(Class<?> type, String word) {
        return Arrays.stream(type.getAnnotationsByType(Unsupported.class))
                .filter(refused -> refused.word().equals(word))
                .map(refused -> "is '" + word + "', which " + refused.reason())
                .findFirst();
    }

    private List<@Nullable Object> list(Type element, JsonNode node, String at) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            values.add(element(element, node.get(i), JsonPointers.child(at, i)));
        }
        return values;
    }

    private Map<String, @Nullable Object> map(Type element, JsonNode node, String at) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        node.properties()
                .forEach(entry -> values.put(
                        entry.getKey(), element(element, entry.getValue(), JsonPointers.child(at, entry.getKey()))));
        return values;
    }

    private @Nullable Object element(Type type, JsonNode node, String at) {
        Object value = value(type, node, at);
        if (value instanceof String text && sound(at) && text.length() > MAX_TEXT) {
            mistake(at, "has " + text.length() + " characters, may have " + MAX_TEXT);
        }
        return value;
    }

    private @Nullable Object union(Class<?> type, Union union, JsonNode node, String at) {
        if (node.isString()) {
            Class<?> named = union.records().get(node.stringValue());
            if (named != null) {
                return record(named, JSON.createObjectNode(), at);
            }
            mistake(
                    at,
                    "is " + quoted(node) + ", must be "
                            + Words.oneOf(union.records().keySet()));
            return StandIns.of(union);
        }
        JsonNode given = node.path(union.field());
        Optional<Class<?>> named =
                given.isString() ? Optional.ofNullable(union.records().get(given.stringValue())) : Optional.empty();
        boolean absent = given.isMissingNode() || given.isNull();
        Optional<Class<?>> record = absent ? union.otherwise() : named;
        if (record.isPresent()) {
            return record(record.get(), node, at);
        }
        String must = "must be " + Words.oneOf(union.records().keySet());
        mistake(
                JsonPointers.child(at, union.field()),
                absent
                        ? "is missing, " + must
                        : refusal(type, given.asString("")).orElse("is " + quoted(given) + ", " + must));
        return StandIns.of(union);
    }

    private static String quoted(JsonNode value) {
        return value.isString() ? "'" + Shown.shortened(value.stringValue()) + "'" : Shown.of(value);
    }

    private @Nullable Object record(Class<?> type, JsonNode node, String at) {
        Optional<Method> short_ = textCreator(type);
        if (node.isString() && short_.isPresent()) {
            return fromText(short_.get(), node, at);
        }
        require(node, node.isObject(), short_.isPresent() ? "a text or an object" : "an object");
        boolean above = ignoresUnknown;
        JsonIgnoreProperties said = type.getAnnotation(JsonIgnoreProperties.class);
        ignoresUnknown = said == null ? above : said.ignoreUnknown();
        List<Field> fields = Field.of(type);
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (Field field : fields) {
            values.put(field.component().getName(), component(field, node, at, values));
        }
        if (!ignoresUnknown) {
            refuseUnknown(type, fields, node, at);
        }
        ignoresUnknown = above;
        Object record = construct(type, values.values().toArray(), at);
        if (record instanceof Checked checked) {
            checked.check(new Below(at));
        }
        return record;
    }

    private @Nullable Object component(Field field, JsonNode parent, String at, Map<String, @Nullable Object> earlier) {
        String pointer = JsonPointers.child(at, field.name());
        JsonNode node = parent.path(field.name());
        if (node.isNull() || node.isMissingNode()) {
            Optional<String> from = field.defaultFrom();
            if (from.isPresent()) {
                return earlier.get(from.get());
            }
            node = field.defaultValue().orElse(MissingNode.getInstance());
            if (node.isNull()) {
                return null;
            }
            if (node.isMissingNode()) {
                if (field.nullable()) {
                    return null;
                }
                mistake(pointer, "is missing");
                return StandIns.of(field.type());
            }
        }
        if (field.word().isPresent() && node.isString()) {
            if (!node.stringValue().equals(field.word().get())) {
                mistake(
                        pointer,
                        "is " + quoted(node) + ", must be '" + field.word().get() + "' or a list or an object");
                return value(field.type(), field.meaningOfWord(), pointer);
            }
            node = field.meaningOfWord();
        }
        if (tooLarge(field.component(), node, pointer)) {
            return StandIns.of(field.type());
        }
        Object value = value(field.type(), node, pointer);
        Limits.check(field.component(), value, (place, detail) -> {
            // The first name of the path is the component's own in Java.
            String rest = place.substring(
                    JsonPointers.child("", field.component().getName()).length());
            if (sound(pointer + rest)) {
                mistake(pointer + rest, detail);
            }
        });
        return value;
    }

    /** What is told before it is read: a number beyond its Java type, and a text, list or map beyond its size. */
    private boolean tooLarge(RecordComponent component, JsonNode node, String pointer) {
        Optional<Max> max = Limits.on(component, Max.class);
        if (max.isPresent()
                && node.isIntegralNumber()
                && node.bigIntegerValue().compareTo(BigInteger.valueOf(max.get().value())) > 0) {
            mistake(
                    pointer,
                    "is " + Shown.of(node) + ", must be at most " + max.get().value());
            return true;
        }
        Optional<Size> size = Limits.on(component, Size.class);
        Class<?> raw = raw(component.getGenericType());
        if ((raw == List.class || raw == Map.class)
                && node.size() > size.map(Size::max).orElse(MAX_ELEMENTS)) {
            mistake(
                    pointer,
                    "has " + node.size() + " elements, may have "
                            + size.map(Size::max).orElse(MAX_ELEMENTS));
            return true;
        }
        if (raw == String.class && node.isString() && size.isEmpty()) {
            String text = node.stringValue();
            if (text.isBlank() || text.length() > MAX_TEXT) {
                mistake(pointer, "must have 1 to " + MAX_TEXT + " characters, not all of them blank");
                return true;
            }
        }
        return false;
    }

    private void refuseUnknown(Class<?> type, List<Field> fields, JsonNode node, String at) {
        List<String> known = new ArrayList<>(fields.stream().map(Field::name).toList());
        Union.above(type).map(Union::of).forEach(union -> {
            known.add(union.field());
            JsonNode named = node.path(union.field());
            if (!named.isMissingNode() && !named.isNull() && union.records().get(named.asString("")) != type) {
                union.records().forEach((name, record) -> {
                    if (record == type) {
                        mistake(
                                JsonPointers.child(at, union.field()),
                                "is " + quoted(named) + ", must be '" + name + "' here, or be left out");
                    }
                });
            }
        });
        for (String name : node.propertyNames()) {
            if (!known.contains(name)) {
                mistake(JsonPointers.child(at, name), "is not known" + Suggestion.of(name, known));
            }
        }
    }

    private @Nullable Object construct(Class<?> type, @Nullable Object[] values, String at) {
        try {
            return constructor(type).newInstance(values);
        } catch (InvocationTargetException refused) {
            if (mistakes.stream().noneMatch(mistake -> JsonPointers.contains(at, mistake.pointer()))) {
                mistake(at, told(refused));
            }
            return StandIns.of(type);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the record " + type + " cannot be made", e);
        }
    }

    private @Nullable Object fromText(Method creator, JsonNode node, String at) {
        try {
            Object record = Objects.requireNonNull(creator.invoke(null, node.stringValue()));
            for (RecordComponent component : components(record.getClass())) {
                component.getAccessor().setAccessible(true);
                Limits.check(component, component.getAccessor().invoke(record), (place, detail) -> mistake(at, detail));
            }
            return record;
        } catch (InvocationTargetException refused) {
            mistake(at, told(refused));
            return StandIns.of(creator.getDeclaringClass());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(creator + " cannot be called", e);
        }
    }

    private static RecordComponent[] components(Class<?> type) {
        return type.isRecord() ? type.getRecordComponents() : new RecordComponent[0];
    }

    /** What a constructor says; another exception than its refusal is a fault of ours. */
    private static String told(InvocationTargetException refused) {
        if (refused.getCause() instanceof IllegalArgumentException told) {
            return String.valueOf(told.getMessage());
        }
        throw new IllegalStateException("a constructor failed on what was read", refused.getCause());
    }

    static Constructor<?> constructor(Class<?> type) throws NoSuchMethodException {
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        Constructor<?> constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return constructor;
    }

    /** Whether a record may be written as a text alone. */
    public static boolean isWrittenAsText(Class<?> type) {
        return textCreator(type).isPresent();
    }

    /** The factory that makes a record of a text alone. */
    static Optional<Method> textCreator(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(JsonCreator.class)
                        && method.getParameterCount() == 1
                        && method.getParameterTypes()[0] == String.class)
                .peek(method -> method.setAccessible(true))
                .findFirst();
    }

    static Class<?> raw(Type type) {
        return type instanceof ParameterizedType parameterized
                ? (Class<?>) parameterized.getRawType()
                : (Class<?>) type;
    }

    private static Type argument(Type type, int index) {
        return ((ParameterizedType) type).getActualTypeArguments()[index];
    }

    private static JsonNode require(JsonNode node, boolean holds, String must) {
        if (!holds) {
            throw new WrongKindException(must);
        }
        return node;
    }

    private boolean sound(String pointer) {
        return mistakes.stream()
                .noneMatch(mistake -> JsonPointers.contains(mistake.pointer(), pointer)
                        || JsonPointers.contains(pointer, mistake.pointer()));
    }

    private void mistake(String pointer, String detail) {
        if (mistakes.size() == MAX_MISTAKES) {
            throw new TooManyMistakesException();
        }
        mistakes.add(new FieldError(pointer, detail));
    }

    /** What a record finds wrong with itself. */
    private final class Below implements Findings {

        private final String root;

        Below(String root) {
            this.root = root;
        }

        @Override
        public boolean sound(String pointer) {
            return InputReader.this.sound(root + pointer);
        }

        @Override
        public void mistake(String pointer, String detail) {
            InputReader.this.mistake(root + pointer, detail);
        }
    }

    private static final class TooManyMistakesException extends RuntimeException {

        TooManyMistakesException() {
            super(null, null, false, false);
        }
    }

    /** What a value must be. */
    private static final class WrongKindException extends RuntimeException {

        WrongKindException(String must) {
            super(must, null, false, false);
        }
    }
}
