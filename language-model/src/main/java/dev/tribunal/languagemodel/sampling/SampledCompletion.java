package dev.tribunal.languagemodel.sampling;

/**
 * One finished sample.
 *
 * @param prompt index of the {@link SamplingRequest}
 * @param sample index among the prompt's samples
 * @param ids the completion's tokens, the end-of-sequence token included if it was drawn; never empty
 * @param logProbs {@code [ids.length]}, at the temperature that the tokens were drawn at (1, if it was 0), from the pass that
 *     drew them
 */
public record SampledCompletion(int prompt, int sample, int[] ids, float[] logProbs, FinishReason finishReason) {}
