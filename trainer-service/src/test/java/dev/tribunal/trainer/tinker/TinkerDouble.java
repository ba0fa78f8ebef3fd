package dev.tribunal.trainer.tinker;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.CounterRandom;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.Lora;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.TokenSlopes;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.languagemodel.sampling.FinishReason;
import dev.tribunal.languagemodel.sampling.SampledCompletion;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import dev.tribunal.languagemodel.sampling.StopRule;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntToLongFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A server that speaks the Tinker API as SkyRL 0.4.0 does, over models of the local engine: it really samples and trains. It
 * has the traps of such servers: futures, numbered requests, names that may be taken once, protobuf alone for passes, weights
 * that are loaded first or not at all, archives that name no modules, and one of two ways to reduce a loss.
 *
 * <p>It reads and writes protobuf by itself, so that a wrong field number does not cancel out.
 */
public final class TinkerDouble implements AutoCloseable {

    static final double ALPHA = 32;

    private static final String PROTOBUF = "application/x-protobuf";
    private static final JsonMapper JSON = new JsonMapper();

    /** How losses are reduced, and what that goes with. */
    public enum Kind {
        /** As the hosted service: a sum; the gradient is clipped where the client asks for it. */
        SUM,
        /** As SkyRL on JAX: each sequence's mean, and the mean over sequences; never clipped. */
        MEAN
    }

    private record Result(int status, String contentType, byte[] body) {}

    private final class Model {
        private final String id;
        private final int rank;
        private final LanguageModel weights;
        private final Map<Integer, String> numbers = new HashMap<>();
        private final Map<String, Path> saved = new LinkedHashMap<>();
        private final Map<String, Integer> stepsOfSaved = new HashMap<>();
        private boolean used;
        private volatile boolean loaded = true;
        private int sequences;
        private int steps;

        Model(String id, int rank, LanguageModel weights) {
            this.id = id;
            this.rank = rank;
            this.weights = weights;
        }
    }

    private final Kind kind;
    private final Path base;
    private final String baseModel;
    private final Path directory;
    private final IntToLongFunction seeds;
    private final LocalEngine engine = new LocalEngine();
    private final HttpServer server;
    private final ExecutorService worker = Executors.newSingleThreadExecutor();
    private final Map<String, Model> models = new ConcurrentHashMap<>();
    private final Map<String, java.util.concurrent.Future<Result>> futures = new ConcurrentHashMap<>();
    private final Map<String, byte[]> payloads = new ConcurrentHashMap<>();
    private final Set<String> sessions = ConcurrentHashMap.newKeySet();
    private final Map<String, LanguageModel> samplers = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();

    /** What it was asked and did, for tests. */
    final List<String> log = new CopyOnWriteArrayList<>();

    /** Keys that it was sent. */
    final Set<String> keys = ConcurrentHashMap.newKeySet();

    /**
     * Answers to be given in place of the true ones, by path; each once, in order. Where one is below 0, the request is taken
     * all the same, and the answer has the status without its sign.
     */
    final Map<String, List<Integer>> faults = new ConcurrentHashMap<>();

    /** Whether it tells losses in place of gradient norms, as the hosted service does. */
    volatile boolean tellsLosses;

    /** Where it sends downloads to, without path; itself if null. */
    volatile @Nullable String redirect;

    /** Futures are not ready before they were asked for so often. */
    volatile int delays;

    private final Map<String, Integer> asked = new ConcurrentHashMap<>();

    /**
     * @param port 0 for any
     * @param base the base model's checkpoint
     * @param directory for checkpoints
     * @param seeds the local engine's seed of an adapter for the one that is asked for
     */
    public TinkerDouble(Kind kind, int port, Path base, String baseModel, Path directory, IntToLongFunction seeds)
            throws IOException {
        this.kind = kind;
        this.base = base;
        this.baseModel = baseModel;
        this.directory = directory;
        this.seeds = seeds;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/api/v1/", this::answer);
        server.start();
    }

