package dev.tribunal.languagemodel;

import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.sampling.SamplingListener;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A decoder language model that samples, scores and trains.
 *
 * <p>Every method blocks until its work is done and may be called from any thread: the model runs on one thread of
 * its own, in the order of the calls. This is the shape that a remote engine offers too, so that whoever trains
 * through it need not know where the weights are.
 *
 * <p>Log-probabilities are natural logarithms. Those of a sample, and of a pass at a temperature, are of the distribution
 * at that temperature, nothing truncated: policy, reference and gradient then speak of the distribution that the tokens
 * were drawn from.
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

    /** At temperature 1. */
    default List<float[]> logProbs(List<TokenSequence> sequences) {
        return logProbs(sequences, 1);
    }

    /**
     * Log-probabilities of completions, without gradients. Two models of the same weights give the same numbers for the
     * same list of sequences, and so does {@link #forward}; in other company a sequence's last digits may differ.
     *
     * @param temperature what the logits are divided by; positive
     * @return for each sequence {@code [completion length]}: log p(token t | prompt, tokens before t)
     */
    List<float[]> logProbs(List<TokenSequence> sequences, double temperature);

    /**
     * Log-probabilities of a few candidate tokens as the next token: one forward pass, nothing sampled.
     *
     * @param prompts token ids, none empty
     * @param candidates token ids, the same for every prompt
     * @return {@code [prompts][candidates]}
     */
    float[][] nextTokenLogProbs(List<int[]> prompts, int[] candidates);

    /** Of log-probabilities at temperature 1 alone. */
    default ForwardPass forward(List<TokenSequence> sequences) {
        return forward(sequences, Wanted.LOG_PROBS);
    }

    /**
     * Forward pass that keeps what its backward pass needs. The caller bounds memory by passing micro-batches;
     * gradients of successive backward passes add up until {@link #step}. If one fails, {@link #clearGradient} drops
     * what it had added.
     *
     * @throws IllegalStateException if the model was loaded as frozen
     * @throws IllegalArgumentException if {@link Wanted#klFrom} does not fit this model
     */
    ForwardPass forward(List<TokenSequence> sequences, Wanted wanted);

    /**
     * Clips the accumulated gradient by its global norm, takes one AdamW step and clears the gradient, all its rows.
     *
     * @return the gradient's global L2 norm before clipping; NaN where the engine does not tell it
     * @throws IllegalStateException if no backward pass has run since the last step, or the gradient is not finite
     *     (the weights are then left as they are, and the gradient is cleared), or there is more in the rows beside the
     *     first, which {@link #mixGradients} has to make one first
     */
    double step(AdamW adamW);

    /** The L2 norm of what the last step added to the weights; empty where the engine does not measure it. */
    default OptionalDouble updateNorm() {
        return OptionalDouble.empty();
    }

    /** Drops the accumulated gradient, all its rows, and selects row 0. */
    void clearGradient();

    /**
     * Selects the row of the gradient that backward passes add to from now on: 0 at first, and after each step. A row
     * takes as much memory as the gradient, from when it is first selected until this model is closed.
     *
     * @param row not negative, and at most one more than the largest selected before
     * @see Capability#GRADIENT_ROWS
     */
    default void selectGradient(int row) {
        throw unsupported(Capability.GRADIENT_ROWS);
    }

    /**
     * Products of the gradient's rows, in double precision over all trained weights.
     *
     * @param rows how many, from 0 on; one that was never selected is zero
     * @return {@code [rows][rows]}: the inner product of row i and row j; the diagonal has the norms squared
     */
    default double[][] gradientProducts(int rows) {
        throw unsupported(Capability.GRADIENT_ROWS);
    }

    /**
     * Makes row 0 the sum over the rows of factor times row, clears the others and selects row 0: what {@link #step}
     * takes. It counts as a backward pass.
     *
     * @param factors one a row, from 0 on, all finite
     */
    default void mixGradients(double[] factors) {
        throw unsupported(Capability.GRADIENT_ROWS);
    }

    private static UnsupportedOperationException unsupported(Capability capability) {
        return new UnsupportedOperationException("this engine lacks the capability " + capability);
    }

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
         * {@code [sequences][completion length]}: the entropy of the distribution that the token was predicted by, in
         * nats.
         *
         * @throws IllegalStateException if it was not {@linkplain Wanted#entropy wanted}
         */
        List<float[]> entropies();

        /**
         * {@code [sequences][completion length]}: KL(ref(. | prompt, tokens before t) || this model's), in nats.
         *
         * @throws IllegalStateException if it was not {@linkplain Wanted#klFrom wanted}
         */
        List<float[]> tokenKls();

        /**
         * Accumulates the gradient of the sum, over sequences and tokens, of slope times what the slope is of.
         *
         * @param slopes one a sequence, all finite; a sequence whose slopes are all zero costs nothing
         * @throws IllegalStateException if called twice
         * @throws IllegalArgumentException if there are slopes of what was not wanted
         */
        void backward(List<TokenSlopes> slopes);

        @Override
        void close();
    }
}
