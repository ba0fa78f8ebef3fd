package dev.tribunal.judge.registration;

import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Fixture;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Llm;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Check;
import dev.tribunal.judge.fanout.JudgeClient;
import dev.tribunal.judge.fanout.JudgeClient.Evaluation;
import dev.tribunal.judge.fanout.JudgeLimits;
import dev.tribunal.judge.llm.RegisteredLlmJudges;
import dev.tribunal.judge.registration.ConformanceGate.Findings;
import dev.tribunal.judge.sdk.conformance.AnswerReader.Reading;
import dev.tribunal.judge.sdk.conformance.JudgeConformance;
import dev.tribunal.judge.sdk.conformance.JudgeConformance.Expected;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.servicekit.outbound.GuardedHttp;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The gate of a judge that is a question: whether its model can answer it, and then its verdicts, as of any judge. */
@Component
public class LlmGate {

    private final RegisteredLlmJudges questions;
    private final GuardedHttp http;
    private final JudgeClient.Surroundings surroundings;

    LlmGate(RegisteredLlmJudges questions, GuardedHttp http, JudgeClient.Surroundings surroundings) {
        this.questions = questions;
        this.http = http;
        this.surroundings = surroundings;
    }

    /** @param secret of the server that is asked, if it has one */
    public Findings check(Registration judge, Llm llm, @Nullable String secret) {
        List<Check> probe = questions.probe(llm, http, secret);
        if (!probe.stream().allMatch(Check::passed)) {
            return new Findings(null, probe);
        }
        JudgeLimits limits = questions.limits(judge.limits(), llm);
        // A client of its own: what the gate asks is not counted, and no breaker remembers it.
        JudgeClient client = questions.client(
                judge.name(),
                judge.version(),
                llm,
                limits,
                http,
                secret,
                new JudgeClient.Surroundings(
                        surroundings.threads(), new SimpleMeterRegistry(), surroundings.breakerPause()));
        Expected expected =
                new Expected(judge.name(), judge.version(), limits.timeout(), judge.deterministic(), judge.fixtures());
        List<Check> report = new ArrayList<>(probe);
        AtomicReference<@Nullable Reading> first = new AtomicReference<>();
        report.addAll(JudgeConformance.ofVerdicts(
                        request -> {
                            Reading reading = ask(client, request);
                            first.compareAndSet(null, reading);
                            return reading;
                        },
                        expected)
                .run());
        Reading fixtures = first.get();
        if (fixtures != null) {
            report.add(new Check("probabilities", true, probabilities(fixtures, judge.fixtures(), llm)));
        }
        return new Findings(null, report);
    }

    /** What the model made of each fixture: the numbers help to choose a threshold or another word. */
    private static String probabilities(Reading reading, List<Fixture> fixtures, Llm llm) {
        return "satisfied from p(" + llm.satisfied() + ") / (p(" + llm.satisfied() + ") + p(" + llm.violated() + ")) = "
                + llm.threshold() + " on; "
                + IntStream.range(0, Math.min(fixtures.size(), reading.results().size()))
                        .mapToObj(i ->
                                "fixture " + i + ": " + told(reading.results().get(i)) + ", expected "
                                        + word(fixtures.get(i).expect()))
                        .collect(Collectors.joining("; "));
    }

    private static String told(Result result) {
        if (result.error() != null) {
            return "undecided (" + result.error().code() + ": " + result.error().detail() + ")";
        }
        return String.format(
                Locale.ROOT, "%s, score %.4f, %s", word(result.verdict()), result.score(), result.reason());
    }

    private static String word(Verdict verdict) {
        return Words.of(verdict);
    }

    private static Reading ask(JudgeClient client, EvaluateRequest request) {
        List<JudgeVerdict> verdicts = client.ask(
                new Evaluation(
                        request.requestId(), request.context(), request.judge().parameters(), request.items()),
                Duration.ofMillis(request.deadlineMs()));
        return new Reading(
                IntStream.range(0, verdicts.size())
                        .mapToObj(i -> result(request.items().get(i).itemId(), verdicts.get(i)))
                        .toList(),
                null);
    }

    private static Result result(String itemId, JudgeVerdict verdict) {
        return new Result(itemId, verdict.verdict(), verdict.score(), verdict.reason(), verdict.error());
    }
}
