package dev.tribunal.servicekit.input;

import dev.tribunal.servicekit.json.JsonPointers;
import dev.tribunal.servicekit.json.Shown;
import jakarta.validation.Constraint;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.MessageInterpolator;
import jakarta.validation.Path;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
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
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;
import org.jspecify.annotations.Nullable;

/** Bean Validation's constraints on the components of a record, in words that say what to do. */
public final class Limits {

    private static final MessageInterpolator STANDARD_MESSAGES = new ParameterMessageInterpolator();
    private static final Validator VALIDATOR = Validation.byDefaultProvider()
            .configure()
            .messageInterpolator(new Messages())
            .buildValidatorFactory()
            .getValidator();
    /** How messages that an annotation was not given begin: by naming their place in Bean Validation's bundle. */
    private static final String STANDARD = "{";

    private Limits() {}

    /**
     * Checks a value against the constraints of its component and of the elements in it.
     *
     * @param told is given a JSON pointer from the record's root, and what is wrong
     */
    static void check(RecordComponent component, @Nullable Object value, BiConsumer<String, String> told) {
        if (!Limited.of(component).constrained()) {
            return; // most of what programs send, item after item
        }
        VALIDATOR.validateValue(component.getDeclaringRecord(), component.getName(), value).stream()
                .map(violation -> Map.entry(pointer(violation.getPropertyPath()), detail(violation)))
                .sorted(Map.Entry.<String, String>comparingByKey().thenComparing(Map.Entry.comparingByValue()))
                .forEach(violation -> told.accept(violation.getKey(), violation.getValue()));
    }

    /** The constraint of a kind on a component itself. */
    static <A extends Annotation> Optional<A> on(RecordComponent component, Class<A> kind) {
        return on(component).stream().filter(kind::isInstance).map(kind::cast).findFirst();
    }

    /** What is written before a component: constraints, and other annotations. */
    public static List<Annotation> on(RecordComponent component) {
        return Limited.of(component).annotations();
    }

    /**
     * Kept, for reflection copies annotations each time that they are asked for.
     *
     * @param constrained whether there may be anything to check: on the component, or on the elements in it
     */
    private record Limited(List<Annotation> annotations, boolean constrained) {

        private static final ClassValue<Map<String, Limited>> KNOWN = new ClassValue<>() {
            @Override
            protected Map<String, Limited> computeValue(Class<?> type) {
                return Arrays.stream(type.getRecordComponents())
                        .collect(Collectors.toMap(RecordComponent::getName, Limited::read));
            }
        };

        static Limited of(RecordComponent component) {
            return Objects.requireNonNull(
                    KNOWN.get(component.getDeclaringRecord()).get(component.getName()));
        }

        private static Limited read(RecordComponent component) {
            try {
                // Record components hand their constraints to the field.
                List<Annotation> annotations = List.of(component
                        .getDeclaringRecord()
                        .getDeclaredField(component.getName())
                        .getAnnotations());
                boolean constrained = component.getAnnotatedType() instanceof AnnotatedParameterizedType
                        || annotations.stream()
                                .anyMatch(one -> one.annotationType().isAnnotationPresent(Constraint.class));
                return new Limited(annotations, constrained);
            } catch (NoSuchFieldException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static String detail(ConstraintViolation<?> violation) {
        String rule = violation.getMessageTemplate().startsWith(STANDARD)
                ? rule(violation.getConstraintDescriptor().getAnnotation(), violation)
                : violation.getMessage();
        return "is " + shown(violation.getInvalidValue()) + ", " + rule;
    }

    /** Leaves the messages that {@link #rule} writes anew as they are: some need an expression language. */
    private static final class Messages implements MessageInterpolator {

        @Override
        public String interpolate(String template, Context context) {
            Annotation constraint = context.getConstraintDescriptor().getAnnotation();
            return constraint instanceof DecimalMin || constraint instanceof DecimalMax
                    ? template
                    : STANDARD_MESSAGES.interpolate(template, context);
        }

        @Override
        public String interpolate(String template, Context context, Locale locale) {
            return interpolate(template, context);
        }
    }

    private static String rule(Annotation constraint, ConstraintViolation<?> violation) {
        return switch (constraint) {
            case Min min -> "must be at least " + min.value();
            case Max max -> "must be at most " + max.value();
            case DecimalMin min -> "must be " + (min.inclusive() ? "at least " : "more than ") + min.value();
            case DecimalMax max -> "must be " + (max.inclusive() ? "at most " : "less than ") + max.value();
            case Positive positive -> "must be more than 0";
            case PositiveOrZero zero -> "must be at least 0";
            case NotBlank blank -> "must be a text with something in it";
            case NotEmpty empty -> "must not be empty";
            case Pattern pattern -> "must match " + pattern.regexp();
            case Size size -> size(size, violation.getInvalidValue());
            default -> violation.getMessage();
        };
    }

    private static String size(Size size, @Nullable Object value) {
        String unit = value instanceof CharSequence ? " characters" : " elements";
        if (size.max() == Integer.MAX_VALUE) {
            return "must have at least " + size.min() + unit;
        }
        return "must have " + (size.min() == 0 ? "at most " : size.min() + " to ") + size.max() + unit;
    }

    private static String shown(@Nullable Object value) {
        return switch (value) {
            case null -> "missing";
            case CharSequence text -> "'" + Shown.shortened(text.toString()) + "'";
            case Collection<?> list -> "a list of " + list.size();
            case Map<?, ?> map -> "an object of " + map.size();
            default -> Shown.shortened(value.toString());
        };
    }

    private static String pointer(Path path) {
        String pointer = "";
        for (Path.Node node : path) {
            if (node.getIndex() != null) {
                pointer = JsonPointers.child(pointer, node.getIndex());
            } else if (node.getKey() != null) {
                pointer = JsonPointers.child(pointer, String.valueOf(node.getKey()));
            }
            if (node.getName() != null && !node.getName().startsWith("<")) {
                pointer = JsonPointers.child(pointer, node.getName());
            }
        }
        return pointer;
    }
}
