package dev.tribunal.judge.registry;

import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.State;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.input.Input;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Judges that are declared somewhere instead of being registered over HTTP. They go through the same checks and the
 * same gate; what is not declared any more is drained, and what is declared again is put to the gate again. What
 * was registered over HTTP, or drained, retired or deleted by hand, stays as it is.
 */
@Component
public class SelfRegistration {

    private static final Logger log = LoggerFactory.getLogger(SelfRegistration.class);

    /** A judge is often declared before it can answer, and rejected for it. */
    private static final Duration SECOND_CHANCE = Duration.ofMinutes(1);

    private final JudgeRegistry registry;
    private final JudgeStore store;

    SelfRegistration(JudgeRegistry registry, JudgeStore store) {
        this.registry = registry;
        this.store = store;
    }

    /** @param source who declares it, for example {@code kubernetes:NAMESPACE/SERVICE} */
    public record Declared(String source, Input<JudgeRegistration> input) {

        JudgeRegistration registration() {
            return Objects.requireNonNull(input.value());
        }

        boolean is(JudgeEntity judge) {
            return source.equals(judge.source())
                    && judge.name().equals(registration().name())
                    && judge.version().equals(registration().version());
        }
    }

    /**
     * Makes the registry as it is declared.
     *
     * @param declared all that is
     * @param unclear sources that declare something that cannot be read: what they declared before stays
     * @return by source, why a declaration was refused
     */
    public Map<String, String> follow(Collection<Declared> declared, Set<String> unclear) {
        Map<String, String> refused = new HashMap<>();
        for (Declared judge : declared) {
            try {
                registry.register(judge.input(), judge.source());
                store.find(judge.registration().name(), judge.registration().version())
                        .filter(judge::is)
                        .ifPresent(this::secondChance);
            } catch (TribunalException e) {
                refused.put(judge.source(), reason(e));
            }
        }
        for (JudgeEntity judge : store.withSource()) {
            boolean stays = unclear.contains(judge.source()) || refused.containsKey(judge.source());
            if (!stays && mayBeWithdrawn(judge) && declared.stream().noneMatch(one -> one.is(judge))) {
                withdraw(judge);
            }
        }
        return refused;
    }

    private void secondChance(JudgeEntity judge) {
        Instant probedAt = judge.probedAt();
        boolean back = judge.withdrawn();
        if (back) {
            store.change(judge.name(), judge.version(), row -> row.withdraw(false));
        }
        boolean again = switch (judge.state()) {
            case DRAINING -> back;
            case REJECTED ->
                back || probedAt == null || probedAt.plus(SECOND_CHANCE).isBefore(Instant.now());
            case PROBING, ACTIVE, RETIRED, DRIFTED -> false;
        };
        if (again) {
            registry.probe(judge.name(), judge.version());
        }
    }

    /** What is out already was taken out by hand, or is withdrawn. */
    private static boolean mayBeWithdrawn(JudgeEntity judge) {
        return switch (judge.state()) {
            case ACTIVE, PROBING, REJECTED, DRIFTED -> !judge.withdrawn();
            case DRAINING, RETIRED -> false;
        };
    }

    private void withdraw(JudgeEntity judge) {
        store.change(judge.name(), judge.version(), row -> {
            if (!mayBeWithdrawn(row)) {
                return;
            }
            row.withdraw(true);
            if (row.state() == State.ACTIVE) {
                row.moveTo(State.DRAINING);
            } else {
                row.moveTo(State.REJECTED); // it has not passed, and may not judge
            }
            log.info("judge {}@{} is {}: {} is gone", row.name(), row.version(), row.state(), row.source());
        });
    }

    private static String reason(TribunalException refusal) {
        return refusal.getMessage()
                + refusal.errors().stream()
                        .map(error -> " " + error.pointer() + " " + error.detail() + ".")
                        .collect(Collectors.joining());
    }
}
