package dev.tribunal.judge.registry;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.judge.v1.CheckRequest;
import dev.tribunal.contracts.judge.v1.CheckResponse;
import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.EvaluateResponse;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.JudgeVersion;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.EvaluationContext;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.registry.JudgeLogEntry;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Llm;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistryApi;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.contracts.judge.v1.registry.StressReport;
import dev.tribunal.judge.fanout.JudgeClient;
import dev.tribunal.judge.fanout.JudgeClient.Evaluation;
import dev.tribunal.judge.fanout.JudgeDirectory.Found;
import dev.tribunal.judge.registration.RegistryError;
import dev.tribunal.judge.registry.JudgeRegistry.Outcome;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.servicekit.input.InputTree;
import dev.tribunal.servicekit.input.SentRequests;
import dev.tribunal.servicekit.page.Cursor;
import dev.tribunal.servicekit.page.Pages;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/judges} */
@RestController
class JudgeRegistryController implements JudgeRegistryApi {

    private static final int MAX_ITEMS = 100_000;
    private static final long MAX_DEADLINE_MS = Duration.ofMinutes(30).toMillis();
    private static final Duration LONGEST_STRESS = Duration.ofSeconds(100);
    private static final String SEPARATOR = "@";

    /** What a judge has to be told, and the path or the registry says here. */
    private static final Set<String> NOT_NEEDED =
            Set.of("/requestId", "/deadlineMs", "/judge", "/judge/name", "/judge/version");

    private final JudgeRegistry registry;
    private final HttpServletResponse response;

    /** @param response the current request's, by proxy */
    JudgeRegistryController(JudgeRegistry registry, HttpServletResponse response) {
        this.registry = registry;
        this.response = response;
    }

    @Override
    public JudgeResource register(String registration, String contentType) {
        Outcome outcome = registry.register(
                InputReader.read(JudgeRegistration.class, InputTree.parse(registration, contentType)), null);
        JudgeResource judge = outcome.judge();
        response.setStatus((outcome.created() ? HttpStatus.CREATED : HttpStatus.OK).value());
        response.setHeader(HttpHeaders.LOCATION, "/v1/judges/" + judge.name() + "/versions/" + judge.version());
        return judge;
    }

    @Override
    public Page<JudgeResource> list(@Nullable String cursor, @Nullable Integer limit) {
        int most = Objects.requireNonNull(limit);
        String[] after =
                cursor == null ? new String[2] : Cursor.position(cursor, JudgeRegistryController::nameAndVersion);
        return Pages.of(
                registry.list(after[0], after[1], most), most, judge -> judge.name() + SEPARATOR + judge.version());
    }

    @Override
    public JudgeResource get(String name, String version) {
        return registry.get(name, version);
    }

    @Override
    public Page<JudgeLogEntry> log(String name, String version) {
        return Page.of(registry.log(name, version));
    }

    @Override
    @ResponseStatus(HttpStatus.ACCEPTED)
    public JudgeResource probe(String name, String version) {
        return registry.probe(name, version);
    }

    @Override
    public JudgeResource drain(String name, String version) {
        return registry.drain(name, version);
    }

    @Override
    public JudgeResource retire(String name, String version) {
        return registry.retire(name, version);
    }

    @Override
    @ResponseStatus(HttpStatus.NO_CONTENT)
    public void delete(String name, String version) {
        registry.delete(name, version);
    }

    @Override
    public EvaluateResponse evaluate(String name, String version, EvaluateRequest request) {
        JudgeClient client = client(name, version);
        String requestId = request.requestId().isBlank() ? EvaluateRequest.randomId() : request.requestId();
        return new EvaluateResponse(
                requestId,
                new JudgeVersion(client.name(), client.version()),
                asker(client, request, requestId, MAX_ITEMS).ask(request.items()));
    }

