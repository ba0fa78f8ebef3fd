package dev.tribunal.reward;

import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.ChatMessage;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A model with one weight: score = weight * length, where a character is a token; NaN for a text with a '?'. A step is
 * plain gradient descent. It remembers what it was asked.
 */
public final class LengthModel implements ScoringModel {

    public static final int POSITIONS = 32;

    /** The sizes of the batches that were scored or passed forward. */
    public final List<Integer> batches = new ArrayList<>();

    /** dLoss/dscore of each backward pass. */
    public final List<double[]> scoreWeights = new ArrayList<>();

    public final List<AdamW> steps = new ArrayList<>();
    public boolean closed;

    private final UnaryOperator<String> template;
    private double weight;
    private double gradient;

    public LengthModel(double weight) {
        this(weight, UnaryOperator.identity());
    }

    /** @param template what its chat template makes of a message */
    public LengthModel(double weight, UnaryOperator<String> template) {
        this.weight = weight;
        this.template = template;
    }

    @Override
    public ModelConfiguration configuration() {
        return new ModelConfiguration("llama", 256, 8, 8, 1, 1, 1, 8, POSITIONS, 1e-5, 10000, true);
    }

    @Override
    public ChatTokenizer tokenizer() {
        return new Characters(template);
    }

    @Override
    public List<String> labels() {
        return List.of("length");
    }

    @Override
    public float[][] labelScores(List<int[]> sequences) {
        batches.add(sequences.size());
        float[][] scores = new float[sequences.size()][1];
        for (int i = 0; i < scores.length; i++) {
            int[] ids = sequences.get(i);
            scores[i][0] = new String(ids, 0, ids.length).contains("?") ? Float.NaN : (float) (weight * ids.length);
        }
        return scores;
    }

    @Override
    public ForwardPass forward(List<int[]> sequences) {
        float[][] scores = labelScores(sequences);
        return new ForwardPass() {
            @Override
            public float[][] labelScores() {
                return scores;
            }

            @Override
            public void backward(double[][] weights) {
                scoreWeights.add(
                        Arrays.stream(weights).mapToDouble(row -> row[0]).toArray());
                for (int i = 0; i < weights.length; i++) {
                    gradient += weights[i][0] * sequences.get(i).length;
                }
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public double step(AdamW adamW) {
        steps.add(adamW);
        weight -= adamW.learningRate() * gradient;
        gradient = 0;
        return 0;
    }

    @Override
    public void clearGradient() {
        gradient = 0;
    }

    @Override
    public void save(Path directory, WeightType weightType) {
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("weight"), Double.toString(weight));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As it was saved. */
    public static LengthModel load(Path directory) {
        try {
            return new LengthModel(Double.parseDouble(Files.readString(directory.resolve("weight"))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public double weight() {
        return weight;
    }

    @Override
    public void saveOptimizerState(Path file) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void loadOptimizerState(Path file) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        closed = true;
    }

    private record Characters(UnaryOperator<String> template) implements ChatTokenizer {

        @Override
        public boolean hasChatTemplate() {
            return true;
        }

        @Override
        public int[] encode(String text) {
            return text.chars().toArray();
        }

        @Override
        public int[] encodeWithSpecialTokens(String text) {
            return encode(text);
        }

        @Override
        public String withoutSpecialTokens(String text) {
            return text;
        }

        @Override
        public String decode(int[] ids) {
            return new String(ids, 0, ids.length);
        }

        @Override
        public String render(List<ChatMessage> messages, boolean generationPrompt) {
            return String.join(
                    "|",
                    messages.stream().map(ChatMessage::content).map(template).toList());
        }

        @Override
        public int[] endOfSequenceIds() {
            return new int[] {0};
        }

        @Override
        public int vocabularySize() {
            return 256;
        }
    }
}
