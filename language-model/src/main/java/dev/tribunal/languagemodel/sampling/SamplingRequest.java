package dev.tribunal.languagemodel.sampling;

import dev.tribunal.languagemodel.CounterRandom;

/**
 * A prompt and how often to sample it.
 *
 * @param prompt token ids
 * @param randomKeys one a sample: the uniform number for a sample's token {@code t} is
 *     {@link CounterRandom#uniform CounterRandom.uniform(key, t)}, so that a sample does not depend on what else is
 *     in the batch
 * @param lengths one a sample, where samples differ in how long they may become, each at least 1; empty if
 *     {@link SamplingOptions#maxNewTokens} holds for all. The smaller of both counts
 */
public record SamplingRequest(int[] prompt, long[] randomKeys, int[] lengths) {

    public SamplingRequest {
        if (prompt.length == 0) {
            throw new IllegalArgumentException("a prompt needs at least one token");
        }
        if (randomKeys.length == 0) {
            throw new IllegalArgumentException("a prompt needs at least one sample");
        }
        if (lengths.length != 0 && lengths.length != randomKeys.length) {
            throw new IllegalArgumentException(lengths.length + " lengths for " + randomKeys.length + " samples");
        }
        for (int length : lengths) {
            if (length < 1) {
                throw new IllegalArgumentException("a sample's length is " + length + ", but must be at least 1");
            }
        }
    }

    public SamplingRequest(int[] prompt, long[] randomKeys) {
        this(prompt, randomKeys, new int[0]);
    }

    /** How long a sample may become. */
    public int maxNewTokens(int sample, SamplingOptions options) {
        return lengths.length == 0 ? options.maxNewTokens() : Math.min(lengths[sample], options.maxNewTokens());
    }
}
