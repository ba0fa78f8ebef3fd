package dev.tribunal.languagemodel;

import dev.tribunal.languagemodel.checkpoint.CheckpointDirectory;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Head;
import dev.tribunal.languagemodel.head.ScorePass;
import java.nio.file.Path;
import java.util.List;

/** A scoring model in this process. */
final class LocalScoringModel implements ScoringModel {

    private final List<String> labels;
    private final LocalModel model;

    LocalScoringModel(CheckpointDirectory directory, Head.Scores head, EngineOptions options) {
        labels = head.labels();
        model = new LocalModel(directory, head, options, null);
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
        sequences.forEach(sequence -> model.requireFits(sequence, 0));
        if (sequences.isEmpty()) {
            return new float[0][];
        }
        return model.call(() -> ScorePass.scores(model.decoder(), labels.size(), sequences));
    }

    @Override
    public ForwardPass forward(List<int[]> sequences) {
        sequences.forEach(sequence -> model.requireFits(sequence, 0));
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
            return pass.scores();
        }

        @Override
        public void backward(double[][] scoreWeights) {
            if (scoreWeights.length != pass.scores().length) {
                throw new IllegalArgumentException(
                        scoreWeights.length + " weights for a pass over " + pass.scores().length + " sequences");
            }
            for (int s = 0; s < scoreWeights.length; s++) {
                if (scoreWeights[s].length != labels.size()) {
                    throw new IllegalArgumentException("sequence " + s + " has " + scoreWeights[s].length
                            + " weights for " + labels.size() + " labels");
                }
                LocalModel.requireFinite(scoreWeights[s], "weight of sequence " + s + ", label ");
            }
            model.backward(() -> pass.backward(scoreWeights));
        }

        @Override
        public void close() {
            model.free(pass::close);
        }
    }
}
