package dev.tribunal.languagemodel;

import java.nio.file.Path;
import java.util.List;

/**
 * A decoder language model that samples, scores and trains.
 *
 * <p>Every method blocks until its work is done and may be called from any thread: the model runs on one thread of
 * its own, in the order of the calls. This is the shape that a remote engine offers too, so that whoever trains
 * through it need not know where the weights are.
 *
 * <p>Log-probabilities are natural logarithms under the <em>untempered</em> distribution (temperature 1).
 */
public interface LanguageModel extends AutoCloseable {

    ModelConfiguration configuration();

    /** The checkpoint's own tokenizer and chat template. */
    ChatTokenizer tokenizer();

    /**
     * Samples completions. A prompt is prefilled once for all its samples; a completion is handed over as soon as it
     * is finished, while others are still being sampled, on a thread of the model's that must not be kept waiting.
     *
     * @param requests one a prompt, each with one random key a sample
     * @param listener is told of each token if it wants to, and of each finished completion
     * @throws IllegalArgumentException if a prompt is empty, or prompt and completion exceed the model's positions
     */
    void sample(List<SamplingRequest> requests, SamplingOptions options, SamplingListener listener);

    /**
     * Log-probabilities of completions, without gradients.
     *
     * @return for each sequence {@code [completion length]}: log p(token t | prompt, tokens before t)
     */
    List<float[]> logProbs(List<TokenSequence> sequences);

    /**
     * Log-probabilities of a few candidate tokens as the next token: one forward pass, nothing sampled.
     *
     * @param prompts token ids, none empty
     * @param candidates token ids, the same for every prompt
     * @return {@code [prompts][candidates]}
     */
    float[][] nextTokenLogProbs(List<int[]> prompts, int[] candidates);

    /**
     * Forward pass that keeps what its backward pass needs. The caller bounds memory by passing micro-batches;
     * gradients of successive backward passes add up until {@link #step}. If one fails, {@link #clearGradient} drops
     * what it had added.
     *
     * @throws IllegalStateException if the model was loaded as frozen
     */
    ForwardPass forward(List<TokenSequence> sequences);

    /**
     * Clips the accumulated gradient by its global norm, takes one AdamW step and clears the gradient.
     *
     * @return the gradient's global L2 norm before clipping
     * @throws IllegalStateException if no backward pass has run since the last step, or the gradient is not finite
     *     (the weights are then left as they are, and the gradient is cleared)
     */
    double step(AdamW adamW);

    /** Drops the accumulated gradient. */
    void clearGradient();

    /**
     * Writes a Hugging Face directory ({@code config.json}, {@code model.safetensors}, tokenizer and chat template)
     * that {@code transformers} loads; atomically: the directory is complete or absent. An adapter is merged into
     * the weights.
     */
    void save(Path directory, WeightType weightType);

    /** Writes what {@link #save} leaves out and a continued training needs: AdamW's moments and step count. */
    void saveOptimizerState(Path file);

    /** @throws CheckpointException if the file does not fit this model */
    void loadOptimizerState(Path file);

    /** Whether what is trained is an adapter, and not the weights themselves. */
    default boolean hasAdapter() {
        return false;
    }

    /**
     * This model with its adapter off, which is the checkpoint that the adapter was made for: the same weights, held
     * once. It samples and scores, and does not train; closing it does nothing.
     *
     * @throws IllegalStateException if this model has no adapter
     */
    default LanguageModel withoutAdapter() {
        throw new IllegalStateException("this model has no adapter");
    }

    /**
     * Writes the adapter as PEFT does ({@code adapter_config.json}, {@code adapter_model.safetensors}), atomically.
     *
     * @throws IllegalStateException if this model has no adapter
     */
    default void saveAdapter(Path directory) {
        throw new IllegalStateException("this model has no adapter");
    }

    @Override
    void close();

    /** A forward pass whose gradients can still be asked for. */
    interface ForwardPass extends AutoCloseable {

        /** {@code [sequences][completion length]}, as {@link LanguageModel#logProbs} gives them. */
        List<float[]> logProbs();

        /**
         * Accumulates the gradient of {@code sum over s, t of tokenWeights[s][t] * logProb[s][t]}.
         *
         * @param tokenWeights dLoss/dlogProb, {@code [sequences][completion length]}, all finite; a sequence whose
         *     weights are all zero costs nothing
         * @throws IllegalStateException if called twice
         */
        void backward(List<double[]> tokenWeights);

        @Override
        void close();
    }
}
