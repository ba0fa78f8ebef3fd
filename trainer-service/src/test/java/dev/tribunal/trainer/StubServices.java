package dev.tribunal.trainer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tribunal.contracts.common.ScoringServer;
import dev.tribunal.contracts.judge.v1.CheckRequest;
import dev.tribunal.contracts.judge.v1.CheckResponse;
import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.EvaluateResponse;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.JudgementRequest;
import dev.tribunal.contracts.judge.v1.JudgementResponse;
import dev.tribunal.contracts.judge.v1.JudgementResponse.ItemJudgement;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.PendingJudgement;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.VerdictError;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.contracts.reward.v1.ScoreRequest;
import dev.tribunal.contracts.reward.v1.ScoreResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A judge service and a reward service, as far as a run asks them. Judges: {@code math-answer}, {@code length} (active;
 * {@code length} takes only the parameter {@code max}, the most characters of what satisfies it, and scores them), {@code exam} and {@code absent} (active; they check prompts,
 * the latter in vain) and {@code old} (retired). Reward models: {@code helpfulness}
 * (ready) and {@code slow} (preparing), and those that are registered, which are ready when they have been looked at
 * twice. The latest version is 2 everywhere.
 */
public final class StubServices implements AutoCloseable {
    /** That the nearsighted reward model reads. */
    static final int MAX_TOKENS = 9;

    private static final JsonMapper JSON = new JsonMapper();

    private final HttpServer server;
    private final AtomicInteger checked = new AtomicInteger();
    /** By {@code NAME@VERSION}, how often they were looked at. */
    private final Map<String, AtomicInteger> registered = new ConcurrentHashMap<>();

    private final Map<String, RewardModelRegistration> registrations = new ConcurrentHashMap<>();

    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    private volatile Consumer<String> listener = question -> {};
    private volatile Function<String, @Nullable Verdict> verdicts = runId -> null;

    public StubServices() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Prompts that judges were shown so far. */
    public int checked() {
        return checked.get();
    }

    /**
     * Hears of each batch that is to be judged or scored, before it is answered.
     *
     * @param listener is told {@code judge RUN.STEP.TASK.ITEM} or {@code score RUN.STEP.TASK.ITEM}
     */
    public void listen(Consumer<String> listener) {
        this.listener = listener;
    }

    /** @param verdicts of all completions of a run, by its id; null where the judges look at them */
    public void decide(Function<String, @Nullable Verdict> verdicts) {
        this.verdicts = verdicts;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        if (exchange.getRequestURI().getPath().equals("/v1/judgements/pending")) {
            String run = exchange.getRequestURI().getQuery().split("=", 2)[1];
            send(
                    exchange,
                    200,
                    asked.stream()
                            .filter(request -> request.startsWith(run + "."))
                            .map(request -> new PendingJudgement(request, "math-answer", "2", 4, Instant.EPOCH))
                            .toList());
            return;
        }
        if (exchange.getRequestURI().getPath().equals("/v1/judgements")) {
            judgeAll(exchange, read(exchange, JudgementRequest.class));
            return;
        }
        if (exchange.getRequestURI().getPath().equals("/v1/reward-models")) {
            register(exchange, read(exchange, RewardModelRegistration.class));
            return;
        }
        // /v1/judges/NAME/versions/VERSION[/evaluate], /v1/reward-models/NAME/versions/VERSION[/score]
        String[] path = exchange.getRequestURI().getPath().split("/");
        String version = path[5].equals("latest") ? "2" : path[5];
        Object found = path[2].equals("judges") ? judge(path[3], version) : rewardModel(path[3], version);
        if (found == null) {
            send(exchange, 404, Map.of("code", "not_found", "detail", "There is no '" + path[3] + "'."));
        } else if (path.length == 7 && path[6].equals("score")) {
            score(exchange, path[3], version, read(exchange, ScoreRequest.class));
        } else if (path.length == 7 && path[6].equals("check")) {
            check(exchange, path[3], version, read(exchange, CheckRequest.class));
        } else if (path.length == 7) {
            evaluate(exchange, read(exchange, EvaluateRequest.class));
        } else {
            send(exchange, 200, found);
        }
    }

    private static <T> T read(HttpExchange exchange, Class<T> type) throws IOException {
        return JSON.readValue(exchange.getRequestBody().readAllBytes(), type);
    }

    /** It trains once, whatever the number of those who ask; who asks for what is there gets it, as of the real service. */
    private void register(HttpExchange exchange, RewardModelRegistration registration) throws IOException {
        String name = registration.name() + "@" + registration.version();
        RewardModelRegistration there = registrations.putIfAbsent(name, registration);
        if (there != null && !there.equals(registration)) {
            send(exchange, 409, Map.of("code", "exists", "detail", name + " exists with another source"));
            return;
        }
        registered.putIfAbsent(name, new AtomicInteger());
        send(exchange, 200, Objects.requireNonNull(rewardModel(registration.name(), registration.version())));
    }

    /** A judge is satisfied by an even number of characters, {@code length} by as few as it is told. */
    private void judgeAll(HttpExchange exchange, JudgementRequest request) throws IOException {
        asked.add(request.requestId());
        try {
            listener.accept("judge " + request.requestId());
        } finally {
            asked.remove(request.requestId());
        }
        Verdict given = request.context() == null
                ? null
                : verdicts.apply(request.context().runId());
        List<ItemJudgement> items = request.items().stream()
                .map(item -> new ItemJudgement(
                        item.itemId(),
                        request.judges().stream()
                                .map(judge ->
                                        verdict(judge, item.completion().text().length(), given))
                                .toList()))
                .toList();
        send(exchange, 200, new JudgementResponse(request.requestId(), items));
    }

