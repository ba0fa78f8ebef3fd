package dev.tribunal.judge.sdk;

import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.JudgeRegistration.Fixture;
import dev.tribunal.contracts.judge.v1.JudgeResource.Check;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.judge.sdk.AnswerReader.Reading;
import dev.tribunal.judge.sdk.JudgeTransport.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The gate that a judge passes before its verdicts count, and that its author runs in a test:
 * {@code JudgeConformance.of(JudgeTransport.to(url, null), expected).run()}, every {@link Check} of which must have
 * passed.
 */
public final class JudgeConformance {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String EVALUATE = "/judge/v1/evaluate";

    /** How long a judge may overrun its deadline: the way there and back, and a garbage collection. */
    private static final Duration SLACK = Duration.ofSeconds(2);

    private static final Duration SHORT_DEADLINE = Duration.ofMillis(200);

    /** Absent if only verdicts are checked. */
    private final @Nullable JudgeTransport transport;

    private final Asking asking;
    private final Expected expected;

    private JudgeConformance(@Nullable JudgeTransport transport, Asking asking, Expected expected) {
        this.transport = transport;
        this.asking = asking;
        this.expected = expected;
    }

    /** Gets verdicts from a judge, however it is asked. */
    @FunctionalInterface
    public interface Asking {

        /** @throws IOException if no answer came by the request's deadline */
        Reading ask(EvaluateRequest request) throws IOException, InterruptedException;
    }

    /**
     * What the judge under test has promised.
     *
     * @param timeout of one evaluation
     * @param deterministic whether shuffled and repeated requests must give the same verdicts
     * @param fixtures items with the verdict they must get
     */
    public record Expected(
            String name, String version, Duration timeout, boolean deterministic, List<Fixture> fixtures) {}

    public static JudgeConformance of(JudgeTransport transport, Expected expected) {
        return new JudgeConformance(transport, request -> ask(transport, request), expected);
    }

    /** Of a judge that does not speak judge/v1 itself: its verdicts, and nothing of the protocol. */
    public static JudgeConformance ofVerdicts(Asking asking, Expected expected) {
        return new JudgeConformance(null, asking, expected);
    }

    /** All checks, in order; if the descriptor does not match, only that one. */
    public List<Check> run() {
        JudgeTransport spoken = transport;
        if (spoken == null) {
            return verdictChecks();
        }
        Check descriptor = check("descriptor", () -> descriptorMatches(spoken));
        if (!descriptor.passed()) {
            return List.of(descriptor);
        }
        List<Check> checks = new ArrayList<>();
        checks.add(descriptor);
        checks.addAll(verdictChecks());
        checks.add(check("malformed", () -> malformedInputIsRefused(spoken)));
        checks.add(check("deadline", () -> deadlineIsHonoured(spoken)));
        return List.copyOf(checks);
    }

    private List<Check> verdictChecks() {
        return List.of(
                check("fixtures", this::fixturesPass),
                check("shuffled", this::shuffledBatchGivesTheSame),
                check("repeated", this::repeatedRequestGivesTheSame));
    }

    private String descriptorMatches(JudgeTransport transport) throws IOException, InterruptedException {
        Reply reply =
                transport.send("/judge/v1/descriptor", null, expected.timeout().plus(SLACK));
        require(reply.status() == 200, "GET /judge/v1/descriptor answered status " + reply.status());
        JudgeDescriptor descriptor;
        try {
            descriptor = JSON.readValue(reply.body(), JudgeDescriptor.class);
        } catch (JacksonException e) {
            throw new Failure("the descriptor cannot be read: " + e.getOriginalMessage());
        }
        require(
                expected.name().equals(descriptor.name()) && expected.version().equals(descriptor.version()),
                "the judge calls itself " + descriptor.name() + "@" + descriptor.version() + ", not " + expected.name()
                        + "@" + expected.version());
        require(
                JudgeApi.CONTRACT.equals(descriptor.contract()),
                "the judge speaks " + descriptor.contract() + ", not " + JudgeApi.CONTRACT);
        require(descriptor.maxBatchItems() >= 1, "maxBatchItems is " + descriptor.maxBatchItems());
        require(
                descriptor.deterministic() || !expected.deterministic(),
                "the judge calls itself not deterministic; say deterministic: false");
        return "it is " + descriptor.name() + "@" + descriptor.version();
    }

