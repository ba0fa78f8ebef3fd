package dev.tribunal.trainer.tinker;

import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.Capability;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.TokenSlopes;
import dev.tribunal.languagemodel.Wanted;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.sampling.SamplingListener;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.tinker.Messages.Datum;
import dev.tribunal.trainer.tinker.Messages.Outputs;
import dev.tribunal.trainer.tinker.Reduction.Learnt;
import dev.tribunal.trainer.tinker.TinkerClient.Promise;
import dev.tribunal.trainer.tinker.TinkerClient.Request;
import dev.tribunal.trainer.tinker.TinkerEngine.Opened;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model on a Tinker server. What is learnt is kept here until a step is taken, since a server neither drops a gradient nor
 * says how many sequences are in it.
 */
final class TinkerModel implements LanguageModel {

    /** Of the answer to {@code optim_step}. */
    static final String GRADIENT_NORM = "skyrl.ai/grad_norm";

    /** Of the answer to {@code forward_backward}. */
    static final String LOSS = "loss:sum";

    /** What one request may have. */
    private static final int MOST_DATA = 1024;

    private static final int MOST_BYTES = 4_500_000;

    private final TinkerEngine engine;
    private final TinkerClient client;

    /** The model as it is without its adapter; absent if nothing is trained. */
    private final @Nullable LanguageModel start;

    /** Whether its weights are the base model's, which the server samples from without a model. */
    private final boolean isBase;

    private final NumberedRequests requests;
    private final SavedWeights weights;
    private final List<Learnt> learnt = new ArrayList<>();

    /**
     * @param start closed with this one
     * @param opening makes the model on the server when it is first needed
     */
    TinkerModel(TinkerEngine engine, @Nullable LanguageModel start, Supplier<Opened> opening, boolean isBase) {
        this.engine = engine;
        this.client = engine.client();
        this.start = start;
        this.isBase = isBase;
        this.requests = new NumberedRequests(client, opening);
        this.weights = new SavedWeights(engine, requests);
    }

    /** Sees that the server has it. */
    void open() {
        requests.model();
    }

    @Override
    public ModelConfiguration configuration() {
        return engine.configuration();
    }

    @Override
    public ChatTokenizer tokenizer() {
        return engine.tokenizer();
    }

    @Override
    public void sample(List<SamplingRequest> prompts, SamplingOptions options, SamplingListener listener) {
        prompts.forEach(prompt -> configuration().requireFits(prompt.prompt(), options.maxNewTokens()));
        Runnable stop = engine.journal()::stopIfAsked;
        new TinkerSampling(engine, options, body -> nameWeights(body, stop), stop).sample(prompts, listener);
    }

    private void nameWeights(ObjectNode body, Runnable stop) {
        if (isBase) {
            body.put("base_model", engine.baseModel());
        } else {
            body.put("model_path", weights.sampler(stop));
        }
    }

    @Override
    public List<float[]> logProbs(List<TokenSequence> sequences, double temperature) {
        requireAble(Wanted.at(temperature));
        return logProbs(sequences, engine.journal()::stopIfAsked);
    }

    private List<float[]> logProbs(List<TokenSequence> sequences, Runnable stop) {
        TokenSequence.requireFit(sequences, configuration());
        List<Datum> data = sequences.stream()
                .map(sequence -> Reduction.look(sequence.prompt(), sequence.completion()))
                .toList();
        List<float[]> all = new ArrayList<>();
        for (Outputs outputs : pass(data, Reduction.lossOfLook(), true, stop)) {
            all.addAll(outputs.logProbs());
        }
        if (all.size() != sequences.size()) {
            throw new TrainingFailedException(
                    "the Tinker server gave log-probabilities of " + all.size() + " sequences for " + sequences.size());
        }
        List<float[]> ofCompletions = new ArrayList<>();
        for (int s = 0; s < all.size(); s++) {
            int length = sequences.get(s).completion().length;
            int given = all.get(s).length;
            if (given != sequences.get(s).length() - 1) {
                throw new TrainingFailedException("the Tinker server gave " + given + " log-probabilities for "
                        + (sequences.get(s).length() - 1) + " tokens");
            }
            ofCompletions.add(Arrays.copyOfRange(all.get(s), given - length, given));
        }
        return ofCompletions;
    }

    /** In as many requests as it takes; all are submitted before the first is waited for. */
    private List<Outputs> pass(List<Datum> data, String loss, boolean forwardOnly, Runnable stop) {
        List<Promise> promises = new ArrayList<>();
        String id = requests.model();
        for (List<Datum> part : parts(data)) {
            promises.add(requests.submit(
                    number -> Request.protobuf(
                            "forward_backward", Messages.forwardBackward(id, number, part, loss, forwardOnly)),
                    stop));
        }
        return promises.stream()
                .map(promise -> client.await(promise, stop).read(Messages::outputs))
                .toList();
    }

    private static List<List<Datum>> parts(List<Datum> data) {
        List<List<Datum>> parts = new ArrayList<>();
        long bytes = MOST_BYTES;
        for (Datum datum : data) {
            bytes += datum.bytes();
            if (bytes > MOST_BYTES || parts.getLast().size() == MOST_DATA) {
                parts.add(new ArrayList<>());
                bytes = datum.bytes();
            }
            parts.getLast().add(datum);
        }
        return parts;
    }

