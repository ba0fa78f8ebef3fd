package dev.tribunal.contracts.http;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Set;

/** Words that were nearly right. */
public final class Suggestion {

    private static final int COMPARED = 60;

    private Suggestion() {}

    /** {@code ; did you mean 'steps'?} if a known word is close, else nothing. */
    public static String of(String word, Set<String> known) {
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
