package dev.tribunal.trainer.tinker;

import dev.tribunal.trainer.tinker.Messages.Datum;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a server makes one loss of its tokens' losses, and so what it is to be sent for the gradient of
 * {@code sum over i, t of d_it log p_it}, whose slopes {@code d} it is to have.
 */
enum Reduction {
    /**
     * The plain sum over tokens and sequences: {@code cross_entropy}, which is {@code -sum w log p}, with the weights
     * {@code -d}. They may be negative.
     */
    SUM,

    /**
     * Of each sequence divided by the sum of its weights, and then the mean over all N sequences since the last step.
     * Weights that may be negative would be divided by about nothing. {@code importance_sampling}, which is {@code -w a
     * exp(log p - old)} of each token, has the slope {@code -a} where {@code old} is what the model says now; so with weights
     * of 1 on the T tokens of a completion, advantages {@code -d T N} give {@code d}.
     */
    MEAN;

    private static final String CROSS_ENTROPY = "cross_entropy";

    /**
     * A completion's slopes.
     *
     * @param logProbs as the model gives them now, {@code [completion length]}
     * @param slopes {@code [completion length]}
     */
    record Learnt(int[] prompt, int[] completion, float[] logProbs, double[] slopes) {}

    String loss() {
        return switch (this) {
            case SUM -> CROSS_ENTROPY;
            case MEAN -> "importance_sampling";
        };
    }

    /** The loss of passes that only look. */
    static String lossOfLook() {
        return CROSS_ENTROPY;
    }

    /** What is only looked at. */
    static Datum look(int[] prompt, int[] completion) {
        SortedMap<String, float[]> inputs = new TreeMap<>();
        inputs.put("weights", ones(prompt.length, completion.length));
        return datum(prompt, completion, inputs);
    }

    /** All that one step learns. */
    List<Datum> data(List<Learnt> all) {
        return all.stream().map(learnt -> datum(learnt, all.size())).toList();
    }

    private Datum datum(Learnt learnt, int sequences) {
        int[] prompt = learnt.prompt();
        double[] slopes = learnt.slopes();
        SortedMap<String, float[]> inputs = new TreeMap<>();
        switch (this) {
            case SUM -> inputs.put("weights", afterPrompt(prompt.length, scaled(slopes, -1)));
            case MEAN -> {
                inputs.put("weights", ones(prompt.length, slopes.length));
                inputs.put("logprobs", afterPrompt(prompt.length, learnt.logProbs()));
                inputs.put(
                        "advantages", afterPrompt(prompt.length, scaled(slopes, -(double) slopes.length * sequences)));
            }
        }
        return datum(prompt, learnt.completion(), inputs);
    }

    private static float[] scaled(double[] values, double factor) {
        float[] scaled = new float[values.length];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = (float) (factor * values[i]);
        }
        return scaled;
    }

    private static float[] ones(int prompt, int completion) {
        float[] ones = new float[prompt - 1 + completion];
        Arrays.fill(ones, prompt - 1, ones.length, 1);
        return ones;
    }

    /** Of the targets, which are all tokens but the first. */
    private static float[] afterPrompt(int prompt, float[] ofCompletion) {
        float[] all = new float[prompt - 1 + ofCompletion.length];
        System.arraycopy(ofCompletion, 0, all, prompt - 1, ofCompletion.length);
        return all;
    }

    private static Datum datum(int[] prompt, int[] completion, SortedMap<String, float[]> inputs) {
        int[] all = Arrays.copyOf(prompt, prompt.length + completion.length);
        System.arraycopy(completion, 0, all, prompt.length, completion.length);
        return new Datum(Arrays.copyOf(all, all.length - 1), Arrays.copyOfRange(all, 1, all.length), inputs);
    }
}