    /** {@code CHECKPOINT DIRECTORY [PORT [sum|mean]]}: serves until it is killed; the model's name is the checkpoint's path. */
    public static void main(String[] arguments) throws IOException {
        Path base = Path.of(arguments[0]);
        TinkerDouble started = new TinkerDouble(
                arguments.length > 3 && arguments[3].equals("mean") ? Kind.MEAN : Kind.SUM,
                arguments.length > 2 ? Integer.parseInt(arguments[2]) : 0,
                base,
                arguments[0],
                Files.createDirectories(Path.of(arguments[1])),
                seed -> seed);
        System.out.println(started.url());
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Models that are loaded. */
    Set<String> loaded() {
        return models.values().stream()
                .filter(model -> model.loaded)
                .map(model -> model.id)
                .collect(Collectors.toSet());
    }

    /** As after a restart: what is saved stays, and so do the rows of models and sessions. */
    void unloadAll() {
        models.values().forEach(this::unload);
    }

    private void unload(Model model) {
        if (model.loaded) {
            model.loaded = false;
            model.weights.close();
        }
    }

    /** As when what is saved to go on from has expired. */
    void deleteWeights() {
        models.values()
                .forEach(model -> model.saved.forEach((name, place) -> {
                    if (name.startsWith("weights/") && Files.exists(place)) {
                        delete(place);
                    }
                }));
    }

    private static void delete(Path folder) {
        try (var tree = Files.walk(folder)) {
            tree.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long count(String what) {
        return log.stream().filter(line -> line.startsWith(what)).count();
    }

    private void answer(HttpExchange http) throws IOException {
        try (http) {
            String path = http.getRequestURI().getPath().substring("/api/v1/".length());
            byte[] body = http.getRequestBody().readAllBytes();
            String key = http.getRequestHeaders().getFirst("X-API-Key");
            if (key != null) {
                keys.add(key);
            }
            Integer fault = fault(path);
            Result result;
            try {
                result = fault == null || fault < 0 ? answer(http, path, body) : error(fault, words(key));
                if (fault != null && fault < 0) {
                    result = error(-fault, words(key));
                }
            } catch (Refusal refusal) {
                result = error(refusal.status, refusal.getMessage());
            } catch (RuntimeException e) {
                e.printStackTrace();
                result = error(500, String.valueOf(e));
            }
            http.getResponseHeaders().set("Content-Type", result.contentType);
            http.sendResponseHeaders(result.status, result.body.length == 0 ? -1 : result.body.length);
            if (result.body.length > 0) {
                http.getResponseBody().write(result.body);
            }
        }
    }

    private static String words(@Nullable String key) {
        return "a fault, and the key was " + key;
    }

    private synchronized @Nullable Integer fault(String path) {
        List<Integer> left = faults.get(path);
        return left == null || left.isEmpty() ? null : left.removeFirst();
    }

    private static final class Refusal extends RuntimeException {
        private final int status;

        Refusal(int status, String detail) {
            super(detail);
            this.status = status;
        }
    }

    private static Result error(int status, String detail) {
        return json(status, JSON.createObjectNode().put("detail", detail));
    }

    private static Result json(JsonNode body) {
        return json(200, body);
    }

    private static Result json(int status, JsonNode body) {
        return new Result(status, "application/json", JSON.writeValueAsBytes(body));
    }

    private static ObjectNode object() {
        return JSON.createObjectNode();
    }

    private Result answer(HttpExchange http, String path, byte[] body) throws IOException {
        String[] parts = path.split("/");
        if (parts[0].equals("training_runs")) {
            return ofTrainingRun(http, parts);
        }
        return switch (path) {
            case "healthz" -> json(object().put("status", "ok"));
            case "client/config" ->
                json(object().put("pjwt_auth_enabled", false).put("use_pyqwest_transport", false));
            case "client/dynamic_config" -> json(object());
            case "telemetry" -> json(object().put("status", "accepted"));
            case "get_server_capabilities" -> {
                ObjectNode capabilities = object();
                capabilities.putArray("supported_models").addObject().put("model_name", baseModel);
                yield json(capabilities);
            }
            case "create_session" -> {
                String id = "session_" + ids.incrementAndGet();
                sessions.add(id);
                yield json(object().put("session_id", id).put("type", "create_session"));
            }
            case "session_heartbeat" -> {
                requireSession(JSON.readTree(body));
                yield json(object().put("type", "session_heartbeat"));
            }
            case "get_info" -> {
                Model model = model(JSON.readTree(body));
                ObjectNode info = object().put("model_id", model.id).put("status", "created");
                info.put("is_lora", true).put("lora_rank", model.rank);
                info.putObject("model_data").put("base_model", baseModel).put("model_name", baseModel);
                yield json(info);
            }
            case "create_model" -> createModel(JSON.readTree(body));
            case "forward_backward" -> forwardBackward(http, body);
            case "optim_step" -> optimStep(body);
            case "save_weights", "save_weights_for_sampler" -> save(path, body);
            case "load_weights" -> load(body);
            case "unload_model" -> {
                Model model = model(JSON.readTree(body));
                if (model.loaded) {
                    log.add("unload " + model.id);
                }
                yield submit(model, () -> {
                    unload(model);
                    return json(object().put("model_id", model.id).put("status", "unloaded"));
                });
            }
            case "create_sampling_session" -> {
                JsonNode request = JSON.readTree(body);
                requireSession(request);
                String id = "sampling_" + ids.incrementAndGet();
                payloads.put(id, body);
                yield json(object().put("sampling_session_id", id).put("type", "create_sampling_session"));
            }
            case "weights_info" -> {
                String[] place =
                        JSON.readTree(body).path("tinker_path").asString("").split("/");
                ObjectNode info = object().put("base_model", baseModel).put("is_lora", true);
                info.put("lora_rank", model(place[2]).rank).put("train_unembed", false);
                yield json(info.put("train_mlp", true).put("train_attn", true));
            }
            case "asample" -> sample(JSON.readTree(body));
            case "retrieve_future" -> retrieve(JSON.readTree(body));
            default -> throw new Refusal(404, "no route " + path);
        };
    }

    private void requireSession(JsonNode request) {
        if (!sessions.contains(request.path("session_id").asString(""))) {
            throw new Refusal(404, "Session not found");
        }
    }

    private Model model(JsonNode request) {
        return model(request.path("model_id").asString(""));
    }

    private Model model(String id) {
        Model model = models.get(id);
        if (model == null) {
            throw new Refusal(404, "Model not found");
        }
        return model;
    }

    /** Whether a model is loaded is seen when its turn has come. */
    private Result submit(Model model, Supplier<Result> work) {
        return submit(() -> {
            if (!model.loaded) {
                throw new Refusal(400, "Model " + model.id + " not loaded (likely stale request from previous server)");
            }
            return work.get();
        });
    }

    /** Work is done in the order in which it came. */
    private Result submit(Supplier<Result> work) {
        String id = String.valueOf(ids.incrementAndGet());
        futures.put(id, worker.submit(() -> {
            try {
                return work.get();
            } catch (Refusal refusal) {
                return error(400, String.valueOf(refusal.getMessage()));
            } catch (RuntimeException e) {
                e.printStackTrace();
                return error(400, String.valueOf(e));
            }
        }));
        return pending(id);
    }

    private static Result pending(String id) {
        return json(object().put("future_id", id).put("status", "pending").put("request_id", id));
    }

    /** One future a number, if the request is the same. */
    private synchronized Result submit(Model model, int number, String type, byte[] payload, Supplier<Result> work) {
        if (number < 1) {
            throw new Refusal(422, "seq_id must be at least 1");
        }
        byte[] whole = (type + new String(payload, StandardCharsets.ISO_8859_1)).getBytes(StandardCharsets.ISO_8859_1);
        String first = model.numbers.get(number);
        if (first != null) {
            if (!Arrays.equals(whole, payloads.get(model.id + "/" + number))) {
                throw new Refusal(409, "Training request sequence number was reused");
            }
            log.add("again " + type + " " + model.id + " " + number);
            return pending(first);
        }
        model.used = true;
        Result pending = submit(model, work);
        model.numbers.put(number, JSON.readTree(pending.body).path("request_id").asString());
        payloads.put(model.id + "/" + number, whole);
        return pending;
    }

    private Result retrieve(JsonNode request) {
        String id = request.path("request_id").asString("");
        java.util.concurrent.Future<Result> future = futures.get(id);
        if (future == null) {
            throw new Refusal(404, "Future not found");
        }
        int times = asked.merge(id, 1, Integer::sum);
        if (times <= delays) {
            return times % 2 == 1
                    ? error(408, "Timeout waiting for result")
                    : json(object().put("type", "try_again")
                            .put("request_id", id)
                            .put("queue_state", "paused_capacity"));
        }
        try {
            return future.get();
        } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private Result createModel(JsonNode request) {
        requireSession(request);
        JsonNode lora = request.path("lora_config");
        int rank = lora.path("rank").asInt();
        int seed = lora.path("seed").asInt(0);
        String id = "model_" + ids.incrementAndGet();
        Result result = submit(() -> {
            log.add("create " + id);
            models.put(
                    id,
                    new Model(
                            id,
                            rank,
                            engine.loadWithNewAdapter(
                                    base,
                                    EngineOptions.DEFAULT,
                                    new Lora(rank, ALPHA, Lora.ALL_LINEAR),
                                    seeds.applyAsLong(seed))));
            return json(object().put("model_id", id).put("type", "create_model"));
        });
        ObjectNode pending = (ObjectNode) JSON.readTree(result.body);
        return json(pending.put("model_id", id));
    }

    private record Datum(int[] tokens, Map<String, float[]> inputs, int[] targets) {}

    private Result forwardBackward(HttpExchange http, byte[] body) throws IOException {
        if (!PROTOBUF.equals(http.getRequestHeaders().getFirst("Content-Type"))) {
            throw new Refusal(415, "Unsupported media type");
        }
        Pass pass = pass(body);
        Model model = model(pass.model);
        String type = pass.forwardOnly ? "forward" : "forward_backward";
        return submit(model, pass.number, type, body, () -> {
            log.add(type + " " + model.id + " " + pass.number + " " + pass.loss + " " + pass.data.size());
            List<float[]> all = new ArrayList<>();
            for (Datum datum : pass.data) {
                all.add(learn(model, pass, datum));
            }
            if (!pass.forwardOnly) {
                model.sequences += pass.data.size();
            }
            double loss = 0;
            for (int i = 0; i < all.size(); i++) {
                for (int t = 0; t < all.get(i).length; t++) {
                    loss -= pass.data.get(i).inputs.get("weights")[t] * all.get(i)[t];
                }
            }
            return new Result(200, PROTOBUF, outputs(all, tellsLosses ? loss : null));
        });
    }

    /** All but the first token are the completion, so that there is a log-probability of each target. */
    private float[] learn(Model model, Pass pass, Datum datum) {
        int[] completion = datum.targets;
        if (!Arrays.equals(
                Arrays.copyOfRange(datum.tokens, 1, datum.tokens.length),
                Arrays.copyOf(completion, completion.length - 1))) {
            throw new Refusal(400, "targets are not the tokens, shifted by one");
        }
        List<TokenSequence> sequence = List.of(new TokenSequence(new int[] {datum.tokens[0]}, completion));
        if (pass.forwardOnly) {
            return model.weights.logProbs(sequence).getFirst();
        }
        try (LanguageModel.ForwardPass forward = model.weights.forward(sequence)) {
            float[] logProbs = forward.logProbs().getFirst();
            float[] weights = datum.inputs.get("weights");
            double divisor = 1;
            if (kind == Kind.MEAN) {
                double sum = 0;
                for (float weight : weights) {
                    sum += weight;
                }
                divisor = Math.max(sum, 1e-9);
            }
            double[] slopes = new double[logProbs.length];
            for (int t = 0; t < slopes.length; t++) {
                double slope = switch (pass.loss) {
                    case "cross_entropy" -> -weights[t];
                    case "importance_sampling" -> {
                        float[] advantages = datum.inputs.get("advantages");
                        float[] old = datum.inputs.get("logprobs");
                        yield weights[t] == 0 ? 0 : -weights[t] * advantages[t] * Math.exp(logProbs[t] - old[t]);
                    }
                    default -> throw new Refusal(400, "loss_fn " + pass.loss);
                };
                slopes[t] = slope / divisor;
            }
            forward.backward(TokenSlopes.ofLogProbs(List.of(slopes)));
            return logProbs;
        }
    }

    private Result optimStep(byte[] body) {
        JsonNode request = JSON.readTree(body);
        Model model = model(request);
        int number = request.path("seq_id").asInt(0);
        return submit(model, number, "optim_step", body, () -> {
            log.add("optim_step " + model.id + " " + number);
            JsonNode adam = request.path("adam_params");
            double clip = kind == Kind.SUM ? adam.path("grad_clip_norm").asDouble(0) : 0;
            if (kind == Kind.MEAN) {
                model.weights.mixGradients(new double[] {1.0 / model.sequences});
            }
            double norm = model.weights.step(new AdamW(
                    adam.path("learning_rate").asDouble(),
                    clip == 0 ? Double.POSITIVE_INFINITY : clip,
                    adam.path("beta1").asDouble(),
                    adam.path("beta2").asDouble(),
                    adam.path("eps").asDouble(),
                    adam.path("weight_decay").asDouble()));
            model.sequences = 0;
            model.steps++;
            ObjectNode answer = object();
            if (!tellsLosses) {
                answer.putObject("metrics")
                        .put("skyrl.ai/grad_norm", norm)
                        .put(
                                "skyrl.ai/learning_rate",
                                adam.path("learning_rate").asDouble());
            }
            return json(answer);
        });
    }

    /** A name may be taken once, whatever the number. */
    private synchronized Result save(String route, byte[] body) {
        JsonNode request = JSON.readTree(body);
        Model model = model(request);
        String kindOfWeights = route.equals("save_weights") ? "weights" : "sampler_weights";
        boolean ephemeral = request.path("path").isMissingNode();
        String name = ephemeral
                ? "ss" + request.path("sampling_session_seq_id").asInt() + "_seq"
                        + request.path("seq_id").asInt()
                : request.path("path").asString();
        if (!name.matches("[a-zA-Z0-9_-]+")) {
            throw new Refusal(422, "path is " + name);
        }
        String key = kindOfWeights + "/" + name;
        Path place = directory.resolve(model.id).resolve(kindOfWeights).resolve(name);
        if (model.saved.putIfAbsent(key, place) != null) {
            throw new Refusal(409, "Checkpoint '" + name + "' already exists for model '" + model.id + "'");
        }
        model.used = true;
        String path = "tinker://" + model.id + "/" + key;
        return submit(model, () -> {
            log.add(route + " " + model.id + " " + name);
            try {
                Files.createDirectories(place.getParent());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            model.weights.saveAdapter(place);
            model.stepsOfSaved.put(place.toString(), model.steps);
            model.weights.saveOptimizerState(place.resolve("optimizer.safetensors"));
            ObjectNode answer = object().put("type", route);
            if (ephemeral) {
                String id = "sampling_" + ids.incrementAndGet();
                payloads.put(id, JSON.writeValueAsBytes(object().put("model_path", path)));
                return json(answer.putNull("path").put("sampling_session_id", id));
            }
            return json(answer.put("path", path));
        });
    }

    private Path saved(String path, String wanted) {
        String[] parts = path.replaceFirst("^tinker://", "").split("/");
        if (parts.length != 3 || !parts[1].equals(wanted)) {
            throw new Refusal(400, "path is " + path);
        }
        Path place = directory.resolve(parts[0]).resolve(parts[1]).resolve(parts[2]);
        if (!Files.isDirectory(place)) {
            throw new Refusal(404, "Checkpoint not found: " + path);
        }
        return place;
    }

    private Result load(byte[] body) {
        JsonNode request = JSON.readTree(body);
        Model model = model(request);
        if (model.used) {
            throw new Refusal(400, "LoadWeights is not permitted with seq_id " + request.path("seq_id"));
        }
        Path place = saved(request.path("path").asString(""), "weights");
        return submit(model, request.path("seq_id").asInt(1), "load_weights", body, () -> {
            log.add("load " + model.id + " " + place.getFileName() + " " + request.path("optimizer"));
            LanguageModel loaded = engine.loadWithAdapter(base, EngineOptions.DEFAULT, place);
            if (request.path("optimizer").asBoolean(false)) {
                loaded.loadOptimizerState(place.resolve("optimizer.safetensors"));
            }
            model.weights.close();
            Model other = new Model(model.id, model.rank, loaded);
            other.used = true;
            other.numbers.putAll(model.numbers);
            other.saved.putAll(model.saved);
            models.put(model.id, other);
            return json(object().put("type", "load_weights"));
        });
    }

    private Result sample(JsonNode request) {
        JsonNode session = request.path("sampling_session_id");
        JsonNode source = session.isString() ? JSON.readTree(payloads.get(session.asString())) : request;
        String path = source.path("model_path").asString("");
        Path place = path.isEmpty() ? base : saved(path, "sampler_weights");
        JsonNode how = request.path("sampling_params");
        if (!how.path("max_tokens").isInt()) {
            throw new Refusal(400, "max_tokens is currently required");
        }
        List<Integer> prompt = new ArrayList<>();
        request.path("prompt")
                .path("chunks")
                .values()
                .forEach(chunk -> chunk.path("tokens").values().forEach(token -> prompt.add(token.asInt())));
        Set<Integer> stop = IntStream.range(0, how.path("stop").size())
                .mapToObj(i -> how.path("stop").get(i).asInt())
                .collect(Collectors.toSet());
        int samples = request.path("num_samples").asInt(1);
        long seed = how.path("seed").asLong(0);
        return submit(() -> {
            log.add("asample " + (path.isEmpty() ? "base" : path) + " " + samples);
            LanguageModel model = sampler(place);
            SampledCompletion[] all = new SampledCompletion[samples];
            SamplingRequest wanted = new SamplingRequest(
                    prompt.stream().mapToInt(Integer::intValue).toArray(),
                    IntStream.range(0, samples)
                            .mapToLong(i -> CounterRandom.key(seed + i))
                            .toArray());
            int topK = how.path("top_k").asInt(-1);
            model.sample(
                    List.of(wanted),
                    new SamplingOptions(
                            how.path("max_tokens").asInt(),
                            how.path("temperature").asDouble(1),
                            Math.max(0, topK),
                            how.path("top_p").asDouble(1),
                            new StopRule(false, stop, List.of())),
                    completion -> all[completion.sample()] = completion);
            return new Result(200, PROTOBUF, sampled(all));
        });
    }

    /** The model that was saved there, if it is still the same; what is loaded computes the same, but takes time. */
    private LanguageModel sampler(Path place) {
        for (Model model : models.values()) {
            if (model.loaded && Objects.equals(model.stepsOfSaved.get(place.toString()), model.steps)) {
                return model.weights;
            }
        }
        return samplers.computeIfAbsent(
                place.toString(),
                key -> place.equals(base)
                        ? engine.load(base)
                        : engine.loadWithAdapter(base, EngineOptions.DEFAULT.frozen(), place));
    }

    private Result ofTrainingRun(HttpExchange http, String[] parts) throws IOException {
        if (http.getRequestMethod().equals("DELETE")) {
            Path place = saved("tinker://" + parts[1] + "/" + parts[3] + "/" + parts[4], parts[3]);
            log.add("delete " + parts[1] + " " + parts[4]);
            try (var tree = Files.walk(place)) {
                tree.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
            return new Result(204, "application/json", new byte[0]);
        }
        String name = parts[parts.length - 2];
        boolean named = parts[3].equals("sampler_weights");
        if (named != (kind == Kind.SUM) && !parts[parts.length - 1].equals("download")) {
            throw new Refusal(404, "Not Found"); // the hosted service's path, and SkyRL's
        }
        if (parts[parts.length - 1].equals("archive")) {
            http.getResponseHeaders()
                    .set(
                            "Location",
                            Objects.requireNonNullElse(redirect, url()) + "/api/v1/training_runs/" + parts[1]
                                    + "/checkpoints/" + name + "/download");
            return new Result(302, "application/json", new byte[0]);
        }
        Path place = saved("tinker://" + parts[1] + "/sampler_weights/" + name, "sampler_weights");
        return new Result(200, "application/octet-stream", archive(place));
    }

    private static byte[] archive(Path adapter) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream tar = new GZIPOutputStream(bytes)) {
            add(tar, "./", new byte[0], '5');
            ObjectNode configuration =
                    (ObjectNode) JSON.readTree(Files.readAllBytes(adapter.resolve("adapter_config.json")));
            configuration.putNull("target_modules");
            add(tar, "./adapter_config.json", JSON.writeValueAsBytes(configuration), '0');
            add(
                    tar,
                    "./adapter_model.safetensors",
                    Files.readAllBytes(adapter.resolve("adapter_model.safetensors")),
                    '0');
            tar.write(new byte[1024]);
        }
        return bytes.toByteArray();
    }

    private static void add(OutputStream tar, String name, byte[] content, char type) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(512);
        header.put(name.getBytes(StandardCharsets.US_ASCII));
        header.position(100).put("0000644\0000000000\0000000000\0".getBytes(StandardCharsets.US_ASCII));
        header.position(124).put("%011o\000".formatted(content.length).getBytes(StandardCharsets.US_ASCII));
        header.position(136).put("00000000000\0        ".getBytes(StandardCharsets.US_ASCII));
        header.put((byte) type);
        header.position(257).put("ustar\00000".getBytes(StandardCharsets.US_ASCII));
        int sum = 0;
        for (byte each : header.array()) {
            sum += each;
        }
        header.position(148).put("%06o\000 ".formatted(sum).getBytes(StandardCharsets.US_ASCII));
        tar.write(header.array());
        tar.write(content);
        tar.write(new byte[(512 - content.length % 512) % 512]);
    }

    private record Pass(String model, int number, String loss, boolean forwardOnly, List<Datum> data) {}

    private static Pass pass(byte[] body) throws IOException {
        String model = "";
        int number = 0;
        String loss = "";
        boolean forwardOnly = false;
        List<Datum> data = new ArrayList<>();
        CodedInputStream in = CodedInputStream.newInstance(body);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> model = in.readString();
                case 2 -> number = in.readInt32();
                case 3 -> data.add(datum(in.readByteArray()));
                case 4 -> loss = in.readString();
                case 6 -> forwardOnly = in.readBool();
                default -> in.skipField(tag);
            }
        }
        return new Pass(model, number, loss, forwardOnly, data);
    }

    private static Datum datum(byte[] message) throws IOException {
        ByteArrayOutputStream tokens = new ByteArrayOutputStream();
        Map<String, float[]> inputs = new HashMap<>();
        int[] targets = new int[0];
        CodedInputStream in = CodedInputStream.newInstance(message);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            byte[] field = in.readByteArray();
            if (WireFormat.getTagFieldNumber(tag) == 1) {
                tokens.write(bytes(bytes(field, 1), 1));
            } else {
                String name = new String(bytes(field, 1), StandardCharsets.UTF_8);
                byte[] tensor = bytes(field, 2);
                ByteBuffer dense = ByteBuffer.wrap(bytes(tensor, 1)).order(ByteOrder.LITTLE_ENDIAN);
                boolean integers = number(tensor, 3) == 2;
                if (name.equals("target_tokens")) {
                    targets = new int[dense.remaining() / 8];
                    for (int i = 0; i < targets.length; i++) {
                        targets[i] = (int) dense.getLong();
                    }
                } else if (integers) {
                    throw new Refusal(400, name + " is int64");
                } else {
                    float[] values = new float[dense.remaining() / 4];
                    dense.asFloatBuffer().get(values);
                    inputs.put(name, values);
                }
            }
        }
        float[] ones = new float[targets.length];
        Arrays.fill(ones, 1);
        inputs.putIfAbsent("weights", ones);
        ByteBuffer ids = ByteBuffer.wrap(tokens.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        int[] all = new int[ids.remaining() / 4];
        ids.asIntBuffer().get(all);
        for (Map.Entry<String, float[]> input : inputs.entrySet()) {
            if (input.getValue().length != targets.length) {
                throw new Refusal(400, input.getKey() + " has another length than target_tokens");
            }
        }
        return new Datum(all, inputs, targets);
    }

    private static byte[] bytes(byte[] message, int field) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(message);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == field) {
                return in.readByteArray();
            }
            in.skipField(tag);
        }
        return new byte[0];
    }

    private static long number(byte[] message, int field) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(message);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == field) {
                return in.readInt64();
            }
            in.skipField(tag);
        }
        return 0;
    }

    private interface Fields {
        void writeTo(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Fields fields) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            fields.writeTo(out);
            out.flush();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] floats(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    private static byte[] outputs(List<float[]> logProbs, @Nullable Double loss) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        ByteBuffer offsets = ByteBuffer.allocate(8 * (logProbs.size() + 1)).order(ByteOrder.LITTLE_ENDIAN);
        offsets.putLong(0);
        for (float[] each : logProbs) {
            data.writeBytes(floats(each));
            offsets.putLong(data.size());
        }
        byte[] tensor = message(out -> {
            out.writeByteArray(1, data.toByteArray());
            out.writeByteArray(2, offsets.array());
            out.writeEnum(3, 1);
        });
        byte[] entry = message(out -> {
            out.writeString(1, "logprobs");
            out.writeByteArray(2, tensor);
        });
        byte[] record = message(out -> {
            out.writeString(1, "scalar");
            out.writeByteArray(2, entry);
            out.writeInt64(3, logProbs.size());
        });
        return message(out -> {
            out.writeString(1, "scalar");
            out.writeByteArray(2, record);
            if (loss != null) {
                out.writeByteArray(3, message(metric -> {
                    metric.writeString(1, "loss:sum");
                    metric.writeDouble(2, loss);
                }));
            }
        });
    }

    private static byte[] sampled(SampledCompletion[] all) {
        return message(out -> {
            for (SampledCompletion one : all) {
                ByteBuffer tokens = ByteBuffer.allocate(4 * one.ids().length).order(ByteOrder.LITTLE_ENDIAN);
                tokens.asIntBuffer().put(one.ids());
                out.writeByteArray(1, message(sequence -> {
                    sequence.writeEnum(1, one.finishReason() == FinishReason.STOP ? 0 : 1);
                    sequence.writeByteArray(2, tokens.array());
                    sequence.writeByteArray(3, floats(one.logProbs()));
                }));
            }
        });
    }

    @Override
    public void close() {
        server.stop(0);
        worker.shutdownNow();
        models.values().forEach(this::unload);
        samplers.values().forEach(LanguageModel::close);
    }
}