    @Override
    public StressReport stress(String name, String version, EvaluateRequest request) {
        JudgeClient client = client(name, version);
        Llm llm = registry.get(name, version).llm();
        String word = llm == null || llm.satisfied() == null ? "satisfied" : llm.satisfied();
        String requestId = request.requestId().isBlank() ? EvaluateRequest.randomId() : request.requestId();
        Asker asker = asker(client, request, requestId, MAX_STRESSED_ITEMS);
        // All of it has one deadline: who asks through a gateway waits no longer.
        Deadline deadline = Deadline.after(shorter(asker.timeout(), LONGEST_STRESS));
        return new Stress(word, items -> asker.ask(items, deadline.remaining()))
                .on(new JudgeVersion(client.name(), client.version()), request.items());
    }

    /**
     * To ask about items what the request says.
     *
     * @throws TribunalException 422 with all mistakes of the request
     */
    private static Asker asker(JudgeClient client, EvaluateRequest request, String requestId, int most) {
        Map<String, Object> parameters = request.judge().parameters();
        boolean onlyChecked = request.items().isEmpty();
        require(
                SentRequests.input(request).ignoring(NOT_NEEDED),
                onlyChecked ? client.checkAndAsk(parameters) : client.check(parameters),
                request.items(),
                most);
        Duration timeout = request.deadlineMs() > 0
                ? Duration.ofMillis(Math.min(request.deadlineMs(), MAX_DEADLINE_MS))
                : client.limits().timeout();
        return new Asker(client, requestId, request.context(), parameters, timeout);
    }

    /** @param timeout as the request says, or the judge's */
    private record Asker(
            JudgeClient client,
            String requestId,
            @Nullable EvaluationContext context,
            Map<String, Object> parameters,
            Duration timeout) {

        List<Result> ask(List<JudgeItem> items) {
            return ask(items, timeout);
        }

        /** One result an item, in order. */
        List<Result> ask(List<JudgeItem> items, Duration within) {
            List<JudgeVerdict> verdicts = client.ask(new Evaluation(requestId, context, parameters, items), within);
            return IntStream.range(0, verdicts.size())
                    .mapToObj(i -> result(items.get(i).itemId(), verdicts.get(i)))
                    .toList();
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    @Override
    public CheckResponse check(String name, String version, CheckRequest request) {
        JudgeClient client = client(name, version);
        Map<String, Object> parameters = request.judge().parameters();
        require(
                SentRequests.input(request).ignoring(NOT_NEEDED),
                client.check(parameters),
                request.items(),
                MAX_CHECKED_ITEMS);
        return Boolean.TRUE.equals(registry.get(name, version).checksItems())
                ? client.checkItems(parameters, request.items())
                : new CheckResponse(new JudgeVersion(client.name(), client.version()), List.of(), null);
    }

    /** @throws TribunalException 404, or 409 if the judge may not judge */
    private JudgeClient client(String name, String version) {
        return switch (registry.find(name, version)) {
            case Found.Ready ready -> ready.client();
            case Found.NotActive notActive ->
                throw new TribunalException(RegistryError.JUDGE_NOT_ACTIVE, notActive.detail());
            case Found.Unknown unknown -> throw new TribunalException(RegistryError.JUDGE_NOT_FOUND, unknown.detail());
        };
    }

    private static void require(Input<?> request, List<FieldError> ofParameters, List<?> items, int most) {
        List<FieldError> facts = new ArrayList<>();
        if (items.size() > most) {
            facts.add(new FieldError("/items", "holds " + items.size() + " items, more than " + most));
        }
        for (FieldError error : ofParameters) {
            facts.add(new FieldError("/judge/parameters" + error.pointer(), error.detail()));
        }
        List<FieldError> errors = request.mistakesAnd(facts);
        if (!errors.isEmpty()) {
            throw TribunalException.ofMistakes("The request", errors);
        }
    }

    private static Result result(String itemId, JudgeVerdict verdict) {
        return new Result(itemId, verdict.verdict(), verdict.score(), verdict.reason(), verdict.error());
    }

    private static String[] nameAndVersion(String position) {
        String[] parts = position.split(SEPARATOR, 2);
        if (parts.length < 2) {
            throw new IllegalArgumentException("not a judge");
        }
        return parts;
    }
}
