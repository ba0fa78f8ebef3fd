package dev.tribunal.judge.sdk;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.CheckRequest;
import dev.tribunal.contracts.judge.v1.CheckResponse;
import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.EvaluateResponse;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.JudgeVersion;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.EvaluationContext;
import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.input.SentRequests;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.RestController;

/** Serves one judge by judge/v1. */
@RestController
final class JudgeController implements JudgeApi {

    private static final Logger log = LoggerFactory.getLogger(JudgeController.class);
    private static final long MAX_DEADLINE_MS = Duration.ofMinutes(10).toMillis();
    private static final Duration CHECK_LIMIT = Duration.ofSeconds(10);

    private final Judge judge;
    private final JudgeDescriptor descriptor;
    private final Evaluations evaluations;
    private final JudgeMetrics metrics;

    JudgeController(Judge judge, Evaluations evaluations, JudgeMetrics metrics) {
        this.judge = judge;
        this.descriptor = Descriptors.of(judge);
        this.evaluations = evaluations;
        this.metrics = metrics;
    }

    @Override
    public JudgeDescriptor descriptor() {
        return descriptor;
    }

    @Override
    public EvaluateResponse evaluate(EvaluateRequest request) {
        require(SentRequests.input(request), request.judge(), request.items());
        long start = System.nanoTime();
        List<Result> results = evaluations.evaluate(
                request.items(),
                request.judge().parameters(),
                Duration.ofMillis(Math.min(request.deadlineMs(), MAX_DEADLINE_MS)));
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        metrics.record(results, took);
        tell(request, results, took);
        return new EvaluateResponse(
                request.requestId(), new JudgeVersion(descriptor.name(), descriptor.version()), results);
    }

    @Override
    public CheckResponse check(CheckRequest request) {
        require(SentRequests.input(request), request.judge(), request.items());
        return ItemChecks.run(judge.checkItemWith(request.judge().parameters()), request, Deadline.after(CHECK_LIMIT));
    }

    /** For people, and as fields for those who log as JSON. What the items say is nobody's business. */
    private static void tell(EvaluateRequest request, List<Result> results, Duration took) {
        EvaluationContext context = request.context();
        long satisfied = count(results, Verdict.SATISFIED);
        long violated = count(results, Verdict.VIOLATED);
        long undecided = count(results, Verdict.UNDECIDED);
        log.atInfo()
                .addKeyValue("judgeRequestId", tame(request.requestId()))
                .addKeyValue("runId", tame(context == null ? null : context.runId()))
                .addKeyValue("step", context == null ? null : context.step())
                .addKeyValue("task", tame(context == null ? null : context.task()))
                .addKeyValue("items", results.size())
                .addKeyValue("satisfied", satisfied)
                .addKeyValue("violated", violated)
                .addKeyValue("undecided", undecided)
                .addKeyValue("tookMs", took.toMillis())
                .log(
                        "{}: {} satisfied, {} violated, {} undecided in {} ms",
                        tame(request.requestId()),
                        satisfied,
                        violated,
                        undecided,
                        took.toMillis());
    }

    private static long count(List<Result> results, Verdict verdict) {
        return results.stream().filter(result -> result.verdict() == verdict).count();
    }

    /** No line that a caller wrote in our log. */
    private static @Nullable String tame(@Nullable String id) {
        return id == null ? null : id.substring(0, Math.min(64, id.length())).replaceAll("[^\\w.:-]", "?");
    }

    /** With the first mistakes, for those who see no more of a problem than its detail. */
    private static String summary(List<FieldError> errors) {
        return "The request has " + errors.size() + " mistake(s): "
                + errors.stream()
                        .limit(3)
                        .map(error -> error.pointer() + " " + error.detail())
                        .collect(Collectors.joining("; "))
                + (errors.size() > 3 ? "; ..." : ".");
    }

    /** What the form cannot tell; a parameter is looked at where the form is sound. */
    private <T> void require(Input<T> request, JudgeReference reference, List<?> items) {
        List<FieldError> facts = new ArrayList<>();
        if (!descriptor.name().equals(reference.name())) {
            facts.add(new FieldError("/judge/name", "is '" + reference.name() + "'; this is " + descriptor.name()));
        }
        if (!descriptor.version().equals(reference.version())) {
            facts.add(new FieldError(
                    "/judge/version", "is '" + reference.version() + "'; this is version " + descriptor.version()));
        }
        for (FieldError error : judge.check(reference.parameters())) {
            facts.add(new FieldError("/judge/parameters" + error.pointer(), error.detail()));
        }
        int most = descriptor.maxBatchItems();
        if (items.size() > most) {
            facts.add(new FieldError("/items", "holds " + items.size() + " items; this judge takes at most " + most));
        }
        List<FieldError> errors = request.mistakesAnd(facts);
        if (!errors.isEmpty()) {
            throw new TribunalException(CommonError.INVALID_REQUEST, summary(errors), errors);
        }
    }
}
