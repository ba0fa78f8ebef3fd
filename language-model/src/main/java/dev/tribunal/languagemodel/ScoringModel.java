package dev.tribunal.languagemodel;

import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import java.nio.file.Path;
import java.util.List;

/**
 * A decoder that scores sequences: for each label one number, read off the sequence's last token. It is a Hugging Face
 * sequence-classification checkpoint ({@code score.weight} of shape {@code [labels, hidden]}). A reward model has one
 * label, and the methods that speak of <em>the</em> score are for such a model.
 *
 * <p>As in transformers, the last token is the last one that is not {@code pad_token_id}.
 *
 * <p>Threading is {@link LanguageModel}'s: callable from anywhere, run on the model's own thread.
 */
public interface ScoringModel extends AutoCloseable {

    ModelConfiguration configuration();

    ChatTokenizer tokenizer();

    /** What is scored, as {@code id2label} names it. */
    List<String> labels();

    /**
     * @param sequences token ids, none empty
     * @return {@code [sequences][labels]}; a score's scale is the model's own
     */
    float[][] labelScores(List<int[]> sequences);

    /**
     * The scores of a model with one label.
     *
     * @param sequences token ids, none empty
     * @return one score a sequence, in order
     * @throws IllegalStateException if there are several labels
     */
    default float[] scores(List<int[]> sequences) {
        requireOneLabel(labels().size());
        return only(labelScores(sequences));
    }

    /** Forward pass that keeps what its backward pass needs; gradients add up until {@link #step}. */
    ForwardPass forward(List<int[]> sequences);

    /**
     * The value of each state that a token of a completion follows, as a critic gives it: for token {@code t} what is
     * read off the last token before it.
     *
     * @return {@code [sequences][labels][completion length]}
     * @see Capability#VALUES
     */
    default List<float[][]> values(List<TokenSequence> sequences) {
        throw new UnsupportedOperationException("this engine lacks the capability " + Capability.VALUES);
    }

    /** As {@link #forward}, but of {@link #values}. */
    default ValuePass forwardValues(List<TokenSequence> sequences) {
        throw new UnsupportedOperationException("this engine lacks the capability " + Capability.VALUES);
    }

    /** As {@link LanguageModel#step}. */
    double step(AdamW adamW);

    /** Drops the accumulated gradient. */
    void clearGradient();

    /** Writes a Hugging Face sequence-classification directory, atomically. */
    void save(Path directory, WeightType weightType);

    /** As {@link LanguageModel#saveOptimizerState}. */
    void saveOptimizerState(Path file);

    /** @throws CheckpointException if the file does not fit this model */
    void loadOptimizerState(Path file);

    @Override
    void close();

    /** A forward pass whose gradients can still be asked for. */
    interface ForwardPass extends AutoCloseable {

        /** {@code [sequences][labels]} */
        float[][] labelScores();

        /** The scores of a model with one label, one a sequence. */
        default float[] scores() {
            return only(labelScores());
        }

        /**
         * Accumulates the gradient of {@code sum over s, l of scoreWeights[s][l] * score[s][l]}; once.
         *
         * @param scoreWeights dLoss/dscore, {@code [sequences][labels]}, all finite
         */
        void backward(double[][] scoreWeights);

        /** {@link #backward(double[][])} of a model with one label: one weight a sequence. */
        default void backward(double[] scoreWeights) {
            double[][] rows = new double[scoreWeights.length][];
            for (int s = 0; s < rows.length; s++) {
                rows[s] = new double[] {scoreWeights[s]};
            }
            backward(rows);
        }

        @Override
        void close();
    }

    /** A forward pass over token values whose gradients can still be asked for. */
    interface ValuePass extends AutoCloseable {

        /** {@code [sequences][labels][completion length]} */
        List<float[][]> values();

        /**
         * Accumulates the gradient of {@code sum over s, l, t of slopes[s][l][t] * value[s][l][t]}; once.
         *
         * @param slopes dLoss/dvalue, {@code [sequences][labels][completion length]}, all finite; a sequence whose
         *     slopes are all zero costs nothing
         */
        void backward(List<double[][]> slopes);

        @Override
        void close();
    }

    private static float[] only(float[][] labelScores) {
        float[] scores = new float[labelScores.length];
        for (int s = 0; s < scores.length; s++) {
            requireOneLabel(labelScores[s].length);
            scores[s] = labelScores[s][0];
        }
        return scores;
    }

    private static void requireOneLabel(int labels) {
        if (labels != 1) {
            throw new IllegalStateException("the model scores " + labels + " labels; ask for labelScores");
        }
    }
}
