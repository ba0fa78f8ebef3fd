package dev.tribunal.judge.reward;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.CheckRequest;
import dev.tribunal.contracts.judge.v1.CheckResponse;
import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.EvaluateResponse;
import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.PromptItem;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.contracts.reward.v1.ScoreRequest;
import dev.tribunal.contracts.reward.v1.ScoreResponse;
import dev.tribunal.contracts.runs.v1.spec.VersionedName;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Findings;
import dev.tribunal.judge.fanout.JudgeCall;
import dev.tribunal.judge.fanout.ParameterCheck;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemChecks;
import dev.tribunal.judge.sdk.ItemVerdict;
import dev.tribunal.judge.sdk.conformance.AnswerReader.Reading;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.servicekit.json.JsonPointers;
import dev.tribunal.servicekit.outbound.CallFailure;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Satisfied when a reward model's score of the completion, or its difference from that of another text, is within
 * bounds.
 */
final class RewardThreshold implements JudgeCall, ParameterCheck {

    static final int MAX_BATCH_ITEMS = 64;

    private static final Duration LOOK_UP = Duration.ofSeconds(5);
    private static final String COMPLETION = "c";
    private static final String OTHER = "r";

    /**
     * @param model the reward model as NAME@VERSION
     * @param min the least score that satisfies; it or {@code max} has to be given
     * @param max the largest score that satisfies
     * @param relativeTo a field of the item's reference: its text is scored too, and the bounds are of the difference
     */
    record Parameters(
            @Pattern(
                    regexp = "[a-z0-9][a-z0-9-]{0,62}@[A-Za-z0-9][A-Za-z0-9._-]{0,62}",
                    message = "must be NAME@VERSION of a reward model, for example helpfulness@1")
            String model,

            @Nullable Double min,
            @Nullable Double max,

            @Size(min = 1, max = 200, message = "must name a field of the items' reference, for example answer")
            @Nullable
            String relativeTo)
            implements Checked {

        @Override
        public void check(Findings findings) {
            if (min == null && max == null) {
                findings.mistake("", "give at least one of min, max");
            }
            boolean sound = findings.sound("/min") && findings.sound("/max");
            if (sound && min != null && max != null && max < min) {
                findings.mistake("/max", "is " + max + ", must not be less than min, which is " + min);
            }
        }

        private VersionedName versionedModel() {
            return VersionedName.parse(model);
        }
    }

    private final RewardServer server;

    RewardThreshold(RewardServer server) {
        this.server = server;
    }

    static JudgeDescriptor descriptor() {
        return new JudgeDescriptor(
                        "reward-threshold",
                        "1",
                        JudgeApi.CONTRACT,
                        "A reward model's score is within bounds.",
                        true,
                        MAX_BATCH_ITEMS)
                .withCheckOfItems();
    }

    @Override
    public List<FieldError> errors(Map<String, Object> parameters) {
        // Whose own are some namespaces alone is not to score with the reward models of others.
        return Caller.current().namespaces() == null
                ? InputReader.read(Parameters.class, parameters).mistakes()
                : errorsAfterAsking(parameters);
    }

    /** Also whether there is such a reward model. */
    @Override
    public List<FieldError> errorsAfterAsking(Map<String, Object> parameters) {
        Input<Parameters> read = InputReader.read(Parameters.class, parameters);
        if (!read.mistakes().isEmpty()) {
            return read.mistakes();
        }
        String objection = objection(read.required().versionedModel());
        return objection == null ? List.of() : List.of(new FieldError("/model", objection));
    }

    private @Nullable String objection(VersionedName model) {
        if (model.version().equals("latest")) {
            return "is '" + model + "', which may become another; name a version";
        }
        try {
            RewardModelResource found = server.get(model, Deadline.after(LOOK_UP));
            return switch (found.state()) {
                case READY -> null;
                case PREPARING -> "is '" + model + "', which is still being prepared; try again once it is ready";
                case FAILED -> "is '" + model + "', which failed to be prepared: " + found.failure();
            };
        } catch (CallFailure e) {
            return "http_404".equals(e.code())
                    ? "is '" + model + "', which the reward service does not know; GET /v1/reward-models lists those"
                            + " that there are"
                    : "is '" + model + "', which cannot be looked up at the reward service: " + e.getMessage();
        }
    }

