package dev.tribunal.judge.sdk;

import dev.tribunal.servicekit.input.Field;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The JSON Schema (2020-12) of a record of parameters, as far as its types and annotations tell. */
final class ParameterSchema {

    private ParameterSchema() {}

    static Map<String, Object> of(Class<? extends Record> type) {
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            Map<String, Object> property = of(component.getAnnotatedType());
            constrain(property, declared(component));
            Field field = new Field(component);
            properties.put(field.name(), property);
            if (field.required()) {
                required.add(field.name());
            }
        }
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", properties);
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        schema.put("additionalProperties", false);
        return schema;
    }

    /** Constraints are annotations of the component's field, and may be of its type as well. */
    private static Annotation[] declared(RecordComponent component) {
        try {
            return component.getDeclaringRecord().getDeclaredField(component.getName()).getAnnotations();
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Object> of(AnnotatedType type) {
        Map<String, Object> schema = new LinkedHashMap<>();
        Class<?> raw = raw(type.getType());
        if (raw == String.class) {
            schema.put("type", "string");
        } else if (raw == boolean.class || raw == Boolean.class) {
            schema.put("type", "boolean");
        } else if (List.of(int.class, Integer.class, long.class, Long.class).contains(raw)) {
            schema.put("type", "integer");
        } else if (raw.isPrimitive() || Number.class.isAssignableFrom(raw)) {
            schema.put("type", "number");
        } else if (raw.isEnum()) {
            schema.put("enum", Arrays.stream(raw.getEnumConstants()).map(Object::toString).toList());
        } else if (raw.isRecord()) {
            schema.putAll(of(raw.asSubclass(Record.class)));
        } else if (List.class.isAssignableFrom(raw) && type instanceof AnnotatedParameterizedType list) {
            AnnotatedType element = list.getAnnotatedActualTypeArguments()[0];
            Map<String, Object> items = of(element);
            constrain(items, element.getAnnotations());
            schema.put("type", "array");
            schema.put("items", items);
        } else if (Map.class.isAssignableFrom(raw)) {
            schema.put("type", "object");
        }
        return schema;
    }

    private static Class<?> raw(Type type) {
        return type instanceof ParameterizedType parameterized
                ? (Class<?>) parameterized.getRawType()
                : type instanceof Class<?> itself ? itself : Object.class;
    }

    private static void constrain(Map<String, Object> schema, Annotation[] annotations) {
        for (Annotation annotation : annotations) {
            switch (annotation) {
                case Min min -> schema.put("minimum", min.value());
                case Max max -> schema.put("maximum", max.value());
                case DecimalMin min -> schema.put(min.inclusive() ? "minimum" : "exclusiveMinimum", number(min.value()));
                case DecimalMax max -> schema.put(max.inclusive() ? "maximum" : "exclusiveMaximum", number(max.value()));
                case Positive positive -> schema.put("exclusiveMinimum", 0);
                case PositiveOrZero zero -> schema.put("minimum", 0);
                case Pattern pattern -> schema.put("pattern", "^(?:" + pattern.regexp() + ")$");
                case NotBlank notBlank -> schema.put("pattern", "\\S");
                case NotEmpty notEmpty -> schema.put("array".equals(schema.get("type")) ? "minItems" : "minLength", 1);
                case Size size -> size(schema, size);
                default -> {} // the judge's word decides; this only tells
            }
        }
    }

    private static void size(Map<String, Object> schema, Size size) {
        String of = "array".equals(schema.get("type")) ? "Items" : "Length";
        if (size.min() > 0) {
            schema.put("min" + of, size.min());
        }
        if (size.max() < Integer.MAX_VALUE) {
            schema.put("max" + of, size.max());
        }
    }

    private static Number number(String value) {
        return new java.math.BigDecimal(value);
    }
}
