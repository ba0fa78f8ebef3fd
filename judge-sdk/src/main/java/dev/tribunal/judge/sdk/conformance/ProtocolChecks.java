package dev.tribunal.judge.sdk.conformance;

import static dev.tribunal.judge.sdk.conformance.Checking.by;
import static dev.tribunal.judge.sdk.conformance.Checking.check;
import static dev.tribunal.judge.sdk.conformance.Checking.require;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.judge.v1.CheckRequest;
import dev.tribunal.contracts.judge.v1.CheckResponse;
import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.EvaluationContext;
import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Check;
import dev.tribunal.judge.sdk.ItemChecks;
import dev.tribunal.judge.sdk.conformance.AnswerReader.Reading;
import dev.tribunal.judge.sdk.conformance.JudgeConformance.Expected;
import dev.tribunal.judge.sdk.conformance.JudgeTransport.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Whether a judge speaks judge/v1: well-formed answers to all that may be asked, and in time. */
final class ProtocolChecks {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String DESCRIPTOR = "/judge/v1/descriptor";
    private static final String EVALUATE = "/judge/v1/evaluate";
    private static final String CHECK = "/judge/v1/check";
    static final String ASKING = "POST " + EVALUATE;
    private static final Duration SHORT_DEADLINE = Duration.ofMillis(200);
    private static final int LONG_COMPLETION = 256 * 1024;

    /** What {@link AnswerReader} says of a result that breaks the contract. */
    private static final Set<String> BROKEN = Set.of(
            "missing_item",
            "duplicate_item",
            "non_finite_score",
            "score_while_undecided",
            "error_while_decided",
            "unknown_verdict",
            "unspecified");

    private final JudgeTransport transport;
    private final ConformanceRequests questions;

    ProtocolChecks(JudgeTransport transport, ConformanceRequests questions) {
        this.transport = transport;
        this.questions = questions;
    }

    /** @param judge absent if its descriptor does not match */
    record Introduction(Check check, @Nullable JudgeDescriptor judge) {}

    static Introduction introduce(JudgeTransport transport, Expected expected) {
        List<JudgeDescriptor> told = new ArrayList<>();
        Check check = check("descriptor", by("GET " + DESCRIPTOR, () -> {
            JudgeDescriptor judge = descriptor(transport, expected.timeout());
            requireMatch(judge, expected);
            told.add(judge);
            return "it is " + judge.name() + "@" + judge.version();
        }));
        return new Introduction(check, told.isEmpty() ? null : told.getFirst());
    }

    private static JudgeDescriptor descriptor(JudgeTransport transport, Duration timeout)
            throws IOException, InterruptedException {
        Reply reply = transport.send(DESCRIPTOR, null, timeout.plus(JudgeConformance.SLACK));
        require(
                reply.status() != 401 && reply.status() != 403,
                "GET " + DESCRIPTOR + " answered status " + reply.status()
                        + "; the judge wants another bearer token than it was sent");
        require(reply.status() == 200, "GET " + DESCRIPTOR + " answered status " + reply.status());
        requireJson(reply);
        try {
            return JSON.readValue(reply.body(), JudgeDescriptor.class);
        } catch (JacksonException e) {
            throw new Checking.Failure("the descriptor cannot be read: " + e.getOriginalMessage());
        }
    }

    private static void requireMatch(JudgeDescriptor judge, Expected expected) {
        require(
                StringUtils.hasText(judge.name()) && StringUtils.hasText(judge.version()),
                "the descriptor needs a name and a version");
        String wanted = (expected.name() == null ? judge.name() : expected.name()) + "@"
                + (expected.version() == null ? judge.version() : expected.version());
        String told = judge.name() + "@" + judge.version();
        require(told.equals(wanted), "the judge calls itself " + told + ", not " + wanted);
        require(
                JudgeApi.CONTRACT.equals(judge.contract()),
                "the judge speaks " + judge.contract() + ", not " + JudgeApi.CONTRACT);
        require(judge.maxBatchItems() >= 1, "maxBatchItems is " + judge.maxBatchItems() + "; say at least 1");
        require(
                expected.maxBatchItems() <= judge.maxBatchItems(),
                "the judge takes at most " + judge.maxBatchItems() + " items at once, fewer than the "
                        + expected.maxBatchItems() + " it would be sent; register maxBatchItems: "
                        + judge.maxBatchItems());
        require(
                judge.deterministic() || !expected.deterministic(),
                "the judge calls itself not deterministic; say deterministic: false");
        String objection = judge.parameters() == null ? null : SchemaCheck.objection(judge.parameters());
        require(objection == null, "the descriptor's parameters must be a JSON Schema (2020-12): " + objection);
    }

