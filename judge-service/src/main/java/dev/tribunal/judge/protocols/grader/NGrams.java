package dev.tribunal.judge.protocols.grader;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Measures that count the n-grams, or the words in order, which two texts have in common. */
final class NGrams {

    private static final int LONGEST = 4;
    private static final Pattern SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

    /** ASCII punctuation and symbols, but for the period, the comma and the dash, whose neighbours matter. */
    private static final Pattern PUNCTUATION = Pattern.compile("([{-~\\[-`!-&(-+:-@/])");

    private static final Pattern STOP_AFTER_NO_DIGIT = Pattern.compile("([^0-9])([.,])");
    private static final Pattern STOP_BEFORE_NO_DIGIT = Pattern.compile("([.,])([^0-9])");
    private static final Pattern DASH_AFTER_DIGIT = Pattern.compile("([0-9])(-)");
    private static final Pattern NO_ROUGE_WORD = Pattern.compile("[^a-z0-9]+");

    private NGrams() {}

    /**
     * A sentence's BLEU over up to 4-grams: brevity penalty times the geometric mean of the precisions, orders longer
     * than the input left out, an order without a match smoothed by halving ("exp").
     *
     * @see <a href="https://aclanthology.org/P02-1040">Papineni et al., 2002</a>
     * @see <a href="https://github.com/mjpost/sacrebleu">sacreBLEU: sentence_bleu, tokenizer 13a</a>
     */
    static double bleu(String input, String reference) {
        List<String> hypothesis = words13a(input);
        List<String> target = words13a(reference);
        double halving = 1;
        double logarithms = 0;
        int orders = 0;
        boolean any = false;
        for (int n = 1; n <= LONGEST && hypothesis.size() >= n; n++) {
            int total = hypothesis.size() - n + 1;
            int correct = common(hypothesis, target, n);
            any |= correct > 0;
            halving = correct > 0 ? halving : halving * 2;
            logarithms += Math.log(correct > 0 ? (double) correct / total : 1 / (halving * total));
            orders++;
        }
        if (!any) {
            return 0;
        }
        double brevity =
                hypothesis.size() >= target.size() ? 1 : Math.exp(1 - (double) target.size() / hypothesis.size());
        return brevity * Math.exp(logarithms / orders);
    }

    /**
     * Google's BLEU: the lesser of precision and recall over all 1- to 4-grams together.
     *
     * @see <a href="https://arxiv.org/abs/1609.08144">Wu et al., 2016</a>, section 8
     */
    static double gleu(String input, String reference) {
        List<String> hypothesis = words13a(input);
        List<String> target = words13a(reference);
        int matches = 0;
        for (int n = 1; n <= LONGEST; n++) {
            matches += common(hypothesis, target, n);
        }
        int most = Math.max(grams(hypothesis.size()), grams(target.size()));
        return most == 0 ? 0 : (double) matches / most;
    }

    /** How many 1- to 4-grams a text of so many words has. */
    private static int grams(int words) {
        int grams = 0;
        for (int n = 1; n <= LONGEST; n++) {
            grams += Math.max(0, words - n + 1);
        }
        return grams;
    }

    /**
     * ROUGE-N's F-measure, words in lower case, not stemmed.
     *
     * @see <a href="https://aclanthology.org/W04-1013">Lin, 2004</a>
     * @see <a href="https://github.com/google-research/google-research/tree/master/rouge">rouge_score</a>
     */
    static double rouge(String input, String reference, int n) {
        List<String> hypothesis = rougeWords(input);
        List<String> target = rougeWords(reference);
        return harmonicMean(
                common(hypothesis, target, n),
                Math.max(0, hypothesis.size() - n + 1),
                Math.max(0, target.size() - n + 1));
    }

    /** ROUGE-L's F-measure over the longest common subsequence of words. */
    static double rougeL(String input, String reference) {
        List<String> hypothesis = rougeWords(input);
        List<String> target = rougeWords(reference);
        Map<String, Integer> numbers = new HashMap<>();
        return harmonicMean(
                Similarity.commonSubsequence(numbered(hypothesis, numbers), numbered(target, numbers)),
                hypothesis.size(),
                target.size());
    }

    private static int[] numbered(List<String> words, Map<String, Integer> numbers) {
        return words.stream()
                .mapToInt(word -> numbers.computeIfAbsent(word, unseen -> numbers.size()))
                .toArray();
    }

    /** Of precision and recall: 2 * matches over both counts. */
    private static double harmonicMean(int matches, int inHypothesis, int inTarget) {
        return matches == 0 ? 0 : 2.0 * matches / (inHypothesis + inTarget);
    }

    /** n-grams in common, each counted as often as it is in both. */
    private static int common(List<String> hypothesis, List<String> target, int n) {
        Map<List<String>, Integer> counts = new HashMap<>();
        for (int i = 0; i + n <= target.size(); i++) {
            counts.merge(target.subList(i, i + n), 1, Integer::sum);
        }
        int common = 0;
        for (int i = 0; i + n <= hypothesis.size(); i++) {
            List<String> gram = hypothesis.subList(i, i + n);
            int left = counts.getOrDefault(gram, 0);
            if (left > 0) {
                counts.put(gram, left - 1);
                common++;
            }
        }
        return common;
    }

    private static List<String> rougeWords(String text) {
        String plain = NO_ROUGE_WORD
                .matcher(text.toLowerCase(Locale.ROOT))
                .replaceAll(" ")
                .strip();
        return plain.isEmpty() ? List.of() : Arrays.asList(plain.split(" "));
    }

    /** The words of BLEU's standard evaluation script, mteval-v13a: punctuation stands alone, numbers stay whole. */
    static List<String> words13a(String text) {
        String line =
                text.stripTrailing().replace("<skipped>", "").replace("-\n", "").replace('\n', ' ');
        line = line.replace("&quot;", "\"")
                .replace("&amp;", "&")
                .replace("&lt;", "<")
                .replace("&gt;", ">");
        line = PUNCTUATION.matcher(" " + line + " ").replaceAll(" $1 ");
        line = STOP_AFTER_NO_DIGIT.matcher(line).replaceAll("$1 $2 ");
        line = STOP_BEFORE_NO_DIGIT.matcher(line).replaceAll(" $1 $2");
        line = DASH_AFTER_DIGIT.matcher(line).replaceAll("$1 $2 ");
        List<String> words = new ArrayList<>(List.of(SPACE.split(line.strip())));
        words.removeIf(String::isEmpty);
        return List.copyOf(words);
    }
}
