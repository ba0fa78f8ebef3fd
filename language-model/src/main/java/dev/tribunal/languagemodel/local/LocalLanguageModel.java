package dev.tribunal.languagemodel.local;

import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.TokenSlopes;
import dev.tribunal.languagemodel.Wanted;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.languagemodel.adapter.Adapter;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.checkpoint.CheckpointDirectory;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Head;
import dev.tribunal.languagemodel.decoder.ProductRate;
import dev.tribunal.languagemodel.generation.Sampler;
import dev.tribunal.languagemodel.sampling.SamplingListener;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import dev.tribunal.languagemodel.training.LogProbPass;
import dev.tribunal.languagemodel.training.LogProbPass.ReferenceRows;
import dev.tribunal.languagemodel.training.NextTokenPass;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A language model in this process. */
final class LocalLanguageModel implements LanguageModel {

    /** Tokens in one forward pass that keeps nothing. */
    private static final int TOKENS_AT_ONCE = 8192;

    private final LocalModel model;
    private final boolean adapterOff;

    /** @param adapter what to train instead of the directory's weights, if not them */
    LocalLanguageModel(CheckpointDirectory directory, EngineOptions options, @Nullable Adapter adapter) {
        Head head = directory.head();
        if (head instanceof Head.Scores) {
            throw new CheckpointException(
                    directory.path(), directory.path() + " has a head of scores: it is a scoring model");
        }
        model = new LocalModel(directory, head, options, null, adapter);
        adapterOff = false;
    }

    /** Another owner's model with the adapter off. */
    private LocalLanguageModel(LocalModel model) {
        this.model = model;
        adapterOff = true;
    }

    @Override
    public boolean hasAdapter() {
        return !adapterOff && model.hasAdapter();
    }

    @Override
    public LanguageModel withoutAdapter() {
        model.requireAdapter();
        return new LocalLanguageModel(model);
    }

    private <T> T call(Callable<T> work) {
        return model.call(adapterOff ? () -> model.decoder().withoutAdapter(work) : work);
    }

    /** The model, for what only its owner may do. */
    private LocalModel owned() {
        if (adapterOff) {
            throw new IllegalStateException("with its adapter off a model only samples and scores");
        }
        return model;
    }

    double productGigaflops() {
        return model.call(() -> ProductRate.gigaflops(model.decoder()));
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
    public void sample(List<SamplingRequest> requests, SamplingOptions options, SamplingListener listener) {
        requests.forEach(request -> configuration().requireFits(request.prompt(), options.maxNewTokens()));
        call(() -> {
            Sampler.sample(model.decoder(), tokenizer(), requests, options, listener);
            return true;
        });
    }

    @Override
    public List<float[]> logProbs(List<TokenSequence> sequences, double temperature) {
        Wanted wanted = Wanted.at(temperature);
        TokenSequence.requireFit(sequences, configuration());
        List<float[]> logProbs = new ArrayList<>();
        for (List<TokenSequence> part : TokenSequence.inParts(sequences, TOKENS_AT_ONCE)) {
            logProbs.addAll(call(() -> LogProbPass.logProbs(model.decoder(), part, wanted.temperature())));
        }
        return logProbs;
    }

    @Override
    public float[][] nextTokenLogProbs(List<int[]> prompts, int[] candidates) {
        prompts.forEach(prompt -> configuration().requireFits(prompt, 0));
        configuration().requireIds(candidates);
        if (prompts.isEmpty() || candidates.length == 0) {
            return new float[prompts.size()][0];
        }
        return call(() -> NextTokenPass.logProbs(model.decoder(), prompts, candidates));
    }

    @Override
    public ForwardPass forward(List<TokenSequence> sequences, Wanted wanted) {
        owned();
        TokenSequence.requireFit(sequences, configuration());
        if (sequences.isEmpty()) {
            throw new IllegalArgumentException("a forward pass needs at least one sequence");
        }
        return new LocalForwardPass(List.copyOf(sequences), wanted);
    }

    /** What a KL to another model needs of it, computed on its own thread. */
    private @Nullable ReferenceRows referenceRows(List<TokenSequence> sequences, @Nullable LanguageModel other) {
        if (other == null) {
            return null;
        }
        if (!(other instanceof LocalLanguageModel reference)) {
            throw new IllegalArgumentException("klFrom is a model of another engine, whose logits are not here");
        }
        int vocabulary = reference.configuration().vocabularySize();
        if (vocabulary != configuration().vocabularySize()) {
            throw new IllegalArgumentException("klFrom has a vocabulary of " + vocabulary
                    + " tokens, and this model of " + configuration().vocabularySize());
        }
        if (!reference.model.decoder().computesAs(model.decoder())) {
            throw new IllegalArgumentException("klFrom computes in another precision: load both in the same");
        }
        TokenSequence.requireFit(sequences, reference.configuration());
        return reference.call(() -> ReferenceRows.of(reference.model.decoder(), sequences));
    }

    @Override
    public double step(AdamW adamW) {
        return owned().step(adamW);
    }

    @Override
    public OptionalDouble updateNorm() {
        return OptionalDouble.of(owned().updateNorm());
    }

    @Override
    public void clearGradient() {
        owned().clearGradient();
    }

    @Override
    public void selectGradient(int row) {
        owned().selectGradient(row);
    }

    @Override
    public double[][] gradientProducts(int rows) {
        return owned().gradientProducts(rows);
    }

    @Override
    public void mixGradients(double[] factors) {
        TokenSlopes.requireFinite(factors, "factor of row ");
        owned().mixGradients(factors);
    }

    @Override
    public void save(Path directory, WeightType weightType) {
        owned().save(directory, weightType);
    }

    @Override
    public void saveAdapter(Path directory) {
        owned().saveAdapter(directory);
    }

    @Override
    public void saveOptimizerState(Path file) {
        owned().saveOptimizerState(file);
    }

    @Override
    public void loadOptimizerState(Path file) {
        owned().loadOptimizerState(file);
    }

    @Override
    public void close() {
        if (!adapterOff) {
            model.close();
        }
    }

    private final class LocalForwardPass implements ForwardPass {

        private final List<TokenSequence> sequences;
        private final Wanted wanted;
        private final LogProbPass pass;

        LocalForwardPass(List<TokenSequence> sequences, Wanted wanted) {
            this.sequences = sequences;
            this.wanted = wanted;
            ReferenceRows reference = referenceRows(sequences, wanted.klFrom());
            try {
                pass = model.forward(() -> LogProbPass.forward(
                        model.decoder(), sequences, wanted.temperature(), wanted.entropy(), reference));
            } catch (RuntimeException | Error failed) {
                if (reference != null) {
                    reference.close();
                }
                throw failed;
            }
        }

        @Override
        public List<float[]> logProbs() {
            return pass.logProbs();
        }

        @Override
        public List<float[]> entropies() {
            return given(pass.entropies(), "entropies");
        }

        @Override
        public List<float[]> tokenKls() {
            return given(pass.tokenKls(), "token KLs");
        }

        private static List<float[]> given(@Nullable List<float[]> values, String name) {
            if (values == null) {
                throw new IllegalStateException("this forward pass was not asked for " + name);
            }
            return values;
        }

        @Override
        public void backward(List<TokenSlopes> slopes) {
            TokenSlopes.requireOf(sequences, wanted, slopes);
            model.backward(() -> pass.backward(slopes));
        }

        @Override
        public void close() {
            model.free(pass::close);
        }
    }
}
