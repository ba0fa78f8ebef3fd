package dev.tribunal.judge.fanout;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.judge.v1.EvaluationContext;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.JudgementRequest;
import dev.tribunal.contracts.judge.v1.JudgementResponse;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.PendingJudgement;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Kind;
import dev.tribunal.judge.fanout.JudgeDirectory.Found;
import dev.tribunal.judge.sdk.Judge;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.outbound.AddressGuard;
import dev.tribunal.servicekit.outbound.GuardedHttp;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A fan-out over the judges that a test connects, without a service around it. */
final class Panel implements AutoCloseable {

    static final int MAX_ANSWER = 64 << 10;
    static final int MAX_BATCH_ITEMS = 4;

    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final JudgeClient.Surroundings surroundings;
    private final GuardedHttp http = new GuardedHttp(new AddressGuard(List.of("127.0.0.1")), MAX_ANSWER);
    private final Map<String, Found> judges = new ConcurrentHashMap<>();
    private final FanOut fanOut;
    private volatile Duration finding = Duration.ZERO;

    Panel(VerdictCache cache, Duration breakerPause) {
        surroundings = new JudgeClient.Surroundings(Executors.newVirtualThreadPerTaskExecutor(), meters, breakerPause);
        fanOut = new FanOut((name, version) -> find(name), surroundings, cache);
    }

    private Found find(String name) {
        try {
            Thread.sleep(finding);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return judges.getOrDefault(name, new Found.Unknown("there is no " + name));
    }

    void findingTakes(Duration time) {
        finding = time;
    }

    static Panel withoutCache() {
        return new Panel(VerdictCache.none(), Duration.ofMinutes(1));
    }

    /** A judge that is a service of its own, and deterministic. */
    JudgeClient connect(String name, String url, Duration timeout) {
        return connect(new Version(name, Kind.EXTERNAL, "sha256:" + name, true), url, timeout);
    }

    /** Version 1 of a judge. */
    record Version(String name, Kind kind, String digest, boolean deterministic) {}

    JudgeClient connect(Version judge, String url, Duration timeout) {
        JudgeLimits limits = new JudgeLimits(timeout, MAX_BATCH_ITEMS, 8, 3, Duration.ofMillis(10));
        HttpCall call = new HttpCall(http, url, null, new JsonMapper());
        JudgeClient client = JudgeClient.to(judge.name(), "1", limits, call, surroundings);
        judges.put(judge.name(), new Found.Ready(client, judge.kind(), judge.digest(), judge.deterministic()));
        return client;
    }

    /** A judge of this process. */
    void seat(Judge judge, Kind kind) {
        seat(judge, kind, 64, 8);
    }

    void seat(Judge judge, Kind kind, int maxBatchItems, int maxInFlight) {
        JudgeLimits limits = JudgeLimits.inProcess(Duration.ofMinutes(1), maxBatchItems, maxInFlight);
        JudgeClient client = JudgeClient.to(judge, limits, surroundings);
        judges.put(client.name(), new Found.Ready(client, kind, "sha256:rule", true));
    }

    JudgementResponse ask(JudgementRequest request) {
        return fanOut.judge(Input.of(request));
    }

    List<PendingJudgement> pending(String runId) {
        return fanOut.pending(runId);
    }

    /** About three items. */
    JudgementResponse ask(String... judges) {
        return ask(new JudgementRequest("jr_1", null, references(judges), items(3)));
    }

    static List<JudgeReference> references(String... judges) {
        return Stream.of(judges)
                .map(name -> new JudgeReference(name, "1", Map.of()))
                .toList();
    }

    static List<JudgeItem> items(int count) {
        return IntStream.range(0, count).mapToObj(i -> item("item-" + i, "4")).toList();
    }

    static JudgeItem item(String itemId, String text) {
        return new JudgeItem(
                itemId, List.of(Message.user("2+2?")), new CompletionText(text, "stop"), Map.of(), Map.of());
    }

    static EvaluationContext context(String runId, int step) {
        return new EvaluationContext(runId, step, "math");
    }

    /** A word for each item's verdict of the judge that was named first: its error's code, or the verdict. */
    static List<String> codes(JudgementResponse response) {
        return codes(response, 0);
    }

    static List<String> codes(JudgementResponse response, int judge) {
        List<String> codes = new ArrayList<>();
        response.items().forEach(item -> codes.add(code(item.verdicts().get(judge))));
        return codes;
    }

    private static String code(JudgeVerdict verdict) {
        return verdict.error() == null
                ? verdict.verdict().name()
                : verdict.error().code();
    }

    static @Nullable Double score(JudgementResponse response, int item) {
        return response.items().get(item).verdicts().getFirst().score();
    }

    @Override
    public void close() {
        try {
            http.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        surroundings.close();
    }
}
