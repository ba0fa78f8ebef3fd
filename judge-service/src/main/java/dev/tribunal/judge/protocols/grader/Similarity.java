package dev.tribunal.judge.protocols.grader;

import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;

/**
 * How alike two texts are, from 0 to 1. OpenAI names the metrics and not their variants; these are the ones that the
 * common Python packages compute.
 */
enum Similarity {
    /** rapidfuzz's {@code fuzz.ratio}: twice the longest common subsequence over both lengths, in code points. */
    FUZZY_MATCH(Similarity::fuzzyMatch),
    BLEU(NGrams::bleu),
    GLEU(NGrams::gleu),
    ROUGE_1((input, reference) -> NGrams.rouge(input, reference, 1)),
    ROUGE_2((input, reference) -> NGrams.rouge(input, reference, 2)),
    ROUGE_3((input, reference) -> NGrams.rouge(input, reference, 3)),
    ROUGE_4((input, reference) -> NGrams.rouge(input, reference, 4)),
    ROUGE_5((input, reference) -> NGrams.rouge(input, reference, 5)),
    ROUGE_L(NGrams::rougeL);

    /** Metrics that OpenAI has and this does not, with the reason. */
    private static final Map<String, String> MISSING = Map.of(
            "cosine", "needs an embedding model; register a scoring server, for example vllm-score",
            "meteor", "needs WordNet's synonyms; use rouge_l or gleu");

    /** Steps of the longest common subsequence that are worth waiting for: below a second. */
    private static final long MAX_STEPS = 400_000_000L;

    private final ToDoubleBiFunction<String, String> metric;

    Similarity(ToDoubleBiFunction<String, String> metric) {
        this.metric = metric;
    }

    /** @throws IllegalArgumentException if it is not among these, saying what to do */
    static Similarity of(String name) {
        String missing = MISSING.get(name);
        if (missing != null) {
            throw new IllegalArgumentException("is '" + name + "', which is not computed here: it " + missing);
        }
        for (Similarity similarity : values()) {
            if (similarity.name().toLowerCase(Locale.ROOT).equals(name)) {
                return similarity;
            }
        }
        throw new IllegalArgumentException(
                "is '" + name + "', must be fuzzy_match, bleu, gleu, rouge_1 to rouge_5 or rouge_l");
    }

    /** @throws IllegalArgumentException if the texts are too long to compare */
    double of(String input, String reference) {
        return metric.applyAsDouble(input, reference);
    }

    private static double fuzzyMatch(String input, String reference) {
        int[] a = input.codePoints().toArray();
        int[] b = reference.codePoints().toArray();
        return a.length + b.length == 0 ? 1 : 2.0 * commonSubsequence(a, b) / (a.length + b.length);
    }

    /** Length of the longest common subsequence. */
    static int commonSubsequence(int[] a, int[] b) {
        if ((long) a.length * b.length > MAX_STEPS) {
            throw new IllegalArgumentException(
                    "texts of " + a.length + " and " + b.length + " characters or words are too long to compare");
        }
        int[] row = new int[b.length + 1];
        for (int x : a) {
            int diagonal = 0;
            for (int j = 1; j <= b.length; j++) {
                int above = row[j];
                row[j] = x == b[j - 1] ? diagonal + 1 : Math.max(above, row[j - 1]);
                diagonal = above;
            }
        }
        return row[b.length];
    }
}
