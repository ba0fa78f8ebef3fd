package dev.tribunal.judge.registry;

import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeResource.Kind;
import dev.tribunal.judge.adapter.AdapterCall;
import dev.tribunal.judge.adapter.AdapterCheck;
import dev.tribunal.judge.fanout.HttpCall;
import dev.tribunal.judge.fanout.JudgeDirectory.Found;
import dev.tribunal.judge.fanout.JudgeLine;
import dev.tribunal.judge.fanout.ParameterCheck;
import dev.tribunal.judge.llm.RegisteredQuestions;
import dev.tribunal.judge.sdk.SchemaCheck;
import dev.tribunal.servicekit.outbound.GuardedHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * The lines to registered judges. One, with its connections and what its breaker knows, lives from the first question
 * until the judge is deleted.
 */
@Component
class JudgeLines {

    private final RegisteredQuestions questions;
    private final GuardedHttp http;
    private final RegistryProperties properties;
    private final JudgeLine.Surroundings surroundings;
    private final JsonMapper json;

    /** By digest. */
    private final Map<String, Line> lines = new ConcurrentHashMap<>();

    JudgeLines(
            RegisteredQuestions questions,
            GuardedHttp http,
            RegistryProperties properties,
            JudgeLine.Surroundings surroundings,
            JsonMapper json) {
        this.questions = questions;
        this.http = http;
        this.properties = properties;
        this.surroundings = surroundings;
        this.json = json;
    }

    /** @param http the judge's own connections */
    private record Line(Found.Ready ready, GuardedHttp http) {}

    static Kind kind(Registration registration) {
        return registration.llm() == null ? Kind.EXTERNAL : Kind.LLM;
    }

    /** @param judge that may judge */
    Found.Ready to(RegisteredJudge judge) {
        return lines.computeIfAbsent(judge.digest(), digest -> open(judge)).ready();
    }

    /** Null if the judge has not been asked yet. */
    @Nullable
    JudgeLine openTo(RegisteredJudge judge) {
        Line line = lines.get(judge.digest());
        return line == null ? null : line.ready().line();
    }

    void forget(RegisteredJudge judge) {
        Line line = lines.remove(judge.digest());
        if (line == null) {
            return;
        }
        line.ready().line().forget();
        try {
            line.http().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Line open(RegisteredJudge judge) {
        Registration registration = Registration.fromJson(judge.registration());
        GuardedHttp own = http.apart();
        return new Line(
                new Found.Ready(
                        line(registration, descriptor(judge), own),
                        kind(registration),
                        judge.digest(),
                        registration.deterministic()),
                own);
    }

    private @Nullable JudgeDescriptor descriptor(RegisteredJudge judge) {
        String descriptor = judge.descriptor();
        return descriptor == null ? null : json.readValue(descriptor, JudgeDescriptor.class);
    }

    /** What a service's descriptor says of its parameters; one that says nothing has the only word itself. */
    private static ParameterCheck parameters(@Nullable JudgeDescriptor descriptor) {
        Map<String, Object> schema = descriptor == null ? null : descriptor.parameters();
        if (schema == null || SchemaCheck.objection(schema) != null) {
            return parameters -> List.of();
        }
        return SchemaCheck.of(schema)::errors;
    }

    private JudgeLine line(Registration judge, @Nullable JudgeDescriptor descriptor, GuardedHttp own) {
        String secret = properties.secretOf(judge);
        if (judge.llm() != null) {
            return questions.line(
                    judge.name(),
                    judge.version(),
                    judge.llm(),
                    questions.limits(judge.limits(), judge.llm()),
                    own,
                    secret,
                    surroundings);
        }
        if (judge.adapter() != null) {
            return JudgeLine.to(
                    judge.name(),
                    judge.version(),
                    judge.limits(),
                    AdapterCall.to(
                            judge.adapter(),
                            own,
                            judge.url(),
                            secret,
                            judge.limits().maxInFlight()),
                    AdapterCheck::parameters,
                    surroundings);
        }
        HttpCall call = new HttpCall(own, Objects.requireNonNull(judge.url()), secret, json);
        return JudgeLine.to(judge.name(), judge.version(), judge.limits(), call, parameters(descriptor), surroundings);
    }
}
