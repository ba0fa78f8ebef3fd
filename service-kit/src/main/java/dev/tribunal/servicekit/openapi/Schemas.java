package dev.tribunal.servicekit.openapi;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tribunal.contracts.common.Items;
import dev.tribunal.contracts.common.Text;
import dev.tribunal.contracts.common.Within;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
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

    private final ObjectNode definitions;
    private final String prefix;
    private final Predicate<RecordComponent> required;

    /**
     * @param definitions where the named schemas go
     * @param prefix of their names
     * @param required whether a component is always there
     */
    public Schemas(ObjectNode definitions, String prefix, Predicate<RecordComponent> required) {
        this.definitions = definitions;
        this.prefix = prefix;
        this.required = required;
    }

    /** The schema, or a reference to it where it has a name. */
    public ObjectNode of(ResolvableType type) {
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
        return JSON.objectNode().put("$ref", "#/components/schemas/" + defined(type));
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

    private String defined(ResolvableType type) {
        String name = name(type);
        if (!definitions.has(name)) {
            ObjectNode schema = definitions.putObject(name); // first, for what refers to itself
            Class<?> raw = type.toClass();
            describe(schema, Javadocs.of(raw));
            if (raw.isEnum()) {
                defineEnum(schema, raw);
            } else if (raw.isSealed()) {
                defineUnion(schema, raw);
            } else if (raw.isRecord()) {
                defineRecord(schema, type);
            } else {
                throw new IllegalStateException("No schema is known for " + type);
            }
        }
        return name;
    }

    private static void defineEnum(ObjectNode schema, Class<?> type) {
        ArrayNode values = schema.put("type", "string").putArray("enum");
        for (Object constant : type.getEnumConstants()) {
            String name = ((Enum<?>) constant).name();
            try {
                values.add(type.getField(name).getAnnotation(JsonProperty.class).value());
            } catch (NoSuchFieldException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void defineUnion(ObjectNode schema, Class<?> type) {
        ArrayNode oneOf = schema.putArray("oneOf");
        ObjectNode discriminator = schema.putObject("discriminator")
                .put("propertyName", type.getAnnotation(JsonTypeInfo.class).property());
        ObjectNode mapping = discriminator.putObject("mapping");
        for (JsonSubTypes.Type subtype : type.getAnnotation(JsonSubTypes.class).value()) {
            ObjectNode reference = of(ResolvableType.forClass(subtype.value()));
            oneOf.add(reference);
            mapping.set(subtype.name(), reference.get("$ref"));
        }
    }

    private void defineRecord(ObjectNode schema, ResolvableType type) {
        ObjectNode properties = schema.put("type", "object").putObject("properties");
        ArrayNode names = JSON.arrayNode();
        union(type.toClass()).ifPresent(union -> {
            String property = union.getAnnotation(JsonTypeInfo.class).property();
            properties.putObject(property).put("const", discriminatorValue(union, type.toClass()));
            names.add(property);
        });
        for (RecordComponent component : type.toClass().getRecordComponents()) {
            ObjectNode property = of(ResolvableType.forType(component.getGenericType(), type));
            bound(property, component);
            describe(property, Javadocs.ofComponent(type.toClass(), component.getName()));
            properties.set(component.getName(), property);
            if (required.test(component)) {
                names.add(component.getName());
            }
        }
        if (!names.isEmpty()) {
            schema.set("required", names);
        }
    }

    /** The limits that the service holds to. */
    static void bound(ObjectNode schema, AnnotatedElement element) {
        Within within = element.getAnnotation(Within.class);
        if (within != null) {
            schema.put("minimum", within.min());
            if (within.max() != Long.MAX_VALUE) {
                schema.put("maximum", within.max());
            }
        }
        Items items = element.getAnnotation(Items.class);
        if (items != null) {
            schema.put("minItems", items.min()).put("maxItems", items.max());
        }
        Text text = element.getAnnotation(Text.class);
        if (text != null) {
            ObjectNode each = schema.path("items") instanceof ObjectNode one ? one : schema;
            if (text.max() != Integer.MAX_VALUE) {
                each.put("maxLength", text.max());
            }
            if (!text.pattern().isEmpty()) {
                each.put("pattern", "^(?:" + text.pattern() + ")$");
            }
            if (text.words() != void.class) {
                defineEnum(each, text.words());
            }
        }
    }

    private static Optional<Class<?>> union(Class<?> type) {
        return Arrays.stream(type.getInterfaces())
                .filter(parent -> parent.isAnnotationPresent(JsonTypeInfo.class))
                .findFirst();
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
