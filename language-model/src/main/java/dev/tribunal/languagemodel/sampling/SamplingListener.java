package dev.tribunal.languagemodel.sampling;

import dev.tribunal.languagemodel.TextStream;

/** Is told of completions while they are sampled, on a thread of the model's that must not be kept waiting. */
@FunctionalInterface
public interface SamplingListener {

    /** Called once a sample, in the order of finishing. */
    void finished(SampledCompletion completion);

    /**
     * Called once a token, before {@link #finished} if it is the last. {@link TextStream} makes text of them.
     *
     * @param prompt index of the {@link SamplingRequest}
     * @param sample index among the prompt's samples
     */
    default void drawn(int prompt, int sample, int id) {}
}
