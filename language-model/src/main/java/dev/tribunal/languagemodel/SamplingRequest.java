package dev.tribunal.languagemodel;

/**
 * A prompt and how often to sample it.
 *
 * @param prompt token ids
 * @param randomKeys one a sample: the uniform number for a sample's token {@code t} is
 *     {@link CounterRandom#uniform CounterRandom.uniform(key, t)}, so that a sample does not depend on what else is
 *     in the batch
 */
public record SamplingRequest(int[] prompt, long[] randomKeys) {

    public SamplingRequest {
        if (prompt.length == 0) {
            throw new IllegalArgumentException("a prompt needs at least one token");
        }
        if (randomKeys.length == 0) {
            throw new IllegalArgumentException("a prompt needs at least one sample");
        }
    }
}