    private String fixturesPass() throws IOException, InterruptedException {
        for (Verdict needed : List.of(Verdict.SATISFIED, Verdict.VIOLATED)) {
            require(
                    expected.fixtures().stream().anyMatch(fixture -> fixture.expect() == needed),
                    "no fixture expects " + word(needed) + "; give at least one of each verdict");
        }
        List<Verdict> verdicts = verdicts(evaluate(items()));
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < verdicts.size(); i++) {
            Fixture fixture = expected.fixtures().get(i);
            if (verdicts.get(i) != fixture.expect()) {
                wrong.add("fixture " + i + " must be " + word(fixture.expect()) + " and is " + word(verdicts.get(i)));
            }
        }
        require(wrong.isEmpty(), String.join("; ", wrong));
        return verdicts.size() + " fixtures";
    }

    private String shuffledBatchGivesTheSame() throws IOException, InterruptedException {
        if (!expected.deterministic()) {
            return "not asked of a judge that is not deterministic";
        }
        List<JudgeItem> items = items();
        Map<String, Verdict> straight = byItem(evaluate(items));
        Map<String, Verdict> reversed = byItem(evaluate(items.reversed()));
        require(straight.equals(reversed), "in reverse order the verdicts are " + reversed + ", not " + straight);
        return "the same verdicts in reverse order";
    }

    private String repeatedRequestGivesTheSame() throws IOException, InterruptedException {
        if (!expected.deterministic()) {
            return "not asked of a judge that is not deterministic";
        }
        EvaluateRequest request = request(items(), expected.timeout());
        List<Verdict> first = verdicts(evaluate(request));
        List<Verdict> second = verdicts(evaluate(request));
        require(first.equals(second), "asked again the verdicts are " + second + ", not " + first);
        return "the same verdicts when asked again";
    }

    private String malformedInputIsRefused(JudgeTransport transport) throws IOException, InterruptedException {
        Map<String, String> bodies = Map.of(
                "half a document",
                "{\"requestId\":",
                "a list",
                "[]",
                "an empty object",
                "{}",
                "items that are no list",
                """
                {"requestId":"r","deadlineMs":1000,"judge":{"name":"%s","version":"%s"},"items":"all"}\
                """.formatted(expected.name(), expected.version()),
                "an item without id and completion",
                """
                {"requestId":"r","deadlineMs":1000,"judge":{"name":"%s","version":"%s"},"items":[{"messages":[]}]}\
                """.formatted(expected.name(), expected.version()));
        List<String> wrong = new ArrayList<>();
        for (Map.Entry<String, String> body : bodies.entrySet()) {
            byte[] bytes = body.getValue().getBytes(java.nio.charset.StandardCharsets.UTF_8);
            int status = transport
                    .send(EVALUATE, bytes, expected.timeout().plus(SLACK))
                    .status();
            if (status < 400 || status > 499) {
                wrong.add(body.getKey() + " got " + status);
            }
        }
        require(wrong.isEmpty(), "malformed input must get a status of 4xx, but " + String.join(", ", wrong));
        return bodies.size() + " malformed requests refused";
    }

    /** Many items and little time: what matters is that an answer comes, in whatever part undecided. */
    private String deadlineIsHonoured(JudgeTransport transport) throws IOException, InterruptedException {
        List<JudgeItem> items = items();
        EvaluateRequest request = request(items, SHORT_DEADLINE);
        Duration limit = SHORT_DEADLINE.plus(SLACK);
        long start = System.nanoTime();
        try {
            Reply reply = transport.send(EVALUATE, JSON.writeValueAsBytes(request), limit);
            require(
                    reply.status() == 200 || reply.status() >= 500 || reply.status() == 408,
                    "with a deadline of " + SHORT_DEADLINE.toMillis() + " ms the status is " + reply.status());
        } catch (IOException e) {
            throw new Failure("with a deadline of " + SHORT_DEADLINE.toMillis() + " ms no answer came within "
                    + limit.toMillis() + " ms");
        }
        return "answered in " + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms";
    }

    private Reading evaluate(List<JudgeItem> items) throws IOException, InterruptedException {
        return evaluate(request(items, expected.timeout()));
    }

    private Reading evaluate(EvaluateRequest request) throws IOException, InterruptedException {
        Reading reading = asking.ask(request);
        require(
                reading.fault() == null,
                reading.fault() == null ? "" : "" + reading.fault().detail());
        return reading;
    }

    private static Reading ask(JudgeTransport transport, EvaluateRequest request)
            throws IOException, InterruptedException {
        Duration limit = Duration.ofMillis(request.deadlineMs()).plus(SLACK);
        Reply reply = transport.send(EVALUATE, JSON.writeValueAsBytes(request), limit);
        require(reply.status() == 200, "POST " + EVALUATE + " answered status " + reply.status());
        return AnswerReader.read(reply.body(), request);
    }

    private EvaluateRequest request(List<JudgeItem> items, Duration deadline) {
        return new EvaluateRequest(
                "jr_" + UUID.randomUUID().toString().replace("-", ""),
                deadline.toMillis(),
                null,
                new JudgeReference(expected.name(), expected.version(), Map.of()),
                items);
    }

    /** The fixtures' items under ids of our own. */
    private List<JudgeItem> items() {
        return IntStream.range(0, expected.fixtures().size())
                .mapToObj(i -> {
                    JudgeItem item = expected.fixtures().get(i).item();
                    return new JudgeItem(
                            "fixture-" + i, item.messages(), item.completion(), item.reference(), item.metadata());
                })
                .toList();
    }

    private static List<Verdict> verdicts(Reading reading) {
        return reading.results().stream().map(Result::verdict).toList();
    }

    private static Map<String, Verdict> byItem(Reading reading) {
        Map<String, Verdict> verdicts = new HashMap<>();
        reading.results().forEach(result -> verdicts.put(result.itemId(), result.verdict()));
        return verdicts;
    }

    private static Check check(String name, Step step) {
        try {
            return new Check(name, true, step.run());
        } catch (Failure e) {
            return new Check(name, false, e.getMessage());
        } catch (IOException e) {
            return new Check(name, false, "the judge cannot be reached: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Check(name, false, "interrupted");
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new Failure(otherwise);
        }
    }

    private static String word(Verdict verdict) {
        return verdict.name().toLowerCase(java.util.Locale.ROOT);
    }

    @FunctionalInterface
    private interface Step {
        String run() throws IOException, InterruptedException;
    }

    private static final class Failure extends RuntimeException {
        Failure(String message) {
            super(message, null, false, false);
        }
    }
}
