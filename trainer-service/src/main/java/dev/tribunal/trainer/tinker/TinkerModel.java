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
import dev.tribunal.languagemodel.generation.StopSearch;
import dev.tribunal.languagemodel.sampling.FinishReason;
import dev.tribunal.languagemodel.sampling.SampledCompletion;
import dev.tribunal.languagemodel.sampling.SamplingListener;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import dev.tribunal.servicekit.files.OwnedFolder;
import dev.tribunal.trainer.journal.RunJournal.TrainerLeavesException;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.tinker.Messages.Datum;
import dev.tribunal.trainer.tinker.Messages.Outputs;
import dev.tribunal.trainer.tinker.Messages.Sampled;
import dev.tribunal.trainer.tinker.Reduction.Learnt;
import dev.tribunal.trainer.tinker.TinkerClient.Promise;
import dev.tribunal.trainer.tinker.TinkerClient.Reply;
import dev.tribunal.trainer.tinker.TinkerClient.Request;
import dev.tribunal.trainer.tinker.TinkerClient.ReusedException;
import dev.tribunal.trainer.tinker.TinkerEngine.Opened;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model on a Tinker server. Its requests are numbered, and sent in that order: the server takes a number once, and gives
 * the first future again to the same request under the same number. What is learnt is kept here until a step is taken,
 * since a server neither drops a gradient nor says how many sequences are in it.
 */
final class TinkerModel implements LanguageModel {

    private static final Logger LOG = LoggerFactory.getLogger(TinkerModel.class);

    /** Of the answer to {@code optim_step}. */
    static final String GRADIENT_NORM = "skyrl.ai/grad_norm";

    /** Of the answer to {@code forward_backward}. */
    static final String LOSS = "loss:sum";

    /** What one request may have. */
    private static final int MOST_DATA = 1024;

    private static final int MOST_BYTES = 4_500_000;

    /** That are tried for what is saved. */
    private static final int NAMES = 3;

    private final TinkerEngine engine;
    private final TinkerClient client;

    /** The model as it is without its adapter; absent if nothing is trained. */
    private final @Nullable LanguageModel start;

    private final Supplier<Opened> opening;

    /** Whether its weights are the base model's, which the server samples from without a model. */
    private final boolean isBase;

    private final List<Learnt> learnt = new ArrayList<>();

    /** Weights to sample from that the server has. */
    private final List<String> samplers = new ArrayList<>();

    private @Nullable Opened opened;
    private int next;

    /** Whether a request with the next number was broken off, so that the server may have taken it. */
    private boolean doubtful;

    /** Where the weights to sample from are; absent if they are older than the model. */
    private @Nullable String sampler;

    /** The adapter that is there; absent if nobody has asked for it. */
    private @Nullable AdapterArchive archive;

    /**
     * @param start closed with this one
     * @param opening makes the model on the server when it is first needed
     */
    TinkerModel(TinkerEngine engine, @Nullable LanguageModel start, Supplier<Opened> opening, boolean isBase) {
        this.engine = engine;
        this.client = engine.client();
        this.start = start;
        this.opening = opening;
        this.isBase = isBase;
    }

    /** Sees that the server has it. */
    synchronized Opened open() {
        if (opened == null) {
            opened = opening.get();
            next = opened.next();
        }
        return opened;
    }

    @Override
    public ModelConfiguration configuration() {
        return engine.configuration();
    }

    @Override
    public ChatTokenizer tokenizer() {
        return engine.tokenizer();
    }

    /**
     * Submits the model's next request.
     *
     * @param request of its number
     * @param stop throws if nobody wants it any more
     */
    private Promise submit(IntFunction<Request> request, Runnable stop) {
        try {
            return numbered(request, stop);
        } catch (ReusedException other) {
            throw usedByOthers(other);
        }
    }

    private TrainingFailedException usedByOthers(ReusedException other) {
        return new TrainingFailedException("model " + model() + " has been given another request: " + other.getMessage()
                + "; see that nobody else uses it, and apply the spec again");
    }

    /** @throws ReusedException if the number, or the name in it, is another request's that is not of this trainer */
    private synchronized Promise numbered(IntFunction<Request> request, Runnable stop) {
        open();
        while (true) {
            boolean mayBeTaken = doubtful;
            doubtful = true; // until the server has answered
            try {
                Promise promise = client.submit(request.apply(next), stop);
                nextNumber(); // not before the server has it, for the server waits for missing numbers
                return promise;
            } catch (ReusedException other) {
                if (!mayBeTaken) {
                    doubtful = false;
                    throw other;
                }
                nextNumber(); // the server has what was broken off
            }
        }
    }