    @Override
    public float[][] nextTokenLogProbs(List<int[]> prompts, int[] candidates) {
        List<TokenSequence> sequences = prompts.stream()
                .flatMap(prompt -> Arrays.stream(candidates)
                        .mapToObj(candidate -> new TokenSequence(prompt, new int[] {candidate})))
                .toList();
        float[][] all = new float[prompts.size()][candidates.length];
        if (!sequences.isEmpty()) {
            List<float[]> logProbs = logProbs(sequences);
            for (int i = 0; i < sequences.size(); i++) {
                all[i / candidates.length][i % candidates.length] = logProbs.get(i)[0];
            }
        }
        return all;
    }

    private static void requireAble(Wanted wanted) {
        if (wanted.temperature() != 1) {
            throw TinkerEngine.lacks(Capability.TEMPERATURE);
        }
        if (wanted.entropy()) {
            throw TinkerEngine.lacks(Capability.ENTROPY);
        }
        if (wanted.klFrom() != null) {
            throw TinkerEngine.lacks(Capability.TOKEN_KL);
        }
    }

    @Override
    public ForwardPass forward(List<TokenSequence> sequences, Wanted wanted) {
        requireTrained();
        requireAble(wanted);
        return new Pass(List.copyOf(sequences), wanted, logProbs(sequences, engine.journal()::stopIfCancelled));
    }

    private LanguageModel requireTrained() {
        if (start == null) {
            throw new IllegalStateException("this model is frozen");
        }
        return start;
    }

    private final class Pass implements ForwardPass {

        private final List<TokenSequence> sequences;
        private final Wanted wanted;
        private final List<float[]> logProbs;
        private boolean done;

        Pass(List<TokenSequence> sequences, Wanted wanted, List<float[]> logProbs) {
            this.sequences = sequences;
            this.wanted = wanted;
            this.logProbs = logProbs;
        }

        @Override
        public List<float[]> logProbs() {
            return logProbs;
        }

        @Override
        public List<float[]> entropies() {
            throw new IllegalStateException("entropy was not wanted");
        }

        @Override
        public List<float[]> tokenKls() {
            throw new IllegalStateException("token KL was not wanted");
        }

        @Override
        public void backward(List<TokenSlopes> slopes) {
            if (done) {
                throw new IllegalStateException("the backward pass has run already");
            }
            TokenSlopes.requireOf(sequences, wanted, slopes);
            done = true;
            for (int s = 0; s < slopes.size(); s++) {
                if (slopes.get(s).anyNonZero()) {
                    TokenSequence sequence = sequences.get(s);
                    learnt.add(new Learnt(
                            sequence.prompt(),
                            sequence.completion(),
                            logProbs.get(s),
                            slopes.get(s).logProb()));
                }
            }
        }

        @Override
        public void close() {}
    }

    @Override
    public double step(AdamW adamW) {
        requireTrained();
        if (learnt.isEmpty()) {
            throw new IllegalStateException("no backward pass has run since the last step");
        }
        Reduction reduction = engine.reduction();
        List<Datum> data = reduction.data(learnt);
        learnt.clear();
        return step(data, reduction.loss(), adamW).gradientNorm();
    }

    /**
     * What the server says of a step; NaN if it does not.
     *
     * @param gradientNorm before clipping
     */
    record Step(double gradientNorm, double loss) {}

    /** Once it has begun, only the run's end stops it. */
    Step step(List<Datum> data, String loss, AdamW adamW) {
        Runnable stop = engine.journal()::stopIfCancelled;
        List<Outputs> outputs = pass(data, loss, false, stop);
        String id = requests.model();
        weights.outdate();
        JsonNode answer = client.await(requests.submit(number -> optimStep(id, number, adamW), stop), stop)
                .json();
        double norm = answer.path("metrics").path(GRADIENT_NORM).asDouble(Double.NaN);
        if (answer.path("metrics").has(GRADIENT_NORM) && !Double.isFinite(norm)) {
            throw new TrainingFailedException(
                    "the Tinker server's gradient is not finite; start again with a lower training.learningRate");
        }
        double sum = outputs.stream()
                .mapToDouble(part -> part.metrics().getOrDefault(LOSS, Double.NaN))
                .sum();
        return new Step(norm, sum);
    }

    private static Request optimStep(String id, int number, AdamW adamW) {
        ObjectNode body = TinkerEngine.body("optim_step");
        body.put("model_id", id);
        body.put("seq_id", number);
        ObjectNode adam = body.putObject("adam_params");
        adam.put("learning_rate", adamW.learningRate());
        adam.put("beta1", adamW.beta1());
        adam.put("beta2", adamW.beta2());
        adam.put("eps", adamW.epsilon());
        adam.put("weight_decay", adamW.weightDecay());
        if (Double.isFinite(adamW.gradientClip())) {
            adam.put("grad_clip_norm", adamW.gradientClip());
        }
        return Request.json("optim_step", body);
    }

    @Override
    public OptionalDouble updateNorm() {
        return OptionalDouble.empty();
    }

    @Override
    public void clearGradient() {
        learnt.clear();
    }

    @Override
    public void save(Path directory, WeightType weightType) {
        weights.saveMerged(directory, weightType);
    }

    @Override
    public boolean hasAdapter() {
        return start != null;
    }

    @Override
    public LanguageModel withoutAdapter() {
        return requireTrained();
    }

    @Override
    public void saveAdapter(Path directory) {
        weights.saveAdapter(directory);
    }

    /** The server has them with the adapter: {@link #saveAdapter}. */
    @Override
    public void saveOptimizerState(Path file) {}

    /** The server has them: a model that goes on from an adapter has its moments. */
    @Override
    public void loadOptimizerState(Path file) {}

    @Override
    public void close() {
        String model = requests.close();
        if (model != null) {
            engine.unload(model);
        }
        if (start != null) {
            start.close();
        }
    }
}
