package dev.tribunal.judge.protocols;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.common.ScoringServer;
import dev.tribunal.contracts.judge.v1.CheckRequest;
import dev.tribunal.contracts.judge.v1.CheckResponse;
import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgeProtocol;
import dev.tribunal.contracts.judge.v1.JudgeProtocol.Threshold;
import dev.tribunal.contracts.judge.v1.VerdictError;
import dev.tribunal.judge.fanout.InProcessCall;
import dev.tribunal.judge.fanout.JudgeCall;
import dev.tribunal.judge.openai.OpenAiServer;
import dev.tribunal.judge.protocols.grader.Grading;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemChecks;
import dev.tribunal.judge.sdk.conformance.AnswerReader.Reading;
import dev.tribunal.servicekit.outbound.CallFailure;
import dev.tribunal.servicekit.outbound.GuardedHttp;
import dev.tribunal.servicekit.outbound.JsonEndpoint;
import dev.tribunal.servicekit.protocols.Score;
import dev.tribunal.servicekit.protocols.Score.Given;
import dev.tribunal.servicekit.protocols.Score.Missing;
import dev.tribunal.servicekit.protocols.ScoredItem;
import dev.tribunal.servicekit.protocols.ScoringClient;
import dev.tribunal.servicekit.protocols.ScoringClient.Scores;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Asks by a protocol: items become scores, and scores become verdicts. */
public final class ProtocolCall implements JudgeCall {

    private final Scorer scorer;
    private final Threshold threshold;
    private final Lack lack;

    private ProtocolCall(Scorer scorer, Threshold threshold, Lack lack) {
        this.scorer = scorer;
        this.threshold = threshold;
        this.lack = lack;
    }

    /** What a prompt's data lacks, so that no completion can be scored. */
    @FunctionalInterface
    private interface Lack {
        @Nullable
        String of(ScoredItem item);
    }

    @FunctionalInterface
    private interface Scorer {
        Scores scores(List<ScoredItem> items, Deadline deadline) throws CallFailure;
    }

    /**
     * @param protocol in which {@link ProtocolCheck} finds no mistake
     * @param url of the server, where there is one
     * @param bearerToken sent with each request, if given; never printed
     * @param maxInFlight requests at the same time
     */
    public static JudgeCall to(
            JudgeProtocol protocol,
            GuardedHttp http,
            @Nullable String url,
            @Nullable String bearerToken,
            int maxInFlight) {
        Scorer scorer = protocol.server() != null
                ? server(protocol.server(), new JsonEndpoint(http, Objects.requireNonNull(url), bearerToken))
                : grader(Objects.requireNonNull(protocol.grader()), http, url, bearerToken);
        Lack lack = protocol.server() == null ? item -> null : new ScoringClient(protocol.server())::lack;
        ProtocolCall call = new ProtocolCall(scorer, Objects.requireNonNull(ProtocolCheck.threshold(protocol)), lack);
        if (protocol.grader() == null) {
            return call;
        }
        // One that asks a model waits most of the time, and may compare texts besides.
        int processors = Runtime.getRuntime().availableProcessors();
        return InProcessCall.to(
                "grader",
                call,
                ProtocolCheck.needsEndpoint(protocol) ? maxInFlight : Math.min(maxInFlight, processors));
    }

    private static Scorer server(ScoringServer server, JsonEndpoint endpoint) {
        ScoringClient client = new ScoringClient(server);
        return (items, deadline) -> client.<CallFailure>scores(
                items, (path, body) -> endpoint.post(path, body, Map.of(), deadline.remaining()));
    }

    private static Scorer grader(
            Map<String, Object> grader, GuardedHttp http, @Nullable String url, @Nullable String bearerToken) {
        Grading grading = Grading.of(
                grader,
                (model, messages, options, deadline) -> new OpenAiServer(
                                http, Objects.requireNonNull(url), bearerToken, model)
                        .chat(messages, options, deadline));
        return (items, deadline) -> {
            List<Score> scores = new ArrayList<>(items.size());
            for (ScoredItem item : items) {
                scores.add(
                        deadline.passed()
                                ? new Missing("timeout", "its turn came too late")
                                : grading.grade(item, deadline));
            }
            return new Scores(scores, null);
        };
    }

    @Override
    public Reading send(EvaluateRequest request, Deadline deadline) throws CallFailure {
        List<JudgeItem> items = request.items();
        Scores scores = scorer.scores(items.stream().map(ProtocolCall::scored).toList(), deadline);
        List<Result> results = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            results.add(result(items.get(i).itemId(), scores.scores().get(i)));
        }
        return new Reading(results, scores.fault() == null ? null : error(scores.fault()));
    }

    @Override
    public CheckResponse check(CheckRequest request, Deadline deadline) {
        return ItemChecks.run(
                item -> {
                    String lacking = lack.of(new ScoredItem(item.messages(), "", item.reference(), item.metadata()));
                    return lacking == null ? List.of() : List.of(new FieldError("", lacking));
                },
                request,
                deadline);
    }

    private static ScoredItem scored(JudgeItem item) {
        return new ScoredItem(item.messages(), item.completion().text(), item.reference(), item.metadata());
    }

    private Result result(String itemId, Score score) {
        return switch (score) {
            case Given(double value, String said) -> {
                boolean satisfied = threshold.atLeast() != null
                        ? value >= threshold.atLeast()
                        : value < Objects.requireNonNull(threshold.below());
                String demanded =
                        threshold.atLeast() != null ? "at least " + threshold.atLeast() : "below " + threshold.below();
                String reason = "score " + value + ", demanded " + demanded + (said == null ? "" : "; " + said);
                yield Result.of(itemId, satisfied, value, reason);
            }
            case Missing missing -> Result.undecided(itemId, error(missing));
        };
    }

    private static VerdictError error(Missing missing) {
        return new VerdictError(missing.code(), missing.code().equals("timeout"), missing.detail());
    }
}
