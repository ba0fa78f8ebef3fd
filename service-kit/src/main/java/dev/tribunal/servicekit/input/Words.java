package dev.tribunal.servicekit.input;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Words that stand for constants, and words that were nearly right. */
public final class Words {

    private static final int COMPARED = 60;

    private Words() {}

    /** As Jackson writes the constant; without a name of its own {@code DROP_GROUP} is {@code drop-group}. */
    public static String of(Enum<?> constant) {
        try {
            JsonProperty given = constant.getDeclaringClass()
                    .getField(constant.name())
                    .getAnnotation(JsonProperty.class);
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

    /** {@code ; did you mean 'steps'?} if a known word is close, else the known words. */
    public static String suggestion(String word, Collection<String> known) {
        return known.stream()
                .filter(candidate -> distance(word, candidate) <= (candidate.length() < 5 ? 1 : 2))
                .min(Comparator.comparingInt(candidate -> distance(word, candidate)))
                .map(candidate -> "; did you mean '" + candidate + "'?")
                .orElse(known.isEmpty() ? "" : "; known here: " + String.join(", ", known));
    }

    /** Levenshtein's distance, blind to case, dashes and underscores. */
    private static int distance(String left, String right) {
        String a = bare(left);
        String b = bare(right);
        int[] previous = new int[b.length() + 1];
        Arrays.setAll(previous, j -> j);
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, 1 + Math.min(previous[j], row[j - 1]));
            }
            previous = row;
        }
        return previous[b.length()];
    }

    private static String bare(String word) {
        String shortened = word.substring(0, Math.min(word.length(), COMPARED));
        return shortened.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }
}
