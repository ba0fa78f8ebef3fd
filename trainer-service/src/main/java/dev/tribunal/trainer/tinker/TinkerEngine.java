package dev.tribunal.trainer.tinker;

import dev.tribunal.contracts.runs.v1.spec.PolicyEngine;
import dev.tribunal.languagemodel.Capability;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.CheckpointSummary;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.Lora;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.languagemodel.SoupPart;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.trainer.checkpoint.CheckpointWriter;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.RunJournal.EngineLostException;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.tinker.TinkerClient.Promise;
import dev.tribunal.trainer.tinker.TinkerClient.Request;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Models on a Tinker server, for one run. The base model is also a checkpoint on this disk: it has the tokenizer and the
 * chat template, and adapters are merged into it where a run's checkpoints are written.
 *
 * <p>A directory is the handle of a model: that of the base model, or one that a model of this engine was saved to, which
 * has in the file {@code tinker.json} beside the adapter where the server has it. The server ends a session that it does not
 * hear of, so it hears of this one until it is closed.
 */
public final class TinkerEngine implements Engine, AutoCloseable {

    /** What servers of this kind have in common. */
    public static final Set<Capability> CAPABILITIES = Set.of();

    private static final Logger LOG = LoggerFactory.getLogger(TinkerEngine.class);
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    /** What the server knows the client by. */
    private static final String CLIENT = "tribunal";

    private final Engine local;
    private final ChatTokenizer tokenizer;
    private final TinkerClient client;
    private final RunJournal journal;
    private final String baseModel;
    private final Path base;
    private final Lora lora;
    private final String run;
    private final ModelConfiguration configuration;

    private @Nullable String session;
    private @Nullable Thread heart;
    private @Nullable Reduction reduction;
    private int models;