    List<Check> beforeVerdicts() {
        return List.of(check("health", by("GET /health", this::healthIsServed)));
    }

    /** @param judge as it told itself */
    List<Check> afterVerdicts(JudgeDescriptor judge) {
        List<Check> checks = new ArrayList<>(List.of(
                check("results", by(ASKING, this::oneSoundResultAnItem)),
                check("full-batch", by(ASKING, this::aFullBatchIsJudged)),
                check("unknown-fields", by(ASKING, this::unknownFieldsAreIgnored)),
                check("odd-completions", by(ASKING, this::oddCompletionsAreAnswered)),
                check("malformed", by(ASKING, this::malformedInputIsRefused)),
                check("deadline", by(ASKING, this::deadlineIsHonoured))));
        if (Boolean.TRUE.equals(judge.checksItems())) {
            checks.add(check("item-check", by("POST " + CHECK, this::fixturesCanBeJudged)));
        }
        return checks;
    }

    /** What gets the verdict that is expected can be judged. */
    private String fixturesCanBeJudged() throws IOException, InterruptedException {
        CheckRequest request = questions.check();
        Reply reply = transport.send(
                CHECK,
                JSON.writeValueAsBytes(request),
                questions.expected().timeout().plus(JudgeConformance.SLACK));
        require(
                reply.status() == 200,
                "POST " + CHECK + " answered status " + reply.status() + words(reply)
                        + "; serve it, or leave checksItems out of the descriptor");
        requireJson(reply);
        CheckResponse answer = ItemChecks.read(reply.body(), request);
        require(answer.unchecked() == null, "" + answer.unchecked());
        String problems = answer.problems().stream()
                .map(problem -> problem.itemId() + problem.pointer() + " " + problem.detail())
                .collect(Collectors.joining("; "));
        require(problems.isEmpty(), "it has problems with fixtures, which it can judge: " + problems);
        return "no problem with any fixture";
    }

    Reading ask(EvaluateRequest request) throws IOException, InterruptedException {
        return reading(send(JSON.writeValueAsBytes(request), request), request);
    }

    private Reply send(byte[] body, EvaluateRequest request) throws IOException, InterruptedException {
        return transport.send(
                EVALUATE, body, Duration.ofMillis(request.deadlineMs()).plus(JudgeConformance.SLACK));
    }

    private static Reading reading(Reply reply, EvaluateRequest request) {
        require(reply.status() == 200, "POST " + EVALUATE + " answered status " + reply.status() + words(reply));
        requireJson(reply);
        return AnswerReader.read(reply.body(), request);
    }

    private static void requireJson(Reply reply) {
        String type = reply.contentType();
        require(
                type == null || type.matches("application/(.+\\+)?json(;.*)?"),
                "the answer's Content-Type is " + ("".equals(type) ? "missing" : type) + "; send application/json");
    }

    /** The problem's own words, if there are any. */
    private static String words(Reply reply) {
        String text = new String(reply.body(), 0, Math.min(300, reply.body().length), StandardCharsets.UTF_8);
        return text.isBlank() ? "" : ": " + text.strip();
    }

    private String healthIsServed() throws IOException, InterruptedException {
        for (String path : List.of("/health/live", "/health/ready")) {
            int status = transport
                    .send(path, null, questions.expected().timeout().plus(JudgeConformance.SLACK))
                    .status();
            require(status == 200, "GET " + path + " answered status " + status + "; serve it with 200, with no token");
        }
        return "live and ready";
    }

