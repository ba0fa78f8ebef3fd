package dev.tribunal.judge.registry;

import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeRegistration.Llm;
import dev.tribunal.contracts.judge.v1.JudgeResource.Check;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.outbound.GuardedHttp;
import dev.tribunal.judge.fanout.JudgeLimits;
import dev.tribunal.judge.fanout.JudgeLine;
import dev.tribunal.judge.fanout.JudgeLine.Question;
import dev.tribunal.judge.llm.RegisteredQuestions;
import dev.tribunal.judge.registry.ConformanceGate.Findings;
import dev.tribunal.judge.sdk.AnswerReader.Reading;
import dev.tribunal.judge.sdk.JudgeConformance;
import dev.tribunal.judge.sdk.JudgeConformance.Expected;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The gate of a judge that is a question: whether its model can answer it, and then its verdicts, as of any judge. */
@Component
class QuestionGate {

    private final RegisteredQuestions questions;
    private final GuardedHttp http;
    private final JudgeLine.Surroundings surroundings;

    QuestionGate(RegisteredQuestions questions, GuardedHttp http, JudgeLine.Surroundings surroundings) {
        this.questions = questions;
        this.http = http;
        this.surroundings = surroundings;
    }

    /** @param secret of the server that is asked, if it has one */
    Findings check(Registration judge, Llm llm, @Nullable String secret) {
        List<Check> probe = questions.probe(llm, http, secret);
        if (!probe.stream().allMatch(Check::passed)) {
            return new Findings(null, probe);
        }
        JudgeLimits limits = questions.limits(judge.limits(), llm);
        // A line of its own: what the gate asks is not counted, and no breaker remembers it.
        JudgeLine line = questions.line(
                judge.name(),
                judge.version(),
                llm,
                limits,
                http,
                secret,
                new JudgeLine.Surroundings(
                        surroundings.threads(), new SimpleMeterRegistry(), surroundings.breakerPause()));
        Expected expected = new Expected(
                judge.name(), judge.version(), limits.timeout(), judge.deterministic(), judge.fixtures());
        List<Check> verdicts = JudgeConformance.ofVerdicts(request -> ask(line, request), expected)
                .run();
        return new Findings(null, Stream.concat(probe.stream(), verdicts.stream()).toList());
    }

    private static Reading ask(JudgeLine line, EvaluateRequest request) {
        List<JudgeVerdict> verdicts = line.ask(
                new Question(request.requestId(), request.context(), request.judge().parameters(), request.items()),
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
