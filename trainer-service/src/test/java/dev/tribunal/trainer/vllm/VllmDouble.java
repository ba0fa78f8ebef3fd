package dev.tribunal.trainer.vllm;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.languagemodel.sampling.FinishReason;
import dev.tribunal.languagemodel.sampling.SampledCompletion;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import dev.tribunal.languagemodel.sampling.StopRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a vLLM 0.32 server does as far as a sampler sees it, with a real model behind it: it samples and scores with the
 * adapter's files that it was told to load. Errors have vLLM's status and words. All that was said is written to {@code
 * target/vllm-exchanges.jsonl}, which {@code compare/vllm/check_exchanges.py} holds against vLLM's own models of requests and
 * answers.
 */
public final class VllmDouble implements AutoCloseable {

    private static final Path RECORD = Path.of("target/vllm-exchanges.jsonl");
    private static final JsonMapper JSON = new JsonMapper();

    /** Names of {@code CompletionRequest}; vLLM ignores others, so that a misspelled one would go unnoticed. */
    private static final Set<String> KNOWN = Set.of(
            "model",
            "prompt",
            "n",
            "max_tokens",
            "seed",
            "temperature",
            "top_p",
            "top_k",
            "min_p",
            "repetition_penalty",
            "presence_penalty",
            "frequency_penalty",
            "stop",
            "stop_token_ids",
            "ignore_eos",
            "include_stop_str_in_output",
            "logprobs",
            "prompt_logprobs",
            "return_token_ids");

    private final HttpServer http;
    private final Path base;
    private final Map<String, Loaded> adapters = new LinkedHashMap<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private @Nullable String apiKey;
    private volatile Duration delay = Duration.ZERO;
    private volatile boolean stale;
    private volatile boolean alwaysStale;
    private final AtomicInteger completions = new AtomicInteger();
    private volatile int largestRank = Integer.MAX_VALUE;
    private volatile double shift;

    /** @param named the folder whose files it was told to load; the model may be another one's, if it is stale */
    private record Loaded(String named, LanguageModel model, boolean owned) {}

    private static final class Refusal extends RuntimeException {
        private final int status;

        Refusal(int status, String message) {
            super(message);
            this.status = status;
        }
    }

    /** @param base checkpoint that it serves */
    public VllmDouble(Path base) {
        this(base, 0);
    }

