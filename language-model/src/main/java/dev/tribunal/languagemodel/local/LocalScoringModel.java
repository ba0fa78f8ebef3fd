package dev.tribunal.languagemodel.local;

import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.TokenSlopes;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.languagemodel.adapter.Adapter;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.checkpoint.CheckpointDirectory;
import dev.tribunal.languagemodel.checkpoint.FloatSource;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Head;
import dev.tribunal.languagemodel.head.ScorePass;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A scoring model in this process. */
final class LocalScoringModel implements ScoringModel {

    /** Tokens in one forward pass that keeps nothing. */
    private static final int TOKENS_AT_ONCE = 8192;

    private final List<String> labels;
    private final LocalModel model;

    /**
     * @param newHead what the head starts as, if not as the directory has it
     * @param adapter what to train instead of the directory's weights and the head, if not them
     */
    LocalScoringModel(
            CheckpointDirectory directory,
            Head.Scores head,
            EngineOptions options,
            @Nullable FloatSource newHead,
            @Nullable Adapter adapter) {
        labels = head.labels();
        model = new LocalModel(directory, head, options, newHead, adapter);
    }

    LocalModel local() {
        return model;
    }

    @Override
    public ModelConfiguration configuration() {
        return model.configuration();
    }

    @Override
    public ChatTokenizer tokenizer() {
        return model.tokenizer();
    }

    @Override
    public List<String> labels() {
        return labels;
    }

    @Override
    public float[][] labelScores(List<int[]> sequences) {
        sequences.forEach(sequence -> configuration().requireFits(sequence, 0));
        if (sequences.isEmpty()) {
            return new float[0][];
        }
        return ofOneToken(model.call(() -> ScorePass.scores(model.decoder(), labels.size(), sequences)));
    }

    /** {@code [sequences][labels]} of {@code [sequences][1][labels]} */
    private static float[][] ofOneToken(List<float[][]> scores) {
        return scores.stream().map(tokens -> tokens[0]).toArray(float[][]::new);
    }

    @Override
    public List<float[][]> values(List<TokenSequence> sequences) {
        TokenSequence.requireFit(sequences, configuration());
        List<float[][]> values = new ArrayList<>();
        for (List<TokenSequence> part : TokenSequence.inParts(sequences, TOKENS_AT_ONCE)) {
            values.addAll(byLabel(model.call(() -> ScorePass.values(model.decoder(), labels.size(), part))));
        }
        return values;
    }

    @Override
    public ValuePass forwardValues(List<TokenSequence> sequences) {
        TokenSequence.requireFit(sequences, configuration());
        if (sequences.isEmpty()) {
            throw new IllegalArgumentException("a forward pass needs at least one sequence");
        }
        return new LocalValuePass(List.copyOf(sequences));
    }

    /** {@code [sequences][labels][tokens]} of {@code [sequences][tokens][labels]} */
    private List<float[][]> byLabel(List<float[][]> byToken) {
        List<float[][]> byLabel = new ArrayList<>();
        for (float[][] tokens : byToken) {
            float[][] values = new float[labels.size()][tokens.length];
            for (int t = 0; t < tokens.length; t++) {
                for (int label = 0; label < values.length; label++) {
                    values[label][t] = tokens[t][label];
                }
            }
            byLabel.add(values);
        }
        return byLabel;
    }

    @Override
    public ForwardPass forward(List<int[]> sequences) {
        sequences.forEach(sequence -> configuration().requireFits(sequence, 0));
        if (sequences.isEmpty()) {
            throw new IllegalArgumentException("a forward pass needs at least one sequence");
        }
        return new LocalForwardPass(List.copyOf(sequences));
    }

    @Override
    public double step(AdamW adamW) {
        return model.step(adamW);
    }

    @Override
    public void clearGradient() {
        model.clearGradient();
    }

    @Override
    public void saveOptimizerState(Path file) {
        model.saveOptimizerState(file);
    }

    @Override
    public void loadOptimizerState(Path file) {
        model.loadOptimizerState(file);
    }

    @Override
    public void save(Path directory, WeightType weightType) {
        model.save(directory, weightType);
    }

    @Override
    public void close() {
        model.close();
    }

    private final class LocalForwardPass implements ForwardPass {

        private final ScorePass pass;

        LocalForwardPass(List<int[]> sequences) {
            pass = model.forward(() -> ScorePass.forward(model.decoder(), labels.size(), sequences));
        }

        @Override
        public float[][] labelScores() {
            return ofOneToken(pass.scores());
        }

        @Override
        public void backward(double[][] scoreWeights) {
            if (scoreWeights.length != pass.scores().size()) {
                throw new IllegalArgumentException(scoreWeights.length + " weights for a pass over "
                        + pass.scores().size() + " sequences");
            }
            for (int s = 0; s < scoreWeights.length; s++) {
                if (scoreWeights[s].length != labels.size()) {
                    throw new IllegalArgumentException("sequence " + s + " has " + scoreWeights[s].length
                            + " weights for " + labels.size() + " labels");
                }
                TokenSlopes.requireFinite(scoreWeights[s], "weight of sequence " + s + ", label ");
            }
            List<double[][]> slopes = Arrays.stream(scoreWeights)
                    .map(weights -> new double[][] {weights})
                    .toList();
            model.backward(() -> pass.backward(slopes));
        }

        @Override
        public void close() {
            model.free(pass::close);
        }
    }

    private final class LocalValuePass implements ValuePass {

        private final List<TokenSequence> sequences;
        private final ScorePass pass;

        LocalValuePass(List<TokenSequence> sequences) {
            this.sequences = sequences;
            pass = model.forward(() -> ScorePass.forwardValues(model.decoder(), labels.size(), sequences));
        }

        @Override
        public List<float[][]> values() {
            return byLabel(pass.scores());
        }

        @Override
        public void backward(List<double[][]> slopes) {
            if (slopes.size() != sequences.size()) {
                throw new IllegalArgumentException(
                        "slopes of " + slopes.size() + " sequences for a pass over " + sequences.size());
            }
            List<double[][]> byToken = new ArrayList<>();
            for (int s = 0; s < slopes.size(); s++) {
                byToken.add(byToken(s, slopes.get(s)));
            }
            model.backward(() -> pass.backward(byToken));
        }

        /** {@code [tokens][labels]} of {@code [labels][tokens]} */
        private double[][] byToken(int sequence, double[][] slopes) {
            int tokens = sequences.get(sequence).completion().length;
            if (slopes.length != labels.size()) {
                throw new IllegalArgumentException("sequence " + sequence + " has slopes of " + slopes.length
                        + " labels, but there are " + labels.size());
            }
            double[][] byToken = new double[tokens][slopes.length];
            for (int label = 0; label < slopes.length; label++) {
                if (slopes[label].length != tokens) {
                    throw new IllegalArgumentException("sequence " + sequence + " has " + tokens
                            + " completion tokens, but " + slopes[label].length + " slopes of label " + label);
                }
                TokenSlopes.requireFinite(
                        slopes[label], "slope of sequence " + sequence + ", label " + label + ", token ");
                for (int t = 0; t < tokens; t++) {
                    byToken[t][label] = slopes[label][t];
                }
            }
            return byToken;
        }

        @Override
        public void close() {
            model.free(pass::close);
        }
    }
}
