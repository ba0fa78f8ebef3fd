package dev.tribunal.languagemodel;

import dev.tribunal.languagemodel.adapter.Adapter;
import dev.tribunal.languagemodel.checkpoint.CheckpointDirectory;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Head;
import dev.tribunal.languagemodel.decoder.ProductRate;
import dev.tribunal.languagemodel.generation.Sampler;
import dev.tribunal.languagemodel.training.LogProbPass;
import dev.tribunal.languagemodel.training.NextTokenPass;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        model = new LocalModel(directory, head, options, adapter);
        adapterOff = false;
    }

    /** A model of somebody else's with the adapter off. */
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
        requests.forEach(request -> model.requireFits(request.prompt(), options.maxNewTokens()));
        call(() -> {
            Sampler.sample(model.decoder(), tokenizer(), requests, options, listener);
            return true;
        });
    }

    @Override
    public List<float[]> logProbs(List<TokenSequence> sequences) {
        requireFit(sequences);
        List<float[]> logProbs = new ArrayList<>();
        for (List<TokenSequence> part : inParts(sequences)) {
            logProbs.addAll(call(() -> LogProbPass.logProbs(model.decoder(), part)));
        }
        return logProbs;
    }

    private static List<List<TokenSequence>> inParts(List<TokenSequence> sequences) {
        List<List<TokenSequence>> parts = new ArrayList<>();
        int tokens = TOKENS_AT_ONCE;
        for (TokenSequence sequence : sequences) {
            tokens += sequence.length();
            if (tokens > TOKENS_AT_ONCE) {
                parts.add(new ArrayList<>());
                tokens = sequence.length();
            }
            parts.getLast().add(sequence);
        }
        return parts;
    }

    @Override
    public float[][] nextTokenLogProbs(List<int[]> prompts, int[] candidates) {
        prompts.forEach(prompt -> model.requireFits(prompt, 0));
        model.requireIds(candidates);
        if (prompts.isEmpty() || candidates.length == 0) {
            return new float[prompts.size()][0];
        }
        return call(() -> NextTokenPass.logProbs(model.decoder(), prompts, candidates));
    }

    @Override
    public ForwardPass forward(List<TokenSequence> sequences) {
        owned();
        requireFit(sequences);
        if (sequences.isEmpty()) {
            throw new IllegalArgumentException("a forward pass needs at least one sequence");
        }
        return new LocalForwardPass(List.copyOf(sequences));
    }

    private void requireFit(List<TokenSequence> sequences) {
        for (TokenSequence sequence : sequences) {
            model.requireFits(sequence.prompt(), sequence.completion().length);
            model.requireIds(sequence.completion());
        }
    }

    @Override
    public double step(AdamW adamW) {
        return owned().step(adamW);
    }

    @Override
    public void clearGradient() {
        owned().clearGradient();
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
        private final LogProbPass pass;

        LocalForwardPass(List<TokenSequence> sequences) {
            this.sequences = sequences;
            pass = model.forward(() -> LogProbPass.forward(model.decoder(), sequences));
        }

        @Override
        public List<float[]> logProbs() {
            return pass.logProbs();
        }

        @Override
        public void backward(List<double[]> tokenWeights) {
            requireShape(tokenWeights);
            model.backward(() -> pass.backward(tokenWeights));
        }

        private void requireShape(List<double[]> tokenWeights) {
            if (tokenWeights.size() != sequences.size()) {
                throw new IllegalArgumentException(
                        "weights of " + tokenWeights.size() + " sequences for a pass over " + sequences.size());
            }
            for (int s = 0; s < sequences.size(); s++) {
                int tokens = sequences.get(s).completion().length;
                if (tokenWeights.get(s).length != tokens) {
                    throw new IllegalArgumentException("sequence " + s + " has " + tokens + " completion tokens, but "
                            + tokenWeights.get(s).length + " weights");
                }
                LocalModel.requireFinite(tokenWeights.get(s), "weight of sequence " + s + ", token ");
            }
        }

        @Override
        public void close() {
            model.free(pass::close);
        }
    }
}
