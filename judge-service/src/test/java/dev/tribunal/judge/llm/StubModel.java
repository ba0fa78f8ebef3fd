package dev.tribunal.judge.llm;

import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.Wanted;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.sampling.SamplingListener;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import java.nio.file.Path;
import java.util.List;

/** A model that answers every question with the same two numbers; it borrows another's tokenizer. */
record StubModel(LanguageModel lender, float first, float second) implements LanguageModel {

    @Override
    public float[][] nextTokenLogProbs(List<int[]> prompts, int[] candidates) {
        return prompts.stream().map(prompt -> new float[] {first, second}).toArray(float[][]::new);
    }

    @Override
    public ModelConfiguration configuration() {
        return lender.configuration();
    }

    @Override
    public ChatTokenizer tokenizer() {
        return lender.tokenizer();
    }

    @Override
    public void sample(List<SamplingRequest> requests, SamplingOptions options, SamplingListener listener) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<float[]> logProbs(List<TokenSequence> sequences, double temperature) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ForwardPass forward(List<TokenSequence> sequences, Wanted wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public double step(AdamW adamW) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void clearGradient() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void save(Path directory, WeightType weightType) {
        throw new UnsupportedOperationException();
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
    public void close() {}
}
