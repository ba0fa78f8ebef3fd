package dev.tribunal.servicekit.input;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.input.Default;
import dev.tribunal.input.DefaultFrom;
import dev.tribunal.input.Shorthand;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.StringNode;

/** A component of a record as a person writes it. */
public record Field(RecordComponent component) {

    private static final JsonMapper JSON = new JsonMapper();

    /** Kept, for annotations are read anew from each copy of a component that reflection gives. */
    private static final ClassValue<List<Field>> FIELDS = new ClassValue<>() {
        @Override
        protected List<Field> computeValue(Class<?> type) {
            return Arrays.stream(type.getRecordComponents()).map(Field::new).toList();
        }
    };

    public static List<Field> of(Class<?> type) {
        return FIELDS.get(type);
    }

    /** As it is written; Jackson's annotation is that of the component's field. */
    public String name() {
        return Limits.on(component, JsonProperty.class)
                .map(JsonProperty::value)
                .filter(given -> !given.isEmpty())
                .orElse(component.getName());
    }

    Type type() {
        return component.getGenericType();
    }

    /** Whether it has to be given: there is no default, and it may not be absent. */
    public boolean required() {
        return defaultValue().isEmpty() && defaultFrom().isEmpty() && !nullable();
    }

    boolean nullable() {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    /** What it is when it is left out; null where it is then absent. */
    public Optional<JsonNode> defaultValue() {
        return Optional.ofNullable(component.getAnnotation(Default.class)).map(given -> json(given.value()));
    }

    /** The name of the component whose value it takes when it is left out. */
    public Optional<String> defaultFrom() {
        return Optional.ofNullable(component.getAnnotation(DefaultFrom.class)).map(DefaultFrom::value);
    }

    /** The word that may be written in its place. */
    public Optional<String> word() {
        return Optional.ofNullable(component.getAnnotation(Shorthand.class)).map(Shorthand::word);
    }

    /** What {@link #word} stands for. */
    JsonNode meaningOfWord() {
        return json(component.getAnnotation(Shorthand.class).value());
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JacksonException noJson) {
            return StringNode.valueOf(text);
        }
    }
}