    private static JudgeVerdict verdict(JudgeReference judge, int characters, @Nullable Verdict given) {
        if (given == Verdict.UNDECIDED) {
            return new JudgeVerdict(
                    judge.name(),
                    judge.version(),
                    given,
                    null,
                    null,
                    new VerdictError("timeout", true, "no answer"),
                    1,
                    1);
        }
        boolean satisfied = judge.parameters().get("max") instanceof Number max
                ? characters <= max.intValue()
                : characters % 2 == 0;
        Verdict verdict = given != null ? given : satisfied ? Verdict.SATISFIED : Verdict.VIOLATED;
        Double score = judge.name().equals("length") ? (Double) (double) characters : null;
        return new JudgeVerdict(judge.name(), judge.version(), verdict, score, "length", null, 1, 1);
    }

    /** A tenth a character. */
    private void score(HttpExchange exchange, String name, String version, ScoreRequest request) throws IOException {
        listener.accept("score " + request.requestId());
        List<ScoreResponse.Result> results = request.items().stream()
                .map(item -> name.equals("remote")
                        ? new ScoreResponse.Result(
                                item.itemId(), null, new ScoreResponse.ScoreError("unreachable", "refused"))
                        : new ScoreResponse.Result(
                                item.itemId(), item.completion().length() / 10.0, null))
                .toList();
        send(exchange, 200, new ScoreResponse(request.requestId(), name, version, results));
    }

    private static void evaluate(HttpExchange exchange, EvaluateRequest request) throws IOException {
        for (String parameter : request.judge().parameters().keySet()) {
            if (!parameter.equals("max")) {
                String pointer = "/judge/parameters/" + parameter;
                List<Object> errors = List.of(Map.of("pointer", pointer, "detail", "is not known"));
                send(exchange, 422, Map.of("code", "bad", "detail", "bad parameters", "errors", errors));
                return;
            }
        }
        var judge = new EvaluateResponse.JudgeVersion(
                request.judge().name(), request.judge().version());
        send(exchange, 200, new EvaluateResponse(request.requestId(), judge, List.of()));
    }

    /** {@code exam} reads any answer but "see the book"; {@code absent} does not answer. */
    private void check(HttpExchange exchange, String name, String version, CheckRequest request) throws IOException {
        checked.addAndGet(request.items().size());
        List<CheckResponse.ItemProblem> problems = request.items().stream()
                .filter(item -> "see the book".equals(item.reference().get("answer")))
                .map(item -> new CheckResponse.ItemProblem(item.itemId(), "/reference/answer", "is not an answer"))
                .toList();
        String unchecked = name.equals("absent") ? "it did not answer" : null;
        send(
                exchange,
                200,
                new CheckResponse(
                        new EvaluateResponse.JudgeVersion(name, version),
                        unchecked == null ? problems : List.of(),
                        unchecked));
    }

    private static @Nullable JudgeResource judge(String name, String version) {
        JudgeResource.State state = switch (name) {
            case "math-answer", "length", "picky", "exam", "absent", "away" -> JudgeResource.State.ACTIVE;
            case "old" -> JudgeResource.State.RETIRED;
            default -> null;
        };
        return state == null
                ? null
                : new JudgeResource(
                        name,
                        version,
                        JudgeResource.Kind.RULE,
                        state,
                        "sha256:" + name,
                        null,
                        null,
                        null,
                        true,
                        1000,
                        64,
                        4,
                        List.of(),
                        null,
                        new JudgeResource.Health("closed", 0, 0, null, null),
                        name.equals("away")
                                ? new JudgeResource.Contact(false, "connection refused", Instant.EPOCH)
                                : null,
                        Instant.EPOCH,
                        name.equals("picky") ? List.of("reference.answer") : List.of(),
                        name.equals("exam") || name.equals("absent"),
                        null,
                        null,
                        null,
                        "shared");
    }

    private @Nullable RewardModelResource rewardModel(String name, String version) {
        AtomicInteger looks = registered.get(name + "@" + version);
        RewardModelResource.State state = switch (name) {
            case "helpfulness", "nearsighted", "remote" -> RewardModelResource.State.READY;
            case "slow" -> RewardModelResource.State.PREPARING;
            default ->
                looks == null
                        ? null
                        : looks.incrementAndGet() > 2
                                ? RewardModelResource.State.READY
                                : RewardModelResource.State.PREPARING;
        };
        return state == null
                ? null
                : new RewardModelResource(
                        name,
                        version,
                        state,
                        "sha256:"
                                + (looks == null ? name : version), // of a run's reward models the version is the stage
                        null,
                        name.equals("nearsighted") ? MAX_TOKENS : null,
                        List.of(),
                        List.of(),
                        0.25,
                        Map.of(),
                        List.of(),
                        null,
                        List.of(),
                        name.equals("remote")
                                ? new RewardModelRegistration.Remote(
                                        "http://localhost:1", new ScoringServer.NemoGym(null), null, null, null)
                                : new RewardModelRegistration.Import("hf:anything"),
                        Instant.EPOCH,
                        "shared");
    }

    private static void send(HttpExchange exchange, int status, Object body) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(body);
        String type = status < 400 ? "application/json" : "application/problem+json";
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
