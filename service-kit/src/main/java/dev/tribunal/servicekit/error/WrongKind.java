package dev.tribunal.servicekit.error;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.servicekit.json.JsonPointers;
import java.time.temporal.Temporal;
import java.time.temporal.TemporalAmount;
import java.util.Collection;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.MismatchedInputException;

/** Says where JSON has a value of the wrong kind, and which kind belongs there. */
public final class WrongKind {

    private WrongKind() {}

    public static FieldError of(MismatchedInputException mismatch) {
        return new FieldError(pointer(mismatch), wanted(mismatch));
    }

    /**
     * Where something is that is not JSON (or YAML), and what is the matter, as the end of a sentence. Without the
     * parser's words about its source and its settings.
     */
    public static String place(JacksonException unreadable) {
        String problem = unreadable
                .getOriginalMessage()
                .lines()
                .findFirst()
                .orElse("unreadable")
                .replaceAll("\\s*\\(?(start marker )?at \\[Source:.*", "")
                .replaceAll(", from `[^`]*`\\)", ")");
        problem = problem.length() > 200 ? problem.substring(0, 200) + "..." : problem;
        TokenStreamLocation place = unreadable.getLocation();
        return place == null || place.getLineNr() < 1
                ? ": " + problem
                : " at line " + place.getLineNr() + ", column " + place.getColumnNr() + ": " + problem;
    }

    /** JSON pointer (RFC 6901) to what could not be read. */
    private static String pointer(MismatchedInputException mismatch) {
        return mismatch.getPath().stream()
                .map(step -> step.getPropertyName() == null ? "" + step.getIndex() : step.getPropertyName())
                .map(step -> JsonPointers.child("", step))
                .collect(Collectors.joining());
    }

    /** Without the names of our classes, which Jackson's own message has. */
    private static String wanted(MismatchedInputException mismatch) {
        return switch (mismatch) {
            case InvalidTypeIdException unknown ->
                unknown.getTypeId() == null ? "needs a 'type'" : "has an unknown type '" + unknown.getTypeId() + "'";
            case InvalidFormatException format
            when format.getTargetType() == String.class ->
                "'" + format.getValue() + "' has half of a surrogate pair, which is not a character";
            case InvalidFormatException format -> "'" + format.getValue() + "' is not " + kind(format.getTargetType());
            default -> "is not " + kind(mismatch.getTargetType());
        };
    }

    static String kind(@Nullable Class<?> type) {
        if (type == null) {
            return "what belongs here";
        }
        if (type.isEnum()) {
            return "one of the values that belong here";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            return "a whole number";
        }
        if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
            return "a number";
        }
        if (CharSequence.class.isAssignableFrom(type)) {
            return "a text";
        }
        if (Temporal.class.isAssignableFrom(type) || TemporalAmount.class.isAssignableFrom(type)) {
            return "a time as ISO 8601 writes it";
        }
        return Collection.class.isAssignableFrom(type) ? "a list" : "an object";
    }
}