    private void nextNumber() {
        next++;
        doubtful = false;
    }

    private static ObjectNode body(String type) {
        return TinkerEngine.object().put("type", type);
    }

    @Override
    public void sample(List<SamplingRequest> requests, SamplingOptions options, SamplingListener listener) {
        Runnable stop = engine.journal()::stopIfAsked;
        requests.forEach(request -> requireFits(request.prompt().length + options.maxNewTokens()));
        Set<Integer> ends = endIds(options);
        List<Asked> asked = new ArrayList<>();
        for (int prompt = 0; prompt < requests.size(); prompt++) {
            SamplingRequest request = requests.get(prompt);
            for (int sample = 0; sample < request.randomKeys().length; ) {
                int length = request.maxNewTokens(sample, options);
                int end = sample + 1;
                while (end < request.randomKeys().length && request.maxNewTokens(end, options) == length) {
                    end++;
                }
                int count = end - sample;
                asked.add(new Asked(prompt, sample, count, ask(request, sample, count, length, options, ends, stop)));
                sample = end;
            }
        }
        for (Asked each : asked) {
            Reply reply = client.await(each.promise(), stop);
            List<Sampled> sampled = read(reply, Messages::sampled);
            if (sampled.size() != each.count()) {
                throw new TrainingFailedException(
                        "the Tinker server gave " + sampled.size() + " samples, not " + each.count());
            }
            for (int i = 0; i < sampled.size(); i++) {
                SampledCompletion completion =
                        completion(each.prompt(), each.firstSample() + i, sampled.get(i), options, ends);
                for (int id : completion.ids()) {
                    listener.drawn(completion.prompt(), completion.sample(), id);
                }
                listener.finished(completion);
            }
        }
    }

    /** Samples of a prompt, from one on, as many as are equally long. */
    private record Asked(int prompt, int firstSample, int count, Promise promise) {}

    private Promise ask(
            SamplingRequest request,
            int sample,
            int count,
            int length,
            SamplingOptions options,
            Set<Integer> ends,
            Runnable stop) {
        ObjectNode body = body("sample");
        ObjectNode chunk = body.putObject("prompt").putArray("chunks").addObject();
        chunk.put("type", "encoded_text");
        addAll(chunk.putArray("tokens"), request.prompt());
        ObjectNode how = body.putObject("sampling_params");
        how.put("max_tokens", length);
        how.put("seed", TinkerEngine.seedOf(request.randomKeys()[sample]));
        how.put("temperature", options.temperature());
        how.put("top_k", options.topK() == 0 ? -1 : options.topK());
        how.put("top_p", options.topP());
        addAll(
                how.putArray("stop"),
                ends.stream().mapToInt(Integer::intValue).sorted().toArray());
        body.put("num_samples", count);
        if (isBase) {
            body.put("base_model", engine.baseModel());
        } else {
            body.put("model_path", sampler(stop));
        }
        return client.submit(Request.json("asample", body), stop);
    }

    private static void addAll(ArrayNode array, int[] values) {
        for (int value : values) {
            array.add(value);
        }
    }

    /** A server takes either tokens or texts: texts are looked for here. */
    private Set<Integer> endIds(SamplingOptions options) {
        Set<Integer> ids = new HashSet<>(options.stop().ids());
        if (options.stop().endOfSequence()) {
            Arrays.stream(tokenizer().endOfSequenceIds()).forEach(ids::add);
        }
        return ids;
    }

    private SampledCompletion completion(
            int prompt, int sample, Sampled sampled, SamplingOptions options, Set<Integer> ends) {
        int[] ids = sampled.tokens();
        if (ids.length == 0 || sampled.logProbs().length != ids.length) {
            throw new TrainingFailedException("the Tinker server gave a sample of " + ids.length + " tokens with "
                    + sampled.logProbs().length + " log-probabilities");
        }
        List<String> texts = options.stop().strings();
        StopSearch search = texts.isEmpty() ? null : new StopSearch(texts, tokenizer());
        for (int length = 1; length <= ids.length; length++) {
            int id = ids[length - 1];
            boolean completes = search != null && search.completedBy(id);
            if (completes || ends.contains(id)) {
                return new SampledCompletion(
                        prompt,
                        sample,
                        Arrays.copyOf(ids, length),
                        Arrays.copyOf(sampled.logProbs(), length),
                        FinishReason.STOP);
            }
        }
        return new SampledCompletion(prompt, sample, ids, sampled.logProbs(), FinishReason.LENGTH);
    }

