package dev.tribunal.judge.sdk.conformance;

import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.VerdictError;
import dev.tribunal.servicekit.json.Shown;
import dev.tribunal.servicekit.json.StrictJson;
import dev.tribunal.servicekit.json.StrictJson.Malformed;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Reads a judge's answer as what it is: untrusted text. Whatever is not exactly one well-formed result for an
 * item that was asked about becomes undecided, with the reason; a verdict is never made up.
 */
public final class AnswerReader {

    private static final int MAX_REASON = 2_000;
    private static final Pattern CODE = Pattern.compile("[a-z][a-z0-9_]{0,63}");

    private AnswerReader() {}

    /**
     * @param results one an item asked, in the order asked
     * @param fault why the answer as a whole is unusable: every result is then undecided with it; absent if usable
     */
    public record Reading(List<Result> results, @Nullable VerdictError fault) {}

    public static Reading read(byte[] body, EvaluateRequest request) {
        JsonNode answer;
        try {
            answer = StrictJson.read(body);
        } catch (Malformed e) {
            return unusable(request, "malformed_answer", e.what());
        }
        if (!answer.isObject() || !answer.path("results").isArray()) {
            return unusable(request, "malformed_answer", "is not an object with a list of results");
        }
        String requestId = answer.path("requestId").asString("");
        if (!requestId.equals(request.requestId())) {
            return unusable(
                    request, "other_request", "answers request '" + Shown.shortened(requestId, MAX_REASON) + "'");
        }
        String judge = answer.path("judge").path("name").asString("");
        String version = answer.path("judge").path("version").asString("");
        if (!judge.equals(request.judge().name())
                || !version.equals(request.judge().version())) {
            return unusable(
                    request,
                    "other_version",
                    "is from " + Shown.shortened(judge, MAX_REASON) + "@" + Shown.shortened(version, MAX_REASON));
        }
        return new Reading(results(answer.path("results"), request.items()), null);
    }

    private static Reading unusable(EvaluateRequest request, String code, String what) {
        VerdictError fault = new VerdictError(code, false, "the judge's answer " + what);
        return new Reading(
                request.items().stream()
                        .map(item -> Result.undecided(item.itemId(), fault))
                        .toList(),
                fault);
    }

    private static List<Result> results(JsonNode list, List<JudgeItem> items) {
        Map<String, JsonNode> byItem = new HashMap<>();
        Set<String> twice = new HashSet<>();
        for (JsonNode result : list) {
            String itemId = result.path("itemId").asString("");
            if (byItem.put(itemId, result) != null) {
                twice.add(itemId);
            }
        }
        return items.stream()
                .map(JudgeItem::itemId)
                .map(itemId -> {
                    JsonNode result = byItem.get(itemId);
                    if (result == null) {
                        return undecided(itemId, "missing_item", "the answer has no result for this item");
                    }
                    return twice.contains(itemId)
                            ? undecided(itemId, "duplicate_item", "the answer has several results for this item")
                            : result(itemId, result);
                })
                .toList();
    }

    private static Result result(String itemId, JsonNode result) {
        JsonNode score = result.path("score");
        boolean scored = !score.isMissingNode() && !score.isNull();
        if (scored && !finite(score)) {
            return undecided(
                    itemId,
                    "non_finite_score",
                    "the score is " + Shown.shortened(score.toString(), MAX_REASON) + ", not a finite number");
        }
        JsonNode said = result.path("reason");
        if (!said.isString() && !said.isNull() && !said.isMissingNode()) {
            return undecided(
                    itemId,
                    "malformed_reason",
                    "the reason is " + Shown.shortened(said.toString(), MAX_REASON) + ", must be a text");
        }
        String reason = Shown.shortened(said.asString(""), MAX_REASON);
        return switch (result.path("verdict").asString("")) {
            case "satisfied" -> decided(itemId, Verdict.SATISFIED, scored ? score.doubleValue() : null, reason, result);
            case "violated" -> decided(itemId, Verdict.VIOLATED, scored ? score.doubleValue() : null, reason, result);
            case "undecided" ->
                scored
                        ? undecided(itemId, "score_while_undecided", "an undecided item must not have a score")
                        : Result.undecided(itemId, error(result.path("error")));
            case String other ->
                undecided(itemId, "unknown_verdict", "the verdict is '" + Shown.shortened(other, MAX_REASON) + "'");
        };
    }

    private static Result decided(
            String itemId, Verdict verdict, @Nullable Double score, String reason, JsonNode result) {
        if (result.path("error").isObject()) {
            return undecided(itemId, "error_while_decided", "a decided item must not have an error");
        }
        return new Result(itemId, verdict, score, reason.isEmpty() ? null : reason, null);
    }

    private static boolean finite(JsonNode score) {
        try {
            return score.isNumber() && Double.isFinite(score.doubleValue());
        } catch (JacksonException tooLarge) {
            return false;
        }
    }

    private static VerdictError error(JsonNode error) {
        String code = error.path("code").asString("");
        String detail = error.path("detail").asString("");
        return new VerdictError(
                CODE.matcher(code).matches() ? code : "unspecified",
                error.path("retryable").asBoolean(false),
                detail.isEmpty() ? null : Shown.shortened(detail, MAX_REASON));
    }

    private static Result undecided(String itemId, String code, String detail) {
        return Result.undecided(itemId, new VerdictError(code, false, detail));
    }
}
