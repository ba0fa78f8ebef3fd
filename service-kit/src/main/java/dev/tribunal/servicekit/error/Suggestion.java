package dev.tribunal.servicekit.error;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Which word was meant by one that is not known. */
public final class Suggestion {

    /** Of a word; the rest of a long one hardly matters, and would take long. */
    private static final int COMPARED = 60;

    private static final int SHORT = 5;

    private Suggestion() {}

    /** {@code ; did you mean 'steps'?} if a known word is close, else all that are known; nothing if there are none. */
    public static String of(String word, Collection<String> known) {
        return closest(word, known)
                .map(candidate -> "; did you mean '" + candidate + "'?")
                .orElse(known.isEmpty() ? "" : "; known here: " + String.join(", ", known));
    }

    /** The known word that is at most two mistakes away, of a short one at most one. */
    public static Optional<String> closest(String word, Collection<String> known) {
        return known.stream()
                .filter(candidate -> distance(word, candidate) <= (candidate.length() < SHORT ? 1 : 2))
                .min(Comparator.comparingInt(candidate -> distance(word, candidate)));
    }

    /**
     * Damerau's and Levenshtein's distance: letters left out, put in, changed, or swapped with their neighbour. Blind to
     * case, dashes and underscores.
     */
    private static int distance(String left, String right) {
        String a = bare(left);
        String b = bare(right);
        int[][] table = new int[a.length() + 1][b.length() + 1];
        Arrays.setAll(table[0], j -> j);
        for (int i = 1; i <= a.length(); i++) {
            table[i][0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = table[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                table[i][j] = Math.min(change, 1 + Math.min(table[i - 1][j], table[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    table[i][j] = Math.min(table[i][j], 1 + table[i - 2][j - 2]);
                }
            }
        }
        return table[a.length()][b.length()];
    }

    private static String bare(String word) {
        String shortened = word.substring(0, Math.min(word.length(), COMPARED));
        return shortened.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }
}
