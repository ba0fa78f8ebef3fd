package dev.tribunal.judge.registry;

import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Kind;
import dev.tribunal.judge.fanout.HttpCall;
import dev.tribunal.judge.fanout.JudgeClient;
import dev.tribunal.judge.fanout.JudgeDirectory.Found;
import dev.tribunal.judge.fanout.ParameterCheck;
import dev.tribunal.judge.llm.RegisteredLlmJudges;
import dev.tribunal.judge.protocols.ProtocolCall;
import dev.tribunal.judge.protocols.ProtocolCheck;
import dev.tribunal.judge.registration.Registration;
import dev.tribunal.judge.registration.RegistryProperties;
import dev.tribunal.judge.sdk.conformance.SchemaCheck;
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
 * The clients of registered judges. One, with its connections and what its breaker knows, lives from the first question
 * until the judge is deleted.
 */
@Component
class JudgeClients {

    private final RegisteredLlmJudges questions;
    private final GuardedHttp http;
    private final RegistryProperties properties;
    private final JudgeClient.Surroundings surroundings;
    private final JsonMapper json;

    /** By digest. */
    private final Map<String, Open> clients = new ConcurrentHashMap<>();

    JudgeClients(
            RegisteredLlmJudges questions,
            GuardedHttp http,
            RegistryProperties properties,
            JudgeClient.Surroundings surroundings,
            JsonMapper json) {
        this.questions = questions;
        this.http = http;
        this.properties = properties;
        this.surroundings = surroundings;
        this.json = json;
    }

    /** @param http the judge's own connections */
    private record Open(Found.Ready ready, GuardedHttp http) {}

    static Kind kind(Registration registration) {
        return registration.llm() == null ? Kind.EXTERNAL : Kind.LLM;
    }

    /** @param judge that may judge */
    Found.Ready to(JudgeEntity judge) {
        Found.Ready open =
                clients.computeIfAbsent(judge.digest(), digest -> open(judge)).ready();
        return new Found.Ready(open.client(), open.kind(), judge.verdictDigest(), open.deterministic());
    }

    /** Null if the judge has not been asked yet. */
    @Nullable
    JudgeClient openTo(JudgeEntity judge) {
        Open client = clients.get(judge.digest());
        return client == null ? null : client.ready().client();
    }

    void forget(JudgeEntity judge) {
        Open client = clients.remove(judge.digest());
        if (client == null) {
            return;
        }
        client.ready().client().forget();
        try {
            client.http().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Open open(JudgeEntity judge) {
        Registration registration = Registration.fromJson(judge.registration());
        GuardedHttp own = http.apart();
        return new Open(
                new Found.Ready(
                        client(registration, descriptor(judge), own),
                        kind(registration),
                        judge.digest(),
                        registration.deterministic()),
                own);
    }

    private @Nullable JudgeDescriptor descriptor(JudgeEntity judge) {
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

    private JudgeClient client(Registration judge, @Nullable JudgeDescriptor descriptor, GuardedHttp own) {
        String secret = properties.secretOf(judge);
        if (judge.llm() != null) {
            return questions.client(
                    judge.name(),
                    judge.version(),
                    judge.llm(),
                    questions.limits(judge.limits(), judge.llm()),
                    own,
                    secret,
                    surroundings);
        }
        if (judge.adapter() != null) {
            return JudgeClient.to(
                    judge.name(),
                    judge.version(),
                    judge.limits(),
                    ProtocolCall.to(
                            judge.adapter(),
                            own,
                            judge.url(),
                            secret,
                            judge.limits().maxInFlight()),
                    ProtocolCheck::parameters,
                    surroundings);
        }
        HttpCall call = new HttpCall(own, Objects.requireNonNull(judge.url()), secret, json);
        return JudgeClient.to(
                judge.name(), judge.version(), judge.limits(), call, parameters(descriptor), surroundings);
    }
}
