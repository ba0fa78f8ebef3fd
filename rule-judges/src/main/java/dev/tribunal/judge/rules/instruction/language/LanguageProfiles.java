package dev.tribunal.judge.rules.instruction.language;

import com.cybozu.labs.langdetect.DetectorFactory;
import dev.tribunal.judge.rules.instruction.text.Resource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How likely n-grams are in the 55 languages that langdetect 1.0.9 knows. Most profiles are those of the library
 * language-detection; where the two differ, {@code languages.txt} has langdetect's.
 */
final class LanguageProfiles {

    /** An n-gram that no language has. */
    static final int UNKNOWN = -1;

    private static final int MAX_GRAM = 3;
    private static final int KEY_BITS = 21;
    private static final List<String> OF_LIBRARY = List.of(
            ("af ar bg bn cs da de el en es et fa fi fr gu he hi hr hu id it ja kn lt lv mk ml mr ne nl no pa pl pt ro "
                            + "ru sk sl so sq sv sw ta te th tl tr uk ur vi zh-cn zh-tw")
                    .split(" "));

    private final List<String> languages = new ArrayList<>();

    /** Open addressing: the place of a gram, and its number. Zero is not a gram. */
    private final long[] keys;

    private final int[] numbers;

    /** By number: where a gram's languages begin, and where the next gram's do. */
    private final int[] starts;

    private final int[] gramLanguages;
    private final double[] likelihoods;

    private LanguageProfiles() {
        Map<Long, List<Likelihood>> grams = new HashMap<>();
        OF_LIBRARY.forEach(language -> readLibrary(language, grams));
        Resource.sections(LanguageProfiles.class, "languages.txt")
                .forEach((head, lines) -> readOwn(head, lines, grams));

        keys = new long[Integer.highestOneBit(grams.size()) * 4];
        numbers = new int[keys.length];
        starts = new int[grams.size() + 1];
        int entries = grams.values().stream().mapToInt(List::size).sum();
        gramLanguages = new int[entries];
        likelihoods = new double[entries];
        int number = 0;
        int entry = 0;
        for (Map.Entry<Long, List<Likelihood>> gram : grams.entrySet()) {
            int place = place(gram.getKey());
            keys[place] = gram.getKey();
            numbers[place] = number;
            for (Likelihood likelihood : gram.getValue()) {
                gramLanguages[entry] = likelihood.language;
                likelihoods[entry++] = likelihood.value;
            }
            starts[++number] = entry;
        }
    }

    static LanguageProfiles load() {
        return new LanguageProfiles();
    }

    String language(int index) {
        return languages.get(index);
    }

    boolean knows(String language) {
        return languages.contains(language);
    }

    int size() {
        return languages.size();
    }

    /** The key of a gram with one character more at its end. */
    static long key(long gram, int character) {
        return gram << KEY_BITS | character;
    }

    /** @return a gram's number, or {@link #UNKNOWN} */
    int number(long key) {
        int place = place(key);
        return keys[place] == key ? numbers[place] : UNKNOWN;
    }

    /**
     * Multiplies the languages' probabilities by a weight plus the likelihood of a gram in each.
     *
     * @param factors room for as many numbers, whose content does not matter
     */
    void multiply(double[] probabilities, int number, double weight, double[] factors) {
        Arrays.fill(factors, weight);
        for (int entry = starts[number]; entry < starts[number + 1]; entry++) {
            factors[gramLanguages[entry]] = weight + likelihoods[entry];
        }
        for (int language = 0; language < probabilities.length; language++) {
            probabilities[language] *= factors[language];
        }
    }

    private int place(long key) {
        long hash = key * 0x9e3779b97f4a7c15L;
        int place = (int) (hash >>> 32) & keys.length - 1;
        while (keys[place] != 0 && keys[place] != key) {
            place = place + 1 & keys.length - 1;
        }
        return place;
    }

    private void readLibrary(String language, Map<Long, List<Likelihood>> grams) {
        JsonNode profile = new JsonMapper().readTree(Resource.text(DetectorFactory.class, "/profiles/" + language));
        int index = languages.size();
        languages.add(language);
        profile.path("freq")
                .forEachEntry((gram, count) -> add(
                        grams,
                        gram,
                        index,
                        count.asDouble(),
                        profile.path("n_words").path(length(gram) - 1).asDouble()));
    }

    /** The head is the language and how many grams of each length there are; a line is a count and its grams. */
    private void readOwn(String head, List<String> lines, Map<Long, List<Likelihood>> grams) {
        String[] totals = head.split("\t");
        int index = languages.size();
        languages.add(totals[0]);
        for (String line : lines) {
            String[] counted = line.split("\t");
            for (int i = 1; i < counted.length; i++) {
                double total = Double.parseDouble(totals[Math.min(length(counted[i]), MAX_GRAM)]);
                add(grams, counted[i], index, Double.parseDouble(counted[0]), total);
            }
        }
    }

    private static void add(Map<Long, List<Likelihood>> grams, String gram, int language, double count, double total) {
        if (length(gram) <= MAX_GRAM) {
            long key = 0;
            for (int character : gram.codePoints().toArray()) {
                key = key(key, character);
            }
            grams.computeIfAbsent(key, any -> new ArrayList<>()).add(new Likelihood(language, count / total));
        }
    }

    private static int length(String gram) {
        return gram.codePointCount(0, gram.length());
    }

    private record Likelihood(int language, double value) {}
}