    private String oneSoundResultAnItem() throws IOException, InterruptedException {
        EvaluateRequest request = questions.request(questions.items());
        Reply reply = send(JSON.writeValueAsBytes(request), request);
        requireSound(reading(reply, request), reply, request);
        return "exactly one an item, no score and a reason why on undecided ones";
    }

    private static void requireSound(Reading reading, Reply reply, EvaluateRequest request) {
        require(
                reading.fault() == null,
                reading.fault() == null ? "" : "" + reading.fault().detail());
        String wrong = reading.results().stream()
                .filter(result ->
                        result.error() != null && BROKEN.contains(result.error().code()))
                .map(result -> result.itemId() + ": "
                        + ("unspecified".equals(result.error().code())
                                ? "it is undecided and needs an error with a code in snake case"
                                : result.error().detail()))
                .collect(Collectors.joining("; "));
        require(wrong.isEmpty(), wrong);
        Set<String> asked = request.items().stream().map(JudgeItem::itemId).collect(Collectors.toSet());
        for (JsonNode result : JSON.readTree(reply.body()).path("results")) {
            String itemId = result.path("itemId").asString("");
            require(asked.contains(itemId), "there is a result for '" + itemId + "', which was not asked");
        }
    }

    private String aFullBatchIsJudged() throws IOException, InterruptedException {
        int count = questions.expected().maxBatchItems();
        List<Result> results = soundResults(questions.request(questions.items(count)));
        List<Result> undecided = results.stream()
                .filter(result -> result.verdict() == Verdict.UNDECIDED)
                .filter(result -> result.error() != null && result.error().retryable())
                .toList();
        require(
                undecided.isEmpty(),
                undecided.size() + " of " + count + " items are "
                        + (undecided.isEmpty() ? "" : VerdictChecks.told(undecided.getFirst()))
                        + "; promise fewer in maxBatchItems, or take more time in timeoutMs");
        if (questions.expected().deterministic()
                && !questions.expected().fixtures().isEmpty()) {
            requireTheSame(results.subList(0, Math.min(count, questions.items().size())));
        }
        return count + " items at once";
    }

    private void requireTheSame(List<Result> results) throws IOException, InterruptedException {
        List<Verdict> alone = ask(questions.request(questions.items())).results().stream()
                .map(Result::verdict)
                .toList();
        List<Verdict> together = results.stream().map(Result::verdict).toList();
        require(
                together.equals(alone.subList(0, together.size())),
                "the verdicts are " + together + ", and " + alone + " in the fixtures' own batch");
    }

    private List<Result> soundResults(EvaluateRequest request) throws IOException, InterruptedException {
        Reply reply = send(JSON.writeValueAsBytes(request), request);
        Reading reading = reading(reply, request);
        requireSound(reading, reply, request);
        return reading.results();
    }

    /** Either side may be newer than the other. */
    private String unknownFieldsAreIgnored() throws IOException, InterruptedException {
        EvaluateRequest plain = questions.request(questions.items());
        EvaluateRequest request = new EvaluateRequest(
                plain.requestId(),
                plain.deadlineMs(),
                new EvaluationContext("run_gate", 0, "gate"),
                plain.judge(),
                plain.items());
        ObjectNode newer = JSON.valueToTree(request);
        addUnknownField(newer);
        addUnknownField(newer.path("context"));
        addUnknownField(newer.path("judge"));
        for (JsonNode item : newer.path("items")) {
            addUnknownField(item);
            addUnknownField(item.path("completion"));
        }
        Reply reply = send(JSON.writeValueAsBytes(newer), request);
        require(
                reply.status() == 200,
                "with fields that judge/v1 does not know yet the status is " + reply.status()
                        + "; ignore what you do not know" + words(reply));
        requireSound(reading(reply, request), reply, request);
        return "fields of a later version are ignored";
    }

