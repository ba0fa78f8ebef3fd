package dev.tribunal.judge.sdk;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.servicekit.http.WrongKind;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Path;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;

/** Reads a task's parameters as a record, and tells all that is wrong with them. */
final class RecordParameters {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private static final Validator VALIDATOR =
            Validation.buildDefaultValidatorFactory().getValidator();

    private static final String IS_NOT = "is not ";

    private RecordParameters() {}

    /**
     * @param parameters absent if there are errors
     * @param errors by JSON pointer from the parameters' root
     */
    record Reading<P extends Record>(@Nullable P parameters, List<FieldError> errors) {

        P required() {
            return Objects.requireNonNull(parameters, () -> "the parameters were not checked: " + errors);
        }
    }

    static <P extends Record> Reading<P> read(Class<P> type, Map<String, Object> given) {
        RecordComponent[] components = type.getRecordComponents();
        List<FieldError> errors = new ArrayList<>(unknown(components, given));
        @Nullable Object[] values = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            values[i] = value(components[i], given.get(components[i].getName()), errors);
        }
        if (!errors.isEmpty()) {
            return new Reading<>(null, List.copyOf(errors));
        }
        try {
            return new Reading<>(constructor(type).newInstance(values), List.of());
        } catch (InvocationTargetException refused) {
            String message = String.valueOf(refused.getTargetException().getMessage());
            return new Reading<>(null, List.of(new FieldError("", message)));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the parameters' type " + type + " cannot be made", e);
        }
    }

    private static List<FieldError> unknown(RecordComponent[] components, Map<String, Object> given) {
        List<String> known = Arrays.stream(components).map(RecordComponent::getName).toList();
        return given.keySet().stream()
                .filter(name -> !known.contains(name))
                .sorted()
                .map(name -> new FieldError(
                        pointer(name),
                        "is not a parameter of this judge; "
                                + (known.isEmpty() ? "it has none" : "it has " + String.join(", ", known))))
                .toList();
    }

    private static @Nullable Object value(RecordComponent component, @Nullable Object given, List<FieldError> errors) {
        String at = pointer(component.getName());
        if (given == null && component.getType().isPrimitive()) {
            errors.add(new FieldError(at, "is missing"));
            return null;
        }
        Object value;
        try {
            value = JSON.convertValue(given, JSON.constructType(component.getGenericType()));
        } catch (MismatchedInputException mismatch) {
            FieldError wrong = WrongKind.of(mismatch);
            String detail = wrong.detail();
            errors.add(new FieldError(
                    at + wrong.pointer(),
                    wrong.pointer().isEmpty() && detail.startsWith(IS_NOT)
                            ? "is " + given + ", must be " + detail.substring(IS_NOT.length())
                            : detail));
            return null;
        }
        VALIDATOR.validateValue(component.getDeclaringRecord(), component.getName(), value).stream()
                .map(violation -> new FieldError(pointer(violation.getPropertyPath()), told(violation)))
                .sorted(Comparator.comparing(FieldError::pointer).thenComparing(FieldError::detail))
                .forEach(errors::add);
        return value;
    }

    private static String told(ConstraintViolation<?> violation) {
        return violation.getInvalidValue() == null
                ? violation.getMessage()
                : "is " + violation.getInvalidValue() + ", " + violation.getMessage();
    }

    private static <P extends Record> Constructor<P> constructor(Class<P> type) throws NoSuchMethodException {
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        Constructor<P> constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return constructor;
    }

    private static String pointer(Path path) {
        StringBuilder pointer = new StringBuilder();
        for (Path.Node node : path) {
            if (node.getIndex() != null) {
                pointer.append('/').append(node.getIndex());
            } else if (node.getKey() != null) {
                pointer.append(pointer(String.valueOf(node.getKey())));
            }
            if (node.getName() != null && !node.getName().startsWith("<")) {
                pointer.append(pointer(node.getName()));
            }
        }
        return pointer.toString();
    }

    private static String pointer(String name) {
        return "/" + name.replace("~", "~0").replace("/", "~1");
    }
}
