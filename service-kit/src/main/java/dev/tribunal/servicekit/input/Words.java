package dev.tribunal.servicekit.input;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Words that stand for constants. */
public final class Words {

    private Words() {}

    /** As Jackson writes the constant; without a name of its own {@code DROP_GROUP} is {@code drop-group}. */
    public static String of(Enum<?> constant) {
        try {
            JsonProperty given =
                    constant.getDeclaringClass().getField(constant.name()).getAnnotation(JsonProperty.class);
            return given == null ? constant.name().toLowerCase(Locale.ROOT).replace('_', '-') : given.value();
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The words of all constants, in their order. */
    public static List<String> all(Class<? extends Enum<?>> type) {
        return Arrays.stream(type.getEnumConstants()).map(Words::of).toList();
    }

    /** @throws IllegalArgumentException naming the words that there are */
    public static <E extends Enum<E>> E constant(Class<E> type, String word) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> of(constant).equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("is '" + word + "', must be " + oneOf(all(type))));
    }

    /** {@code one of a, b}, or the one that there is. */
    static String oneOf(Collection<String> words) {
        return words.size() == 1
                ? "'" + words.iterator().next() + "'"
                : words.stream().collect(Collectors.joining(", ", "one of ", ""));
    }
}
