package dev.tribunal.judge.sdk;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.CheckRequest;
import dev.tribunal.contracts.judge.v1.CheckResponse;
import dev.tribunal.contracts.judge.v1.CheckResponse.ItemProblem;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.JudgeVersion;
import dev.tribunal.contracts.judge.v1.PromptItem;
import dev.tribunal.servicekit.json.Shown;
import dev.tribunal.servicekit.json.StrictJson;
import dev.tribunal.servicekit.json.StrictJson.Malformed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** The check of prompts' items: as a judge does it, and as what another judge answers is read. */
public final class ItemChecks {

    private static final Logger log = LoggerFactory.getLogger(ItemChecks.class);

    /** The most problems of one answer; who has so many does not read more. */
    static final int MAX_PROBLEMS = 1_000;

    private static final int MAX_DETAIL = 500;
    private static final int MAX_POINTER = 200;

    private ItemChecks() {}

    /**
     * One item after the other, until the deadline. A judge that fails on an item has not checked it.
     *
     * @param check what is wrong with one item, as {@link Judge#checkItemWith} tells it
     * @param request its parameters have passed the judge's own check
     */
    public static CheckResponse run(
            Function<PromptItem, List<FieldError>> check, CheckRequest request, Deadline deadline) {
        List<ItemProblem> problems = new ArrayList<>();
        String unchecked = null;
        for (PromptItem item : request.items()) {
            if (deadline.passed()) {
                return answer(request, problems, "there was not enough time for all items");
            }
            try {
                for (FieldError error : check.apply(item)) {
                    problems.add(new ItemProblem(
                            item.itemId(), error.pointer(), Shown.shortened(error.detail(), MAX_DETAIL)));
                }
            } catch (RuntimeException | StackOverflowError e) {
                log.warn(
                        "{} failed to check item {}: {}",
                        request.judge().name(),
                        item.itemId(),
                        e.getClass().getName());
                unchecked = "the judge failed on item '" + item.itemId() + "'";
            }
        }
        return answer(request, problems, unchecked);
    }

    /**
     * Reads what a judge answered. What is not an answer to the request leaves the items unchecked, and says why.
     *
     * @param body of an answer with status 200
     */
    public static CheckResponse read(byte[] body, CheckRequest request) {
        JsonNode answer;
        try {
            answer = StrictJson.read(body);
        } catch (Malformed e) {
            return unchecked(request, "the judge's answer " + e.what());
        }
        if (!answer.path("problems").isArray()) {
            return unchecked(request, "the judge's answer is not an object with a list of problems");
        }
        String from = answer.path("judge").path("name").asString("") + "@"
                + answer.path("judge").path("version").asString("");
        String asked = request.judge().name() + "@" + request.judge().version();
        if (!from.equals(asked)) {
            return unchecked(
                    request, "the answer is from '" + Shown.shortened(from, MAX_POINTER) + "', not from " + asked);
        }
        Set<String> items = new HashSet<>();
        request.items().forEach(item -> items.add(item.itemId()));
        List<ItemProblem> problems = new ArrayList<>();
        String unchecked = Shown.shortened(answer.path("unchecked").asString(""), MAX_DETAIL);
        for (JsonNode problem : answer.path("problems")) {
            ItemProblem read = problem(problem);
            if (read == null || !items.contains(read.itemId())) {
                unchecked =
                        "the judge's answer holds a problem that cannot be read, or is of an item that was not asked";
            } else {
                problems.add(read);
            }
        }
        return answer(request, problems, unchecked.isEmpty() ? null : unchecked);
    }

    private static @Nullable ItemProblem problem(JsonNode problem) {
        String detail = problem.path("detail").asString("");
        String pointer = problem.path("pointer").asString("");
        if (!problem.path("itemId").isString() || detail.isBlank() || !(pointer.isEmpty() || pointer.startsWith("/"))) {
            return null;
        }
        return new ItemProblem(
                problem.path("itemId").stringValue(),
                Shown.shortened(pointer, MAX_POINTER),
                Shown.shortened(detail, MAX_DETAIL));
    }

    /** Nothing is known of any of the items. */
    public static CheckResponse unchecked(CheckRequest request, String why) {
        return answer(request, List.of(), why);
    }

    private static CheckResponse answer(CheckRequest request, List<ItemProblem> problems, @Nullable String unchecked) {
        return new CheckResponse(
                new JudgeVersion(request.judge().name(), request.judge().version()),
                problems.subList(0, Math.min(problems.size(), MAX_PROBLEMS)),
                unchecked);
    }
}
