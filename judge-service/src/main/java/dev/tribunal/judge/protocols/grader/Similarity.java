package dev.tribunal.judge.protocols.grader;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.input.Unsupported;
import java.util.function.ToDoubleBiFunction;

/**
 * How alike two texts are, from 0 to 1. OpenAI names the metrics and not their variants; these are the ones that the
 * common Python packages compute.
 */
@Unsupported(
        word = "cosine",
        reason = "is not computed here: it needs an embedding model; register a scoring server, for example vllm-score")
@Unsupported(word = "meteor", reason = "is not computed here: it needs WordNet's synonyms; use rouge_l or gleu")
enum Similarity {
    /** rapidfuzz's {@code fuzz.ratio}: twice the longest common subsequence over both lengths, in code points. */
    @JsonProperty("fuzzy_match")
    FUZZY_MATCH(Similarity::fuzzyMatch),
    BLEU(NGrams::bleu),
    GLEU(NGrams::gleu),
    @JsonProperty("rouge_1")
    ROUGE_1((input, reference) -> NGrams.rouge(input, reference, 1)),
    @JsonProperty("rouge_2")
    ROUGE_2((input, reference) -> NGrams.rouge(input, reference, 2)),
    @JsonProperty("rouge_3")
    ROUGE_3((input, reference) -> NGrams.rouge(input, reference, 3)),
    @JsonProperty("rouge_4")
    ROUGE_4((input, reference) -> NGrams.rouge(input, reference, 4)),
    @JsonProperty("rouge_5")
    ROUGE_5((input, reference) -> NGrams.rouge(input, reference, 5)),
    @JsonProperty("rouge_l")
    ROUGE_L(NGrams::rougeL);

    /** Steps of the longest common subsequence that are worth waiting for: below a second. */
    private static final long MAX_STEPS = 400_000_000L;

    private final ToDoubleBiFunction<String, String> metric;

    Similarity(ToDoubleBiFunction<String, String> metric) {
        this.metric = metric;
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
