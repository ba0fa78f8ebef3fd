package dev.tribunal.languagemodel;

import dev.tribunal.languagemodel.checkpoint.CheckpointDirectory;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Head;
import dev.tribunal.languagemodel.head.ScorePass;
import java.nio.file.Path;
import java.util.List;

/** A scoring model in this process. */
final class LocalScoringModel implements ScoringModel {

    private final LocalModel model;

    LocalScoringModel(CheckpointDirectory directory, EngineOptions options) {
        model = new LocalModel(directory, Head.SCALAR, options);
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
    public float[] scores(List<int[]> sequences) {
        sequences.forEach(sequence -> model.requireFits(sequence, 0));
        if (sequences.isEmpty()) {
            return new float[0];
        }
        return model.call(() -> ScorePass.scores(model.decoder(), sequences));
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
            pass = model.call(() -> ScorePass.forward(model.decoder(), sequences));
        }

        @Override
        public float[] scores() {
            return pass.scores();
        }

        @Override
        public void backward(double[] scoreWeights) {
            if (scoreWeights.length != pass.scores().length) {
                throw new IllegalArgumentException(
                        scoreWeights.length + " weights for a pass over " + pass.scores().length + " sequences");
            }
            LocalModel.requireFinite(scoreWeights, "weight of sequence ");
            model.backward(() -> pass.backward(scoreWeights));
        }

        @Override
        public void close() {
            model.free(pass::close);
        }
    }
}
