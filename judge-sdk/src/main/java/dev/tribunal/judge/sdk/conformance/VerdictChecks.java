package dev.tribunal.judge.sdk.conformance;

import static dev.tribunal.judge.sdk.conformance.Checking.by;
import static dev.tribunal.judge.sdk.conformance.Checking.check;
import static dev.tribunal.judge.sdk.conformance.Checking.require;

import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Check;
import dev.tribunal.judge.sdk.conformance.AnswerReader.Reading;
import dev.tribunal.judge.sdk.conformance.Checking.Step;
import dev.tribunal.judge.sdk.conformance.JudgeConformance.Asking;
import dev.tribunal.servicekit.input.Words;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a judge must decide, whatever protocol it speaks. */
final class VerdictChecks {

    private static final String NOT_ASKED = "not asked of a judge that is not deterministic";

    private final Asking asking;
    private final ConformanceRequests questions;
    private final String request;

    /** @param request method and path that it is asked by; empty where that is not one request of judge/v1 */
    VerdictChecks(Asking asking, ConformanceRequests questions, String request) {
        this.asking = asking;
        this.questions = questions;
        this.request = request;
    }

    List<Check> run() {
        return List.of(
                check("fixtures", named(this::fixturesPass)),
                check("shuffled", named(this::shuffledBatchGivesTheSame)),
                check("repeated", named(this::repeatedRequestGivesTheSame)));
    }

    private Step named(Step step) {
        return request.isEmpty() ? step : by(request, step);
    }

    private String fixturesPass() throws IOException, InterruptedException {
        for (Verdict needed : List.of(Verdict.SATISFIED, Verdict.VIOLATED)) {
            require(
                    questions.expected().fixtures().stream().anyMatch(fixture -> fixture.expect() == needed),
                    "no fixture expects " + word(needed) + "; give at least one of each verdict");
        }
        List<Result> results = ask(questions.request(questions.items()));
        String wrong = differences(results);
        require(wrong.isEmpty(), wrong + "; mend the judge, or what its registration expects");
        return results.size() + " fixtures";
    }

    /** How results, one an item of {@link ConformanceRequests#items(int)}, differ from what the fixtures expect. */
    private String differences(List<Result> results) {
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            Verdict expect = questions.fixture(i).expect();
            if (results.get(i).verdict() != expect) {
                wrong.add("fixture " + i + " must be " + word(expect) + " and is " + told(results.get(i)));
            }
        }
        return String.join("; ", wrong);
    }

    private String shuffledBatchGivesTheSame() throws IOException, InterruptedException {
        if (!questions.expected().deterministic()) {
            return NOT_ASKED;
        }
        List<JudgeItem> items = questions.items();
        Map<String, String> straight = byItem(ask(questions.request(items)));
        Map<String, String> reversed = byItem(ask(questions.request(items.reversed())));
        require(
                straight.equals(reversed),
                "in reverse order the verdicts are " + reversed + ", not " + straight
                        + "; judge each item by itself, or say deterministic: false");
        return "the same verdicts in reverse order";
    }

    private String repeatedRequestGivesTheSame() throws IOException, InterruptedException {
        if (!questions.expected().deterministic()) {
            return NOT_ASKED;
        }
        EvaluateRequest request = questions.request(questions.items());
        Map<String, String> first = byItem(ask(request));
        Map<String, String> second = byItem(ask(request));
        require(
                first.equals(second),
                "asked again the verdicts are " + second + ", not " + first + "; say deterministic: false if they may");
        return "the same verdicts when asked again";
    }

    private List<Result> ask(EvaluateRequest request) throws IOException, InterruptedException {
        Reading reading = asking.ask(request);
        require(
                reading.fault() == null,
                reading.fault() == null ? "" : "" + reading.fault().detail());
        return reading.results();
    }

    private static Map<String, String> byItem(List<Result> results) {
        Map<String, String> verdicts = new LinkedHashMap<>();
        results.stream()
                .sorted(java.util.Comparator.comparing(Result::itemId))
                .forEach(result -> verdicts.put(result.itemId(), word(result.verdict())));
        return verdicts;
    }

    /** The verdict, and the judge's own words why. */
    static String told(Result result) {
        @Nullable
        String why = result.error() == null
                ? result.reason()
                : result.error().code() + ": " + result.error().detail();
        return word(result.verdict()) + (why == null ? "" : " (" + why + ")");
    }

    static String word(Verdict verdict) {
        return Words.of(verdict);
    }
}
