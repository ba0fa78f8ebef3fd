package dev.tribunal.servicekit.openapi;

import dev.tribunal.servicekit.input.InputReader;
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
import java.math.BigDecimal;
import tools.jackson.databind.node.ObjectNode;

/** Bean Validation's constraints as JSON Schema has them. */
final class Bounds {

    private Bounds() {}

    static void add(ObjectNode schema, Annotation constraint) {
        switch (constraint) {
            case Min min -> schema.put("minimum", min.value());
            case Max max -> schema.put("maximum", max.value());
            case DecimalMin min ->
                schema.put(min.inclusive() ? "minimum" : "exclusiveMinimum", new BigDecimal(min.value()));
            case DecimalMax max ->
                schema.put(max.inclusive() ? "maximum" : "exclusiveMaximum", new BigDecimal(max.value()));
            case Positive positive -> schema.put("exclusiveMinimum", 0);
            case PositiveOrZero zero -> schema.put("minimum", 0);
            case Pattern pattern -> schema.put("pattern", "^(?:" + pattern.regexp() + ")$");
            case NotBlank notBlank -> schema.put("pattern", "\\S");
            case NotEmpty notEmpty -> schema.put("min" + measured(schema), 1);
            case Size size -> {
                if (size.min() > 0) {
                    schema.put("min" + measured(schema), size.min());
                }
                if (size.max() < Integer.MAX_VALUE) {
                    schema.put("max" + measured(schema), size.max());
                }
            }
            default -> {} // the reader's word decides; this only tells
        }
    }

    /** Of the elements of a list, or the values of a map. */
    static void addOfElements(ObjectNode schema, AnnotatedType type) {
        if (type instanceof AnnotatedParameterizedType container
                && schema.path(schema.has("items") ? "items" : "additionalProperties") instanceof ObjectNode elements) {
            AnnotatedType[] arguments = container.getAnnotatedActualTypeArguments();
            for (Annotation annotation : arguments[arguments.length - 1].getAnnotations()) {
                add(elements, annotation);
            }
        }
    }

    /** What {@link InputReader} holds to where no constraint says another size. */
    static void addUnsaid(ObjectNode schema) {
        String unsaid = "max" + measured(schema);
        switch (schema.path("type").asString("")) {
            case "string" -> {
                if (!schema.has("enum") && !schema.has("format") && !schema.has(unsaid) && !schema.has("minLength")) {
                    schema.put("minLength", 1).put(unsaid, InputReader.MAX_TEXT);
                }
            }
            case "array" -> {
                if (!schema.has(unsaid)) {
                    schema.put(unsaid, InputReader.MAX_ELEMENTS);
                }
            }
            default -> {}
        }
    }

    private static String measured(ObjectNode schema) {
        return switch (schema.path("type").asString("")) {
            case "array" -> "Items";
            case "object" -> "Properties";
            default -> "Length";
        };
    }
}
