package dev.tribunal.judge.registration;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeProtocol;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Auth;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Endpoint;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Llm;
import dev.tribunal.judge.protocols.ProtocolCheck;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.outbound.AddressGuard;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is wrong with a registration beyond its form: addresses, secrets, templates, models. */
public final class RegistrationCheck {

    public static final String LATEST = "latest";

    private final AddressGuard guard;
    private final RegistryProperties properties;
    private final LlmFacts llmFacts;

    /** What is wrong with the question of an LLM judge beyond its form; pointers are from its root. */
    @FunctionalInterface
    public interface LlmFacts {

        /** @param whole whether its form has no mistake */
        List<FieldError> mistakes(Llm llm, boolean whole);
    }

    public RegistrationCheck(AddressGuard guard, RegistryProperties properties, LlmFacts llmFacts) {
        this.guard = guard;
        this.properties = properties;
        this.llmFacts = llmFacts;
    }

    /** All mistakes, those of the form first. */
    public List<FieldError> mistakes(Input<JudgeRegistration> input) {
        JudgeRegistration registration = Objects.requireNonNull(input.value());
        List<FieldError> facts = new ArrayList<>();
        if (registration.llm() != null) {
            llm(registration.llm(), input, facts);
        } else {
            protocol(registration, input, facts);
            auth(registration, facts);
        }
        return input.mistakesAnd(facts);
    }

    private void llm(Llm llm, Input<JudgeRegistration> input, List<FieldError> facts) {
        llmFacts.mistakes(llm, input.whole("/llm"))
                .forEach(fact -> facts.add(new FieldError("/llm" + fact.pointer(), fact.detail())));
        String secretRef = llm.model().secretRef();
        if (secretRef != null && llm.model().checkpoint() == null) {
            secret("/llm/model/secretRef", secretRef, llm.model().url(), facts);
        }
    }

    private void protocol(JudgeRegistration registration, Input<JudgeRegistration> input, List<FieldError> facts) {
        JudgeProtocol protocol = registration.adapter();
        if (protocol != null) {
            ProtocolCheck.mistakes(protocol, input.whole("/adapter"))
                    .forEach(fact -> facts.add(new FieldError("/adapter" + fact.pointer(), fact.detail())));
            int most = ProtocolCheck.mostBatchItems(protocol, JudgeRegistration.MAX_BATCH_ITEMS);
            Integer batch = registration.maxBatchItems();
            if (batch != null && batch > most) {
                facts.add(new FieldError(
                        "/maxBatchItems", "is " + batch + ", must be 1: each item is a request of its own"));
            }
        }
        if (protocol == null || ProtocolCheck.needsEndpoint(protocol)) {
            String objection = guard.objection(url(registration));
            if (objection != null) {
                facts.add(new FieldError("/endpoint/url", objection));
            }
        } else if (registration.endpoint() != null) {
            facts.add(new FieldError("/endpoint", "must be left out: the grader is worked out in the judge service"));
        }
    }

    private void auth(JudgeRegistration registration, List<FieldError> facts) {
        Auth auth = registration.auth();
        if (auth != null && auth.secretRef() != null) {
            secret("/auth/secretRef", auth.secretRef(), url(registration), facts);
        }
    }

    private static @Nullable String url(JudgeRegistration registration) {
        Endpoint endpoint = registration.endpoint();
        return endpoint == null ? null : endpoint.url();
    }

    private void secret(String pointer, String name, @Nullable String url, List<FieldError> facts) {
        String objection = properties.named().objection(name, url);
        if (objection != null) {
            facts.add(new FieldError(pointer, objection));
        }
    }
}