    @Override
    public Reading send(EvaluateRequest request, Deadline deadline) throws CallFailure {
        Parameters parameters = read(request.judge());
        String relativeTo = parameters.relativeTo();
        List<ScoreRequest.Item> asked = new ArrayList<>();
        for (int i = 0; i < request.items().size(); i++) {
            JudgeItem item = request.items().get(i);
            String other = relativeTo == null ? null : text(item.reference().get(relativeTo));
            if (item.messages().isEmpty() || (relativeTo != null && other == null)) {
                continue;
            }
            asked.add(new ScoreRequest.Item(
                    COMPLETION + i, item.messages(), item.completion().text()));
            if (other != null) {
                asked.add(new ScoreRequest.Item(OTHER + i, item.messages(), other));
            }
        }
        Map<String, ScoreResponse.Result> scores = new HashMap<>();
        if (!asked.isEmpty()) {
            server.score(parameters.versionedModel(), new ScoreRequest(request.requestId(), asked), deadline)
                    .results()
                    .forEach(score -> scores.put(score.itemId(), score));
        }
        List<EvaluateResponse.Result> results = new ArrayList<>();
        for (int i = 0; i < request.items().size(); i++) {
            JudgeItem item = request.items().get(i);
            results.add(verdict(item, i, parameters, scores).of(item.itemId()));
        }
        return new Reading(results, null);
    }

    @Override
    public CheckResponse check(CheckRequest request, Deadline deadline) {
        Parameters parameters = read(request.judge());
        return ItemChecks.run(item -> mistakes(item, parameters), request, deadline);
    }

    private static List<FieldError> mistakes(PromptItem item, Parameters parameters) {
        List<FieldError> mistakes = new ArrayList<>();
        if (item.messages().isEmpty()) {
            mistakes.add(new FieldError("/messages", "are empty; a reward model scores an answer to something"));
        }
        String relativeTo = parameters.relativeTo();
        if (relativeTo != null && text(item.reference().get(relativeTo)) == null) {
            mistakes.add(new FieldError(
                    JsonPointers.child("/reference", relativeTo),
                    "is missing or neither text nor number; relativeTo asks for its score"));
        }
        return mistakes;
    }

    private static ItemVerdict verdict(
            JudgeItem item, int index, Parameters parameters, Map<String, ScoreResponse.Result> scores) {
        if (item.messages().isEmpty()) {
            return ItemVerdict.undecided("missing_prompt", "messages are empty");
        }
        String relativeTo = parameters.relativeTo();
        if (relativeTo != null && text(item.reference().get(relativeTo)) == null) {
            return ItemVerdict.undecided(
                    "missing_reference", "reference." + relativeTo + " is missing or neither text nor number");
        }
        ScoreResponse.Result own = scores.get(COMPLETION + index);
        ScoreResponse.Result other = relativeTo == null ? null : scores.get(OTHER + index);
        ItemVerdict.Undecided missing = missing(own, "the completion");
        if (missing == null && relativeTo != null) {
            missing = missing(other, "reference." + relativeTo);
        }
        if (missing != null) {
            return missing;
        }
        double score = score(own) - (relativeTo == null ? 0 : score(other));
        String what = relativeTo == null ? "the score" : "the score, less that of reference." + relativeTo + ",";
        Double min = parameters.min();
        Double max = parameters.max();
        if (min != null && score < min) {
            return new ItemVerdict.Decided(false, score, said(what, score) + " is less than " + min);
        }
        if (max != null && score > max) {
            return new ItemVerdict.Decided(false, score, said(what, score) + " is more than " + max);
        }
        return new ItemVerdict.Decided(true, score, said(what, score) + " is within bounds");
    }

    private static ItemVerdict.@Nullable Undecided missing(ScoreResponse.@Nullable Result result, String what) {
        if (result != null && result.score() != null && Double.isFinite(result.score())) {
            return null;
        }
        String why = result == null || result.error() == null
                ? "the reward model gave no score of " + what
                : what + ": " + result.error().code() + ": " + result.error().detail();
        return (ItemVerdict.Undecided) ItemVerdict.undecided("no_score", why);
    }

    private static double score(ScoreResponse.@Nullable Result result) {
        if (result == null || result.score() == null) {
            throw new IllegalStateException("looked at before");
        }
        return result.score();
    }

    private static String said(String what, double score) {
        return String.format(Locale.ROOT, "%s %.4f", what, score);
    }

    private static Parameters read(JudgeReference judge) {
        return InputReader.read(Parameters.class, judge.parameters()).required();
    }

    private static @Nullable String text(@Nullable Object value) {
        return value instanceof String || value instanceof Number ? value.toString() : null;
    }
}
