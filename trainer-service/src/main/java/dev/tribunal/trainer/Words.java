package dev.tribunal.trainer;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Words that stand for constants. */
public final class Words {

    private Words() {}

    /** {@code DROP_GROUP} is written {@code drop-group}. */
    public static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws IllegalArgumentException naming the words that there are */
    public static <E extends Enum<E>> E constant(Class<E> type, String word) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> of(constant).equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("is '" + word + "', must be one of "
                        + Arrays.stream(type.getEnumConstants())
                                .map(Words::of)
                                .collect(Collectors.joining(", "))));
    }
}