    /** Where the weights as they are now can be sampled from. */
    private synchronized String sampler(Runnable stop) {
        if (sampler == null) {
            open();
            sampler = saved("save_weights_for_sampler", "sampler-" + next, stop);
            samplers.add(nameOf(sampler));
        }
        return sampler;
    }

    /**
     * Some servers take a name once, whatever the number: where the answer to a request was lost, the weights are saved under
     * another name.
     *
     * @return the server's path
     */
    private String saved(String route, String name, Runnable stop) {
        String model = model();
        for (int attempt = 1; ; attempt++) {
            String called = attempt == 1 ? name : name + "-" + attempt;
            try {
                Promise promise = numbered(number -> saving(route, called, model, number), stop);
                String kind = route.equals("save_weights") ? "weights" : "sampler_weights";
                return client.await(promise, stop)
                        .json()
                        .path("path")
                        .asString("tinker://" + model + "/" + kind + "/" + called);
            } catch (ReusedException taken) {
                if (attempt == NAMES) {
                    throw usedByOthers(taken);
                }
            }
        }
    }

    private static Request saving(String route, String name, String model, int number) {
        ObjectNode body = body(route);
        body.put("model_id", model);
        body.put("path", name);
        body.put("seq_id", number);
        return Request.json(route, body);
    }

    @Override
    public List<float[]> logProbs(List<TokenSequence> sequences, double temperature) {
        requireTemperature(temperature);
        return logProbs(sequences, engine.journal()::stopIfAsked);
    }

