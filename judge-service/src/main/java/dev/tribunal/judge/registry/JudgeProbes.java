package dev.tribunal.judge.registry;

import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Check;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Drift;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.State;
import dev.tribunal.judge.fanout.JudgeClient;
import dev.tribunal.judge.registration.ConformanceGate;
import dev.tribunal.judge.registration.ConformanceGate.Findings;
import dev.tribunal.judge.registration.Descriptors;
import dev.tribunal.judge.registration.LlmGate;
import dev.tribunal.judge.registration.Registration;
import dev.tribunal.judge.registration.RegistryProperties;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Judges in the gate: each is put to it in the background, and what it finds is written down. */
@Component
class JudgeProbes {

    private static final Logger log = LoggerFactory.getLogger(JudgeProbes.class);

    /** A gate asks real questions, and waits for the answers as long as the judge may take. */
    static final int AT_ONCE = 16;

    private final JudgeStore store;
    private final ConformanceGate gate;
    private final LlmGate questionGate;
    private final RegistryProperties properties;
    private final JudgeClient.Surroundings surroundings;
    private final JsonMapper json;
    private final Semaphore places = new Semaphore(AT_ONCE, true);

    /** By digest of a judge that is in the gate or waits for it: the state in which it was last put to it. */
    private final Map<String, State> inGate = new ConcurrentHashMap<>();

    JudgeProbes(
            JudgeStore store,
            ConformanceGate gate,
            LlmGate questionGate,
            RegistryProperties properties,
            JudgeClient.Surroundings surroundings,
            JsonMapper json) {
        this.store = store;
        this.gate = gate;
        this.questionGate = questionGate;
        this.properties = properties;
        this.surroundings = surroundings;
        this.json = json;
    }

    /** Those that a stop of the service left in the gate. */
    @EventListener(ApplicationReadyEvent.class)
    void goOn() {
        store.in(List.of(State.PROBING)).forEach(this::start);
    }

    /** Returns at once. A judge that is in the gate already does not go through it twice. */
    void start(JudgeEntity judge) {
        if (inGate.put(judge.digest(), judge.state()) != null) {
            return;
        }
        surroundings.threads().execute(() -> {
            try {
                probe(judge);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the service stops; the next start goes on
            } catch (RuntimeException e) {
                log.error("what the gate found of judge {}@{} is lost", judge.name(), judge.version(), e);
            }
        });
    }

    /** What the gate finds of a judge that is in it is written down, but does not move the judge any more. */
    void disregard(JudgeEntity judge) {
        inGate.remove(judge.digest());
    }

    private void probe(JudgeEntity judge) throws InterruptedException {
        Findings findings;
        @Nullable State asked;
        places.acquire();
        try {
            findings = findings(judge);
        } finally {
            places.release();
            asked = inGate.remove(judge.digest());
        }
        decide(judge, asked, findings);
    }

    private void decide(JudgeEntity judge, @Nullable State asked, Findings findings) {
        String report = json.writeValueAsString(findings.report());
        store.change(judge.name(), judge.version(), row -> {
            String drift = row.drift();
            if (findings.passed() && row.state() == State.DRIFTED && drift != null) {
                row.returnsTo(State.ACTIVE);
                row.comeBack(json.writeValueAsString(
                        json.readValue(drift, Drift.class).endedAt(Instant.now())));
            }
            row.decide(asked, findings.passed(), report, text(findings.descriptor()));
            log.info("judge {}@{} is {}", row.name(), row.version(), row.state());
        });
    }

    private Findings findings(JudgeEntity judge) throws InterruptedException {
        Registration registration = Registration.fromJson(judge.registration());
        try {
            if (registration.llm() != null) {
                return questionGate.check(registration, registration.llm(), properties.secretOf(registration));
            }
            return gate.check(registration, properties.secretOf(registration), accepted(judge));
        } catch (RuntimeException e) {
            log.error("probing judge {}@{} failed", judge.name(), judge.version(), e);
            return new Findings(null, List.of(new Check("gate", false, "the gate failed: " + e)));
        }
    }

    /**
     * What the judge says of itself now; if it is another judge, it is rejected.
     *
     * @return whether there was anything to look at: a question, or a server of another system, says nothing of itself
     */
    boolean look(JudgeEntity judge) throws IOException, InterruptedException {
        JudgeDescriptor accepted = accepted(judge);
        Registration registration = Registration.fromJson(judge.registration());
        if (registration.adapter() != null || registration.llm() != null) {
            return false;
        }
        JudgeDescriptor now = gate.descriptor(registration, properties.secretOf(registration));
        String difference = accepted == null ? null : Descriptors.difference(accepted, now);
        if (difference == null) {
            return true;
        }
        log.error("judge {}@{} is another one behind its URL: {}", judge.name(), judge.version(), difference);
        String report = json.writeValueAsString(List.of(Descriptors.changed(difference)));
        store.change(judge.name(), judge.version(), row -> row.decide(judge.state(), false, report, null));
        return true;
    }

    private @Nullable JudgeDescriptor accepted(JudgeEntity judge) {
        String descriptor = judge.descriptor();
        return descriptor == null ? null : json.readValue(descriptor, JudgeDescriptor.class);
    }

    private @Nullable String text(@Nullable JudgeDescriptor descriptor) {
        return descriptor == null ? null : json.writeValueAsString(descriptor);
    }
}
