package dev.tribunal.languagemodel;

import java.nio.file.Path;
import java.util.List;

/**
 * A decoder under a scalar head: one score a sequence, read off its last token. It is a Hugging Face
 * sequence-classification checkpoint with one label ({@code score.weight} of shape {@code [1, hidden]}).
 *
 * <p>Threading is {@link LanguageModel}'s: callable from anywhere, run on the model's own thread.
 */
public interface ScoringModel extends AutoCloseable {

    ModelConfiguration configuration();

    ChatTokenizer tokenizer();

    /**
     * @param sequences token ids, none empty
     * @return one score a sequence, in order; a score's scale is the model's own
     */
    float[] scores(List<int[]> sequences);

    /** Forward pass that keeps what its backward pass needs; gradients add up until {@link #step}. */
    ForwardPass forward(List<int[]> sequences);

    /** As {@link LanguageModel#step}. */
    double step(AdamW adamW);

    /** Writes a Hugging Face sequence-classification directory, atomically. */
    void save(Path directory, WeightType weightType);

    @Override
    void close();

    /** A forward pass whose gradients can still be asked for. */
    interface ForwardPass extends AutoCloseable {

        /** One score a sequence. */
        float[] scores();

        /** Accumulates the gradient of {@code sum over s of scoreWeights[s] * score[s]}; once. */
        void backward(double[] scoreWeights);

        @Override
        void close();
    }
}
