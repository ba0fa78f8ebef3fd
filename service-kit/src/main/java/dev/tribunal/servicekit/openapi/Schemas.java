package dev.tribunal.servicekit.openapi;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tribunal.servicekit.input.Field;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.servicekit.input.Limits;
import dev.tribunal.servicekit.input.Union;
import dev.tribunal.servicekit.input.Words;
import jakarta.validation.constraints.Size;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON Schemas (2020-12) of the contracts' records, enums and sealed interfaces, collected as they are asked for. The
 * contracts use few shapes of Java; one that is not known here is an error, not a guess.
 */
public final class Schemas {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Map<Class<?>, String[]> SIMPLE = Map.ofEntries(
            Map.entry(String.class, new String[] {"string"}),
            Map.entry(boolean.class, new String[] {"boolean"}),
            Map.entry(Boolean.class, new String[] {"boolean"}),
            Map.entry(int.class, new String[] {"integer", "int32"}),
            Map.entry(Integer.class, new String[] {"integer", "int32"}),
            Map.entry(long.class, new String[] {"integer", "int64"}),
            Map.entry(Long.class, new String[] {"integer", "int64"}),
            Map.entry(float.class, new String[] {"number", "float"}),
            Map.entry(Float.class, new String[] {"number", "float"}),
            Map.entry(double.class, new String[] {"number", "double"}),
            Map.entry(Double.class, new String[] {"number", "double"}),
            Map.entry(Instant.class, new String[] {"string", "date-time"}),
            Map.entry(Duration.class, new String[] {"string", "duration"}));

    private final @Nullable ObjectNode definitions;
    private final String prefix;
    private final boolean written;

    /**
     * @param definitions where the named schemas go; without, all is written in place
     * @param prefix of their names
     * @param written whether they are of what a person writes and {@link InputReader} reads
     */
    private Schemas(@Nullable ObjectNode definitions, String prefix, boolean written) {
        this.definitions = definitions;
        this.prefix = prefix;
        this.written = written;
    }

    /** Of what services send each other. What is not nullable is always there, and there may be more. */
    static Schemas sent(ObjectNode definitions) {
        return new Schemas(definitions, "", false);
    }

    /** Of what a person writes: what has a default may be left out, and what is not known is a mistake. */
    static Schemas written(ObjectNode definitions, String prefix) {
        return new Schemas(definitions, prefix, true);
    }

    /** The schema of a record as a person writes it, in one piece. */
    public static ObjectNode written(Class<? extends Record> type) {
        return new Schemas(null, "", true).of(ResolvableType.forClass(type));
    }

    /** The schema, or a reference to it where it has a name. */
    ObjectNode of(ResolvableType type) {
        Class<?> raw = type.toClass();
        String[] simple = SIMPLE.get(raw);
        if (simple != null) {
            ObjectNode schema = JSON.objectNode().put("type", simple[0]);
            return simple.length == 1 ? schema : schema.put("format", simple[1]);
        }
        if (raw == Object.class) {
            return JSON.objectNode();
        }
        if (raw == List.class) {
            ObjectNode schema = JSON.objectNode().put("type", "array");
            schema.set("items", of(type.getGeneric(0)));
            return schema;
        }
        if (raw == Map.class) {
            ObjectNode schema = JSON.objectNode().put("type", "object");
            schema.set("additionalProperties", of(type.getGeneric(1)));
            return schema;
        }
        return named(name(type), schema -> define(schema, type));
    }

    /** A reference to what is defined under a name, or the schema itself where nothing has a name. */
    private ObjectNode named(String name, Consumer<ObjectNode> definition) {
        if (definitions == null) {
            ObjectNode schema = JSON.objectNode();
            definition.accept(schema);
            return schema;
        }
        if (!definitions.has(name)) {
            definition.accept(definitions.putObject(name)); // put first, for what refers to itself
        }
        return JSON.objectNode().put("$ref", "#/components/schemas/" + name);
    }

    /** {@code RunSpec.Policy} is RunSpecPolicy, {@code Page<RunResource>} is RunResourcePage. */
    String name(ResolvableType type) {
        String generics = Arrays.stream(type.getGenerics())
                .map(generic -> name(generic).substring(prefix.length()))
                .reduce("", String::concat);
        String nested = "";
        for (Class<?> part = type.toClass(); part != null; part = part.getDeclaringClass()) {
            nested = part.getSimpleName() + nested;
        }
        return prefix + generics + nested;
    }

    private void define(ObjectNode schema, ResolvableType type) {
        Class<?> raw = type.toClass();
        describe(schema, Javadocs.of(raw));
        if (raw.isEnum()) {
            words(schema, raw);
        } else if (Union.is(raw)) {
            defineUnion(schema, raw);
        } else if (raw.isRecord() && written && InputReader.isWrittenAsText(raw)) {
            ArrayNode either = schema.putArray("oneOf");
            either.addObject().put("type", "string").put("minLength", 1).put("maxLength", InputReader.MAX_TEXT);
            either.add(named(name(type) + "Object", object -> defineRecord(object, type)));
        } else if (raw.isRecord()) {
            defineRecord(schema, type);
        } else {
            throw new IllegalStateException("No schema is known for " + type);
        }
    }

