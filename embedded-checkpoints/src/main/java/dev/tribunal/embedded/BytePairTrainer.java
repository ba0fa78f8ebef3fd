package dev.tribunal.embedded;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Learns a byte-level BPE vocabulary (Sennrich et al., arXiv 1508.07909, on GPT-2's byte alphabet): the most frequent
 * pair of neighbouring tokens becomes a token, again and again. Equal counts go by the alphabet, so that the same
 * texts always give the same vocabulary.
 */
final class BytePairTrainer {

    /** GPT-2's words. Digits are cut off one by one before it, as the pre-tokenizer of the written file does. */
    private static final Pattern WORD =
            Pattern.compile("\\p{N}|'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");

    private BytePairTrainer() {}

    /**
     * @param vocabulary token to id: the special tokens, 256 bytes, then one a merge
     * @param merges pairs of tokens, in the order in which they were learned
     */
    record BytePairs(Map<String, Integer> vocabulary, List<Pair> merges) {}

    record Pair(String left, String right) implements Comparable<Pair> {

        private static final Comparator<Pair> ORDER =
                Comparator.comparing(Pair::left).thenComparing(Pair::right);

        @Override
        public int compareTo(Pair other) {
            return ORDER.compare(this, other);
        }
    }

    private record Word(List<String> tokens, int count) {}

    /** @param size of the vocabulary; it comes out smaller if the texts have no pair left that occurs twice */
    static BytePairs train(Iterable<String> texts, List<String> specialTokens, int size) {
        var vocabulary = new LinkedHashMap<String, Integer>();
        specialTokens.forEach(token -> vocabulary.put(token, vocabulary.size()));
        for (int value = 0; value < 256; value++) {
            vocabulary.put(symbol(value), vocabulary.size());
        }
        List<Word> words = words(texts);
        var merges = new ArrayList<Pair>();
        while (vocabulary.size() < size) {
            var counts = counts(words);
            var best = counts.entrySet().stream()
                    .filter(entry -> entry.getValue() > 1)
                    .max(Map.Entry.<Pair, Integer>comparingByValue()
                            .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())));
            if (best.isEmpty()) {
                break;
            }
            Pair pair = best.get().getKey();
            merges.add(pair);
            vocabulary.put(pair.left() + pair.right(), vocabulary.size());
            words.forEach(word -> merge(word.tokens(), pair));
        }
        return new BytePairs(vocabulary, merges);
    }

    private static List<Word> words(Iterable<String> texts) {
        var counts = new LinkedHashMap<String, Integer>();
        for (String text : texts) {
            WORD.matcher(text).results().forEach(word -> counts.merge(word.group(), 1, Integer::sum));
        }
        var words = new ArrayList<Word>();
        counts.forEach((word, count) -> {
            var symbols = new ArrayList<String>();
            for (byte value : word.getBytes(StandardCharsets.UTF_8)) {
                symbols.add(symbol(value & 0xFF));
            }
            words.add(new Word(symbols, count));
        });
        return words;
    }

    private static Map<Pair, Integer> counts(List<Word> words) {
        var counts = new HashMap<Pair, Integer>();
        for (Word word : words) {
            for (int i = 0; i + 1 < word.tokens().size(); i++) {
                var pair = new Pair(word.tokens().get(i), word.tokens().get(i + 1));
                counts.merge(pair, word.count(), Integer::sum);
            }
        }
        return counts;
    }

    private static void merge(List<String> tokens, Pair pair) {
        for (int i = 0; i + 1 < tokens.size(); i++) {
            if (tokens.get(i).equals(pair.left()) && tokens.get(i + 1).equals(pair.right())) {
                tokens.set(i, pair.left() + pair.right());
                tokens.remove(i + 1);
            }
        }
    }

    /** GPT-2's printable stand-in for a byte: itself if it is printable, else a letter from U+0100 on. */
    private static String symbol(int value) {
        if (isPrintable(value)) {
            return Character.toString(value);
        }
        int standIn = 0x100;
        for (int lower = 0; lower < value; lower++) {
            standIn += isPrintable(lower) ? 0 : 1;
        }
        return Character.toString(standIn);
    }

    private static boolean isPrintable(int value) {
        return value >= '!' && value <= '~' || value >= 0xA1 && value <= 0xFF && value != 0xAD;
    }
}
