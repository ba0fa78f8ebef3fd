package dev.tribunal.servicekit.input;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.servicekit.json.JsonPointers;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a person wrote, as read.
 *
 * @param value where a field was wrong it has a stand-in; null only if there are mistakes and the type's own constructor
 *     refuses what stands in
 * @param mistakes in the order found; empty if the value is as it was written
 */
public record Input<T>(@Nullable T value, List<FieldError> mistakes) {

    public Input {
        mistakes = List.copyOf(mistakes);
    }

    /** A value that a program has made. */
    public static <T> Input<T> of(T value) {
        return new Input<>(value, List.of());
    }

    /** Whether what stands at a pointer was read without a mistake, so that it is worth a closer look. */
    public boolean sound(String pointer) {
        return mistakes.stream().noneMatch(mistake -> JsonPointers.contains(mistake.pointer(), pointer));
    }

    /** Whether all at and below a pointer was read without a mistake, and so was what it is in. */
    public boolean whole(String pointer) {
        return sound(pointer)
                && mistakes.stream().noneMatch(mistake -> JsonPointers.contains(pointer, mistake.pointer()));
    }

    /**
     * The mistakes of the form, and then what else is wrong: a fact about a place that could not be read is not worth
     * telling.
     */
    public List<FieldError> mistakesAnd(List<FieldError> facts) {
        return Stream.concat(mistakes.stream(), facts.stream().filter(fact -> sound(fact.pointer())))
                .toList();
    }

    /** Without the mistakes at some places, where what was written is not used. */
    public Input<T> ignoring(Set<String> pointers) {
        return new Input<>(
                value,
                mistakes.stream()
                        .filter(mistake -> !pointers.contains(mistake.pointer()))
                        .toList());
    }

    /** @throws IllegalStateException if there are mistakes: their author should have been told before */
    public T required() {
        if (!mistakes.isEmpty()) {
            throw new IllegalStateException("this input was not checked: " + mistakes);
        }
        return Objects.requireNonNull(value, "what has no mistakes has been read");
    }
}