    static void words(ObjectNode schema, Class<?> type) {
        ArrayNode values = schema.put("type", "string").putArray("enum");
        for (Object constant : type.getEnumConstants()) {
            values.add(Words.of((Enum<?>) constant));
        }
    }

    private void defineUnion(ObjectNode schema, Class<?> type) {
        ArrayNode oneOf = schema.putArray("oneOf");
        ObjectNode discriminator = JSON.objectNode()
                .put("propertyName", type.getAnnotation(JsonTypeInfo.class).property());
        ObjectNode mapping = discriminator.putObject("mapping");
        for (JsonSubTypes.Type subtype : type.getAnnotation(JsonSubTypes.class).value()) {
            ObjectNode one = of(ResolvableType.forClass(subtype.value()));
            oneOf.add(one);
            if (one.has("$ref")) {
                mapping.set(subtype.name(), one.get("$ref"));
            }
        }
        if (!mapping.isEmpty()) {
            schema.set("discriminator", discriminator);
        }
        List<String> names = Union.of(type).namesThatSuffice();
        if (written && !names.isEmpty()) {
            ArrayNode words = oneOf.addObject().put("type", "string").putArray("enum");
            names.forEach(words::add);
            schema.remove("discriminator"); // it would be looked for in a text as well
        }
    }

    private void defineRecord(ObjectNode schema, ResolvableType type) {
        ObjectNode properties = schema.put("type", "object").putObject("properties");
        ArrayNode names = JSON.arrayNode();
        union(type.toClass()).ifPresent(union -> {
            JsonTypeInfo info = union.getAnnotation(JsonTypeInfo.class);
            properties.putObject(info.property()).put("const", discriminatorValue(union, type.toClass()));
            if (!written || info.defaultImpl() != type.toClass()) {
                names.add(info.property());
            }
        });
        for (Field field : Field.of(type.toClass())) {
            ObjectNode property = property(field, type);
            describe(
                    property,
                    Javadocs.ofComponent(type.toClass(), field.component().getName()));
            properties.set(field.name(), property);
            if (written ? field.required() : isAlwaysThere(field.component())) {
                names.add(field.name());
            }
        }
        if (!names.isEmpty()) {
            schema.set("required", names);
        }
        if (written) {
            schema.put("additionalProperties", false);
        }
    }

    private ObjectNode property(Field field, ResolvableType type) {
        ObjectNode value = of(ResolvableType.forType(field.component().getGenericType(), type));
        Limits.on(field.component()).forEach(limit -> Bounds.add(value, limit));
        Bounds.addOfElements(value, field.component().getAnnotatedType());
        if (!written) {
            return value;
        }
        if (Limits.on(field.component()).stream().noneMatch(Size.class::isInstance)) {
            Bounds.addUnsaid(value);
        }
        ObjectNode property = field.word()
                .map(word -> {
                    ObjectNode either = JSON.objectNode();
                    either.putArray("oneOf")
                            .add(JSON.objectNode().put("const", word))
                            .add(value);
                    return either;
                })
                .orElse(value);
        field.defaultValue()
                .filter(otherwise -> !otherwise.isNull())
                .ifPresent(otherwise -> property.set("default", otherwise));
        return property;
    }

    /** Neither nullable nor filled in by the record's constructor where it is left out. */
    private static boolean isAlwaysThere(RecordComponent component) {
        return !component.getAnnotatedType().isAnnotationPresent(Nullable.class) && !filledIn(component);
    }

    private static boolean filledIn(RecordComponent component) {
        RecordComponent[] all = component.getDeclaringRecord().getRecordComponents();
        if (component.getType().isPrimitive()
                || Arrays.stream(all).anyMatch(one -> one.getType().isPrimitive())) {
            return false;
        }
        try {
            Class<?>[] types = Arrays.stream(all).map(RecordComponent::getType).toArray(Class<?>[]::new);
            Object empty =
                    component.getDeclaringRecord().getDeclaredConstructor(types).newInstance(new Object[all.length]);
            return component.getAccessor().invoke(empty) != null;
        } catch (InvocationTargetException refused) {
            return false;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Optional<Class<?>> union(Class<?> type) {
        return Union.above(type).findFirst();
    }

    private static String discriminatorValue(Class<?> union, Class<?> type) {
        return Arrays.stream(union.getAnnotation(JsonSubTypes.class).value())
                .filter(subtype -> subtype.value() == type)
                .findFirst()
                .orElseThrow()
                .name();
    }

    static void describe(ObjectNode node, String description) {
        if (!description.isEmpty()) {
            node.put("description", description);
        }
    }
}
