package dev.tribunal.judge.registry;

import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Contact;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.State;
import dev.tribunal.judge.fanout.JudgeClient;
import dev.tribunal.judge.registration.RegistryProperties;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Looks at all judges that may judge, again and again: whether they answer, and whether they are still the judges that
 * passed the gate. One whose breaker has opened is asked its fixtures each time, so that it is in use again soon after it
 * is back; the others are asked them now and then ({@link Canaries}).
 */
@Component
class JudgeWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(JudgeWatch.class);

    private final JudgeStore store;
    private final JudgeProbes probes;
    private final Canaries canaries;
    private final RegistryProperties properties;
    private final JudgeClient.Surroundings surroundings;
    private final MultiGauge drifted;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("judge-watch").factory());

    /** By digest. */
    private final Map<String, Contact> contacts = new ConcurrentHashMap<>();

    JudgeWatch(
            JudgeStore store,
            JudgeProbes probes,
            Canaries canaries,
            RegistryProperties properties,
            JudgeClient.Surroundings surroundings) {
        this.store = store;
        this.probes = probes;
        this.canaries = canaries;
        this.properties = properties;
        this.surroundings = surroundings;
        this.drifted = MultiGauge.builder("tribunal.judge.drifted")
                .description("1 while the judge decides its fixtures otherwise than registered and is not asked")
                .register(surroundings.meters());
    }

    @EventListener(ApplicationReadyEvent.class)
    void start() {
        long pause = properties.lookEvery().toMillis();
        var _ = clock.scheduleWithFixedDelay(this::lookAtAll, pause, pause, TimeUnit.MILLISECONDS);
    }

    private void lookAtAll() {
        try {
            List<JudgeEntity> judges = store.in(List.of(State.ACTIVE, State.DRAINING, State.DRIFTED));
            showDrift(judges);
            for (JudgeEntity judge : judges) {
                surroundings.threads().execute(() -> lookAt(judge));
                surroundings.threads().execute(() -> canaries.look(judge));
            }
        } catch (RuntimeException e) {
            log.error("cannot look at the judges; trying again", e);
        }
    }

    /** @param judges that may judge, or have drifted */
    void showDrift(List<JudgeEntity> judges) {
        drifted.register(
                judges.stream()
                        .<MultiGauge.Row<?>>map(judge -> MultiGauge.Row.of(
                                Tags.of("judge", judge.name(), "version", judge.version()),
                                judge.state() == State.DRIFTED ? 1 : 0))
                        .toList(),
                true);
    }

    private void lookAt(JudgeEntity judge) {
        try {
            if (probes.look(judge)) {
                contacts.put(judge.digest(), new Contact(true, null, Instant.now()));
            }
        } catch (IOException e) {
            contacts.put(judge.digest(), new Contact(false, words(e), Instant.now()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.error("looking at judge {}@{} failed", judge.name(), judge.version(), e);
        }
    }

    private static String words(IOException e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    @Nullable
    Contact contact(JudgeEntity judge) {
        return contacts.get(judge.digest());
    }

    void forget(JudgeEntity judge) {
        contacts.remove(judge.digest());
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