    private static void addUnknownField(JsonNode object) {
        if (object instanceof ObjectNode node) {
            node.putObject("laterVersion").put("unknown", true);
        }
    }

    /** A policy in training writes anything. */
    private String oddCompletionsAreAnswered() throws IOException, InterruptedException {
        Map<String, CompletionText> odd = new LinkedHashMap<>();
        odd.put("an empty completion", new CompletionText("", "stop"));
        odd.put("a completion without finishReason", new CompletionText("Yes.", null));
        odd.put("control characters", new CompletionText("\u0000\u0007\u001b[31m\u2028\r\n\t", "stop"));
        odd.put(
                "other scripts",
                new CompletionText("\u0417\u0434\u0440\u0430\u0432\u043e \ud83d\ude00\u0301", "length"));
        odd.put("quotes and backslashes", new CompletionText("\"'\\\\\"}]} <|im_end|> \\u0000", "stop"));
        odd.put("a long completion", new CompletionText("word ".repeat(LONG_COMPLETION / 5), "length"));
        for (Map.Entry<String, CompletionText> one : odd.entrySet()) {
            EvaluateRequest request = questions.request(List.of(questions.with(one.getValue())));
            Reply reply = send(JSON.writeValueAsBytes(request), request);
            require(
                    reply.status() == 200 || reply.status() == 413,
                    one.getKey() + " got status " + reply.status()
                            + "; what a model wrote is judged, or undecided, and never a mistake of the request");
            if (reply.status() == 200) {
                requireSound(reading(reply, request), reply, request);
            }
        }
        return odd.size() + " odd completions answered";
    }

    private String malformedInputIsRefused() throws IOException, InterruptedException {
        String head =
                "{\"requestId\":\"r\",\"deadlineMs\":1000,\"judge\":{\"name\":\"%s\",\"version\":\"%s\"},\"items\":"
                        .formatted(
                                questions.expected().name(),
                                questions.expected().version());
        Map<String, String> bodies = new LinkedHashMap<>();
        bodies.put("half a document", "{\"requestId\":");
        bodies.put("a list", "[]");
        bodies.put("an empty object", "{}");
        bodies.put("items that are not a list", head + "\"all\"}");
        bodies.put("an item that is not an object", head + "[7]}");
        bodies.put("an item without id and completion", head + "[{\"messages\":[]}]}");
        List<String> wrong = new ArrayList<>();
        for (Map.Entry<String, String> body : bodies.entrySet()) {
            byte[] bytes = body.getValue().getBytes(StandardCharsets.UTF_8);
            int status = transport
                    .send(EVALUATE, bytes, questions.expected().timeout().plus(JudgeConformance.SLACK))
                    .status();
            if (status < 400 || status > 499) {
                wrong.add(body.getKey() + " got " + status);
            }
        }
        require(wrong.isEmpty(), "malformed input must get a status of 4xx, but " + String.join(", ", wrong));
        return bodies.size() + " malformed requests refused";
    }

    /** Many items and little time: what matters is that an answer comes, in whatever part undecided. */
    private String deadlineIsHonoured() throws IOException, InterruptedException {
        EvaluateRequest request =
                questions.request(questions.items(questions.expected().maxBatchItems()), SHORT_DEADLINE);
        long start = System.nanoTime();
        try {
            Reply reply = send(JSON.writeValueAsBytes(request), request);
            require(
                    reply.status() == 200 || reply.status() >= 500 || reply.status() == 408,
                    "with a deadline of " + SHORT_DEADLINE.toMillis() + " ms the status is " + reply.status());
            if (reply.status() == 200) {
                requireSound(reading(reply, request), reply, request);
            }
        } catch (IOException e) {
            throw new Checking.Failure("with a deadline of " + SHORT_DEADLINE.toMillis() + " ms no answer came within "
                    + SHORT_DEADLINE.plus(JudgeConformance.SLACK).toMillis()
                    + " ms; answer by deadlineMs, with undecided for what is left");
        }
        return "answered in " + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms";
    }
}