    /** @param port 0 for any */
    public VllmDouble(Path base, int port) {
        this.base = base;
        try {
            http = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        http.createContext("/", this::serve);
        http.start();
    }

    /** To be asked by hand: {@code VllmDouble CHECKPOINT PORT} serves until it is killed. */
    public static void main(String[] arguments) {
        VllmDouble served = new VllmDouble(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
        System.out.println("serves " + arguments[0] + " at " + served.url());
    }

    public String url() {
        return "http://127.0.0.1:" + port();
    }

    public int port() {
        return http.getAddress().getPort();
    }

    /** What was asked, one line each. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    public int completions() {
        return completions.get();
    }

    public synchronized Set<String> loaded() {
        return new HashSet<>(adapters.keySet());
    }

    /** Every answer to a completion takes so much longer. */
    public VllmDouble slower(Duration by) {
        delay = by;
        return this;
    }

    /** The next adapter is not read: its name has the weights of the one before. */
    public void isStaleOnce() {
        stale = true;
    }

    public void isStaleFromNowOn() {
        alwaysStale = true;
    }

    /** Like {@code --max-lora-rank}. */
    public VllmDouble withLargestRank(int rank) {
        largestRank = rank;
        return this;
    }

    /** Every log-probability is so much lower than it is. */
    public VllmDouble shiftedBy(double nats) {
        shift = nats;
        return this;
    }

    public VllmDouble withApiKey(String key) {
        apiKey = key;
        return this;
    }

    /** As if it had been started anew: it knows its base model alone. */
    public synchronized void forgetsAll() {
        adapters.values().stream()
                .filter(Loaded::owned)
                .forEach(loaded -> loaded.model().close());
        adapters.clear();
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        byte[] request = exchange.getRequestBody().readAllBytes();
        byte[] answer;
        int status = 200;
        boolean json = true;
        try {
            if (apiKey != null
                    && !("Bearer " + apiKey).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                throw new Refusal(401, "Unauthorized");
            }
            switch (path) {
                case "/v1/models" -> answer = JSON.writeValueAsBytes(models());
                case "/v1/load_lora_adapter" -> {
                    JsonNode body = JSON.readTree(request);
                    answer = load(
                                    body.path("lora_name").asString(""),
                                    body.path("lora_path").asString(""))
                            .getBytes(StandardCharsets.UTF_8);
                    json = false;
                }
                case "/v1/unload_lora_adapter" -> {
                    answer = unload(JSON.readTree(request).path("lora_name").asString(""))
                            .getBytes(StandardCharsets.UTF_8);
                    json = false;
                }
                case "/v1/completions" -> answer = JSON.writeValueAsBytes(complete(JSON.readTree(request)));
                default -> throw new Refusal(404, "Not Found");
            }
        } catch (Refusal refusal) {
            status = refusal.status;
            answer = JSON.writeValueAsBytes(Map.of(
                    "error",
                    Map.of(
                            "message",
                            String.valueOf(refusal.getMessage()),
                            "type",
                            "Error",
                            "param",
                            "model",
                            "code",
                            status)));
        } catch (RuntimeException failed) {
            status = 500;
            answer = JSON.writeValueAsBytes(Map.of("error", Map.of("message", failed.toString(), "code", 500)));
        }
        record(path, request, status, json ? answer : null);
        if (json) {
            exchange.getResponseHeaders().add("Content-Type", "application/json");
        }
        exchange.sendResponseHeaders(status, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    private void record(String path, byte[] request, int status, byte @Nullable [] answer) throws IOException {
        calls.add(path + " " + status + " " + new String(request, StandardCharsets.UTF_8));
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("path", path);
        line.put("request", request.length == 0 ? Map.of() : JSON.readTree(request));
        line.put("status", status);
        line.put("answer", answer == null ? Map.of() : JSON.readTree(answer));
        synchronized (VllmDouble.class) {
            Files.createDirectories(Objects.requireNonNull(RECORD.getParent()));
            Files.writeString(
                    RECORD, JSON.writeValueAsString(line) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    private synchronized Map<String, Object> models() {
        List<Map<String, Object>> data = new ArrayList<>();
        data.add(Map.of("id", "base", "object", "model", "root", base.toString()));
        adapters.forEach((name, loaded) ->
                data.add(Map.of("id", name, "object", "model", "root", loaded.named(), "parent", "base")));
        return Map.of("object", "list", "data", data);
    }

    private synchronized String load(String name, String path) throws IOException {
        if (adapters.containsKey(name)) {
            throw new Refusal(
                    400,
                    "The lora adapter '" + name + "' has already been loaded. If you want to load the adapter in place,"
                            + " set 'load_inplace' to True.");
        }
        Path directory = Path.of(path);
        if (!Files.isDirectory(directory)) {
            throw new Refusal(404, "Loading lora " + name + " failed: No adapter found for " + path);
        }
        if (!readableByOthers(directory)) {
            throw new Refusal(500, "[Errno 13] Permission denied: '" + path + "'");
        }
        int rank = JSON.readTree(Files.readAllBytes(directory.resolve("adapter_config.json")))
                .path("r")
                .asInt(0);
        if (rank > largestRank) {
            throw new Refusal(500, "LoRA rank " + rank + " is greater than max_lora_rank " + largestRank + ".");
        }
        Loaded before =
                adapters.isEmpty() ? null : adapters.values().stream().toList().getLast();
        boolean keeps = (stale || alwaysStale) && before != null;
        stale = false;
        adapters.put(
                name,
                keeps
                        ? new Loaded(path, before.model(), false)
                        : new Loaded(
                                path,
                                new LocalEngine().loadWithAdapter(base, EngineOptions.DEFAULT.frozen(), directory),
                                true));
        return "Success: LoRA adapter '" + name + "' added successfully.";
    }

    /** A server is another user's. */
    private static boolean readableByOthers(Path directory) throws IOException {
        return Files.getPosixFilePermissions(directory).contains(PosixFilePermission.OTHERS_EXECUTE)
                && Files.getPosixFilePermissions(directory.resolve("adapter_model.safetensors"))
                        .contains(PosixFilePermission.OTHERS_READ);
    }

    private synchronized String unload(String name) {
        Loaded gone = adapters.remove(name);
        if (gone == null) {
            throw new Refusal(404, "The lora adapter '" + name + "' cannot be found.");
        }
        if (gone.owned() && adapters.values().stream().noneMatch(other -> other.model() == gone.model())) {
            gone.model().close();
        }
        return "Success: LoRA adapter '" + name + "' removed successfully.";
    }

    private synchronized LanguageModel model(String name) {
        Loaded loaded = adapters.get(name);
        if (loaded == null) {
            throw new Refusal(404, "The model `" + name + "` does not exist.");
        }
        return loaded.model();
    }

    private Map<String, Object> complete(JsonNode body) {
        body.propertyNames().forEach(name -> {
            if (!KNOWN.contains(name)) {
                throw new Refusal(400, "the double does not know the field " + name);
            }
        });
        LanguageModel model = model(body.path("model").asString(""));
        int[] prompt = ids(body.path("prompt"));
        int maxTokens = body.path("max_tokens").asInt(16);
        int most = model.configuration().maxPositions();
        if (prompt.length + maxTokens > most) {
            throw new Refusal(
                    400,
                    "This model's maximum context length is " + most + " tokens. However, you requested "
                            + (prompt.length + maxTokens) + ".");
        }
        if (body.has("prompt_logprobs")) {
            return answer(body, List.of(), prompt, scores(model, prompt));
        }
        completions.incrementAndGet();
        pause();
        int n = body.path("n").asInt(1);
        double temperature = body.path("temperature").asDouble(1);
        if (temperature == 0 && n > 1) {
            throw new Refusal(400, "n must be 1 when using greedy sampling, got " + n + ".");
        }
        Set<Integer> ends = new HashSet<>();
        Arrays.stream(ids(body.path("stop_token_ids"))).forEach(ends::add);
        List<String> stop = new ArrayList<>();
        body.path("stop").forEach(each -> stop.add(each.asString("")));
        SamplingOptions options = new SamplingOptions(
                maxTokens,
                temperature,
                body.path("top_k").asInt(0),
                body.path("top_p").asDouble(1),
                new StopRule(!body.path("ignore_eos").asBoolean(false), ends, stop));
        long seed = body.path("seed").asLong(0);
        SampledCompletion[] sampled = new SampledCompletion[n];
        model.sample(
                List.of(new SamplingRequest(
                        prompt, LongStream.range(0, n).map(i -> seed + i).toArray())),
                options,
                one -> sampled[one.sample()] = one);
        List<Map<String, Object>> choices = new ArrayList<>();
        for (SampledCompletion one : sampled) {
            choices.add(choice(model, one, prompt));
        }
        return answer(body, choices, prompt, null);
    }

    private void pause() {
        try {
            Thread.sleep(delay);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Map<String, Object> choice(LanguageModel model, SampledCompletion one, int[] prompt) {
        Map<String, Object> choice = new LinkedHashMap<>();
        choice.put("index", one.sample());
        choice.put("text", model.tokenizer().decode(one.ids()));
        choice.put("finish_reason", one.finishReason() == FinishReason.STOP ? "stop" : "length");
        choice.put("stop_reason", null);
        choice.put("token_ids", one.ids());
        choice.put("prompt_token_ids", prompt);
        choice.put(
                "logprobs",
                Map.of(
                        "text_offset",
                        new int[one.ids().length],
                        "token_logprobs",
                        IntStream.range(0, one.ids().length)
                                .mapToObj(t -> one.logProbs()[t] - shift)
                                .toList(),
                        "tokens",
                        Arrays.stream(one.ids())
                                .mapToObj(id -> "token_id:" + id)
                                .toList(),
                        "top_logprobs",
                        List.of()));
        return choice;
    }

    private List<Object> scores(LanguageModel model, int[] prompt) {
        float[] values = model.logProbs(List.of(
                        new TokenSequence(Arrays.copyOf(prompt, 1), Arrays.copyOfRange(prompt, 1, prompt.length))))
                .getFirst();
        List<Object> scores = new ArrayList<>();
        scores.add(null);
        for (int t = 1; t < prompt.length; t++) {
            scores.add(Map.of(
                    String.valueOf(prompt[t]),
                    Map.of("logprob", values[t - 1] - shift, "rank", 1, "decoded_token", "")));
        }
        return scores;
    }

    private static Map<String, Object> answer(
            JsonNode body, List<Map<String, Object>> sampled, int[] prompt, @Nullable List<Object> scores) {
        List<Map<String, Object>> choices = new ArrayList<>(sampled);
        if (scores != null) {
            Map<String, Object> choice = new LinkedHashMap<>();
            choice.put("index", 0);
            choice.put("text", "");
            choice.put("finish_reason", "length");
            choice.put("token_ids", List.of(0));
            choice.put("prompt_token_ids", prompt);
            choice.put("prompt_logprobs", scores);
            choices.add(choice);
        }
        return Map.of(
                "id",
                "cmpl-double",
                "object",
                "text_completion",
                "created",
                0,
                "model",
                body.path("model").asString(""),
                "choices",
                choices,
                "usage",
                Map.of("prompt_tokens", prompt.length, "completion_tokens", 1, "total_tokens", prompt.length + 1));
    }

    private static int[] ids(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt(-1)).toArray();
    }

    /** Dies: connections are refused from now on. */
    @Override
    public void close() {
        http.stop(0);
        forgetsAll();
    }
}