    /**
     * @param local reads and writes this disk
     * @param tokenizer of the base model
     * @param base the base model's checkpoint
     * @param lora that the run trains
     */
    TinkerEngine(
            Engine local,
            ChatTokenizer tokenizer,
            TinkerClient client,
            PolicyEngine.Tinker settings,
            Path base,
            Lora lora,
            String run) {
        this.local = local;
        this.tokenizer = tokenizer;
        this.client = client;
        this.journal = client.journal();
        this.baseModel = settings.baseModel();
        this.base = base.toAbsolutePath().normalize();
        this.lora = lora;
        this.run = run;
        this.configuration = local.configuration(base);
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public CheckpointSummary inspect(Path directory) {
        return local.inspect(directory);
    }

    @Override
    public ModelConfiguration configuration(Path directory) {
        return local.configuration(directory);
    }

    @Override
    public <T> T withTokenizer(Path directory, Function<ChatTokenizer, T> use) {
        return local.withTokenizer(directory, use);
    }

    @Override
    public LanguageModel load(Path directory, EngineOptions options) {
        ServerState state = stateOf(directory);
        return new TinkerModel(this, null, () -> created(state, false, 0), state == null);
    }

    /** What an earlier stage left goes on under its own adapter, with new moments: the server has one adapter a model. */
    @Override
    public LanguageModel loadWithNewAdapter(Path directory, EngineOptions options, Lora wanted, long seed) {
        ServerState state = stateOf(directory);
        LanguageModel start = load(directory, options.frozen());
        TinkerModel model = new TinkerModel(this, start, () -> created(state, false, seed), false);
        model.open();
        return model;
    }

    @Override
    public LanguageModel loadWithAdapter(Path directory, EngineOptions options, Path adapterDirectory) {
        ServerState state = ServerState.read(adapterDirectory);
        if (state == null) {
            throw new CheckpointException(
                    adapterDirectory, adapterDirectory + " has no tinker.json: the server does not have this adapter");
        }
        if (reduction == null) {
            reduction = state.reduction();
        }
        if (!options.trainable()) {
            return new TinkerModel(this, load(directory, options), () -> created(state, false, 0), false);
        }
        LanguageModel start = load(directory, options.frozen());
        TinkerModel model = new TinkerModel(this, start, () -> resumed(state), false);
        model.open();
        return model;
    }

    /** Of a checkpoint on this disk; null if it is the base model. */
    private @Nullable ServerState stateOf(Path directory) {
        if (directory.toAbsolutePath().normalize().equals(base)) {
            return null;
        }
        ServerState state = ServerState.read(directory.resolve(CheckpointWriter.ADAPTER));
        if (state == null) {
            throw new CheckpointException(
                    directory,
                    directory + " is not on the server: it is neither the run's base model nor trained there");
        }
        return state;
    }

    /**
     * A model on the server.
     *
     * @param next the sequence number of its next request
     */
    record Opened(String id, int next) {}

    /**
     * Goes on from a checkpoint, always in a model of its own: what the last trainer asked of its model after the checkpoint
     * was may still change that one, and does not count.
     */
    private Opened resumed(ServerState state) {
        if (state.run().equals(run) && state.url().equals(client.url())) {
            unload(state.model()); // if it is still there it takes memory; a fork's parent keeps its own
        }
        return created(state, true, 0);
    }

    /**
     * @param from the state that it begins with; null for the base model under an adapter that does nothing yet
     * @param optimizer whether to go on with AdamW's moments, too
     */
    private Opened created(@Nullable ServerState from, boolean optimizer, long seed) {
        ObjectNode body = object();
        body.put("session_id", session());
        body.put("model_seq_id", models++);
        body.put("base_model", baseModel);
        ObjectNode adapter = body.putObject("lora_config");
        adapter.put("rank", lora.rank());
        adapter.put("seed", seedOf(seed));
        adapter.put("train_unembed", false);
        adapter.put("train_mlp", true);
        adapter.put("train_attn", true);
        body.put("type", "create_model");
        JsonNode made = client.result(Request.json("create_model", body), journal::stopIfCancelled);
        String id = made.path("model_id").asString("");
        int next = 1;
        if (from != null) {
            ObjectNode load = object();
            load.put("model_id", id);
            load.put("path", from.weights());
            load.put("optimizer", optimizer);
            load.put("seq_id", next++);
            load.put("type", "load_weights");
            Promise loading;
            try {
                loading = client.submit(Request.json("load_weights", load), journal::stopIfCancelled);
            } catch (EngineLostException gone) { // which another attempt would not bring back
                throw new TrainingFailedException(
                        "the server no longer has " + from.weights() + " (" + gone.getMessage()
                                + "); go on from another checkpoint (fork), or start anew",
                        gone);
            }
            client.await(loading, journal::stopIfCancelled);
        }
        return new Opened(id, next);
    }

    /** Servers take 31 bits, and add a sample's place in its group, which must not run over. */
    static int seedOf(long key) {
        return (int) ((key ^ (key >>> 32)) & (Integer.MAX_VALUE >>> 1));
    }

    /** @param type what servers tell requests apart by */
    static ObjectNode body(String type) {
        return object().put("type", type);
    }

    static ObjectNode object() {
        return TinkerClient.mapper().createObjectNode();
    }

    private synchronized String session() {
        if (session == null) {
            ObjectNode body = object();
            ArrayNode tags = body.putArray("tags");
            tags.add(CLIENT);
            body.putObject("user_metadata").put("run", run);
            body.put("sdk_version", CLIENT);
            body.put("type", "create_session");
            JsonNode made = client.call("create_session", body, journal::stopIfCancelled);
            String id = made.path("session_id").asString("");
            session = id;
            heart = Thread.ofVirtual().name("heartbeat of " + id).start(() -> beat(id));
        }
        return session;
    }

    private void beat(String id) {
        Request request =
                Request.json("session_heartbeat", object().put("session_id", id).put("type", "session_heartbeat"));
        try {
            while (true) {
                Thread.sleep(HEARTBEAT);
                client.tryTo(request);
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    /** Found out once, by a model that is thrown away. */
    synchronized Reduction reduction() {
        if (reduction == null) {
            try (TinkerModel probe = new TinkerModel(this, null, () -> created(null, false, 0), false)) {
                reduction = ReductionProbe.of(probe);
            }
            LOG.info("run {}: the server reduces losses by {}", run, reduction);
        }
        return reduction;
    }

    /** If the server can; it drops the models of a session that it does not hear of by itself. */
    void unload(String model) {
        client.tryTo(
                Request.json("unload_model", object().put("model_id", model).put("type", "unload_model")));
    }

    @Override
    public void close() {
        if (heart != null) {
            heart.interrupt();
        }
    }

    TinkerClient client() {
        return client;
    }

    RunJournal journal() {
        return journal;
    }

    ChatTokenizer tokenizer() {
        return tokenizer;
    }

    ModelConfiguration configuration() {
        return configuration;
    }

    String baseModel() {
        return baseModel;
    }

    Path base() {
        return base;
    }

    Lora lora() {
        return lora;
    }

    String run() {
        return run;
    }

    @Override
    public void mergeAdapter(Path directory, Path adapterDirectory, @Nullable WeightType weightType, Path merged) {
        local.mergeAdapter(directory, adapterDirectory, weightType, merged);
    }

    @Override
    public ScoringModel loadScoring(Path directory, EngineOptions options) {
        throw lacks(Capability.VALUES);
    }

    @Override
    public ScoringModel withScalarHead(Path languageModelDirectory, EngineOptions options) {
        throw lacks(Capability.VALUES);
    }

    @Override
    public ScoringModel withHead(Path directory, List<String> labels, long seed, EngineOptions options) {
        throw lacks(Capability.VALUES);
    }

    @Override
    public ScoringModel withHeadAndAdapter(
            Path directory, List<String> labels, long seed, EngineOptions options, Lora wanted) {
        throw lacks(Capability.VALUES);
    }

    @Override
    public void initialize(ModelConfiguration shape, Path tokenizerDirectory, long seed, Path directory) {
        local.initialize(shape, tokenizerDirectory, seed, directory);
    }

    @Override
    public void soup(List<SoupPart> parts, @Nullable WeightType weightType, Path directory) {
        throw lacks(Capability.SOUP);
    }

    static UnsupportedOperationException lacks(Capability capability) {
        return new UnsupportedOperationException("a Tinker server lacks the capability " + capability);
    }
}