    private List<float[]> logProbs(List<TokenSequence> sequences, Runnable stop) {
        sequences.forEach(sequence -> requireFits(sequence.length()));
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
        String id = open().id();
        for (List<Datum> part : parts(data)) {
            promises.add(submit(
                    number -> Request.protobuf(
                            "forward_backward", Messages.forwardBackward(id, number, part, loss, forwardOnly)),
                    stop));
        }
        return promises.stream()
                .map(promise -> read(client.await(promise, stop), Messages::outputs))
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

    /** Reads a message. */
    @FunctionalInterface
    private interface Reading<T> {
        T of(byte[] message) throws IOException;
    }

    private static <T> T read(Reply reply, Reading<T> reading) {
        if (!reply.isProtobuf()) {
            throw new TrainingFailedException("the Tinker server answers with " + reply.contentType() + ", not "
                    + Messages.CONTENT_TYPE + "; it has to serve the tinker package 0.25");
        }
        try {
            return reading.of(reply.body());
        } catch (IOException e) {
            throw new TrainingFailedException("the Tinker server's answer cannot be read: " + e.getMessage(), e);
        }
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

    private void requireFits(int tokens) {
        if (tokens > configuration().maxPositions()) {
            throw new IllegalArgumentException("prompt and completion have " + tokens + " tokens, but the model has "
                    + configuration().maxPositions() + " positions");
        }
    }

    private static void requireTemperature(double temperature) {
        if (temperature != 1) {
            throw TinkerEngine.lacks(Capability.TEMPERATURE);
        }
    }

    @Override
    public ForwardPass forward(List<TokenSequence> sequences, Wanted wanted) {
        requireTrained();
        requireTemperature(wanted.temperature());
        if (wanted.entropy()) {
            throw TinkerEngine.lacks(Capability.ENTROPY);
        }
        if (wanted.klFrom() != null) {
            throw TinkerEngine.lacks(Capability.TOKEN_KL);
        }
        return new Pass(List.copyOf(sequences), logProbs(sequences, engine.journal()::stopIfCancelled));
    }

    private LanguageModel requireTrained() {
        if (start == null) {
            throw new IllegalStateException("this model is frozen");
        }
        return start;
    }

    private final class Pass implements ForwardPass {

        private final List<TokenSequence> sequences;
        private final List<float[]> logProbs;
        private boolean done;

        Pass(List<TokenSequence> sequences, List<float[]> logProbs) {
            this.sequences = sequences;
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
            if (slopes.size() != sequences.size()) {
                throw new IllegalArgumentException(slopes.size() + " slopes of " + sequences.size() + " sequences");
            }
            for (TokenSlopes each : slopes) {
                requireOfLogProbs(each);
            }
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

        private static void requireOfLogProbs(TokenSlopes slopes) {
            if (slopes.tokenKl() != null || slopes.entropy() != null) {
                throw new IllegalArgumentException("there are slopes of what was not wanted");
            }
            if (!Arrays.stream(slopes.logProb()).allMatch(Double::isFinite)) {
                throw new IllegalArgumentException("a slope is not finite");
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
        String id = open().id();
        sampler = null;
        archive = null;
        JsonNode answer = client.await(submit(number -> optimStep(id, number, adamW), stop), stop)
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
        ObjectNode body = body("optim_step");
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
        try (OwnedFolder folder = OwnedFolder.create(parent(directory), "adapter")) {
            Path adapter = folder.path().resolve("adapter");
            archive().write(adapter, engine.lora(), engine.base());
            engine.mergeAdapter(engine.base(), adapter, weightType, directory);
        } catch (IOException e) {
            throw new UncheckedIOException(directory + " cannot be written: " + e.getMessage(), e);
        }
    }

    /**
     * A trainer that leaves does so with a checkpoint of its last step; its thread is interrupted when the grace period is
     * over.
     */
    private void stopSavingIfCancelled() {
        try {
            engine.journal().stopIfCancelled();
        } catch (TrainerLeavesException leaving) {
            LOG.debug("run {} is saved, since the trainer leaves", engine.run());
        }
    }

    /** The last part of a server's path. */
    private static String nameOf(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static Path parent(Path directory) {
        return Objects.requireNonNull(directory.toAbsolutePath().getParent());
    }

    /** A checkpoint is both merged and beside its model, and takes the same adapter for it. */
    private synchronized AdapterArchive archive() {
        AdapterArchive there = archive;
        if (there == null) {
            there = downloaded();
            archive = there;
        }
        return there;
    }

    private AdapterArchive downloaded() {
        Runnable stop = this::stopSavingIfCancelled;
        String name = nameOf(sampler(stop));
        String checkpoints = "training_runs/" + open().id() + "/checkpoints/";
        return AdapterArchive.read(client.download(
                List.of(checkpoints + name + "/archive", checkpoints + "sampler_weights/" + name + "/archive"), stop));
    }

    @Override
    public boolean hasAdapter() {
        return start != null;
    }

    @Override
    public LanguageModel withoutAdapter() {
        return requireTrained();
    }

    /** With the server's own state, moments and all, under a name that is this model's alone. */
    @Override
    public synchronized void saveAdapter(Path directory) {
        Runnable stop = this::stopSavingIfCancelled;
        try (OwnedFolder folder = OwnedFolder.create(parent(directory), "adapter")) {
            Path adapter = folder.path().resolve("adapter");
            archive().write(adapter, engine.lora(), engine.base());
            String weights = saved("save_weights", "weights-" + next, stop);
            new ServerState(client.url(), engine.baseModel(), engine.run(), model(), weights, engine.reduction())
                    .write(adapter);
            folder.publish(adapter, directory);
        } catch (IOException e) {
            throw new UncheckedIOException(directory + " cannot be written: " + e.getMessage(), e);
        }
        forgetOldSamplers();
    }

    private String model() {
        return open().id();
    }

    /** All but those of the weights as they are. */
    private void forgetOldSamplers() {
        String now = nameOf(Objects.requireNonNull(sampler));
        samplers.removeIf(name -> {
            boolean old = !name.equals(now);
            if (old) {
                client.tryToDelete("training_runs/" + model() + "/checkpoints/sampler_weights/" + name);
            }
            return old;
        });
    }

    /** The server has them with the adapter: {@link #saveAdapter}. */
    @Override
    public void saveOptimizerState(Path file) {}

    /** The server has them: a model that goes on from an adapter has its moments. */
    @Override
    public void loadOptimizerState(Path file) {}

    @Override
    public void close() {
        if (opened != null) {
            engine.unload(opened.id());
            opened = null;
        }
        if (start != null) {
            start.close();
        }
    }
}
