package dev.tribunal.judge.registry;

import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgeRegistration.Fixture;
import dev.tribunal.contracts.judge.v1.JudgeResource.Contact;
import dev.tribunal.contracts.judge.v1.JudgeResource.State;
import dev.tribunal.judge.fanout.JudgeClient;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Looks at all judges that may judge, again and again: whether they answer, and whether they are still the judges that
 * passed the gate. One whose breaker has opened is asked its fixtures, so that it is in use again soon after it is back.
 */
@Component
class JudgeWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(JudgeWatch.class);

    private final JudgeStore store;
    private final JudgeProbes probes;
    private final JudgeClients clients;
    private final RegistryProperties properties;
    private final JudgeClient.Surroundings surroundings;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("judge-watch").factory());

    /** By digest. */
    private final Map<String, Contact> contacts = new ConcurrentHashMap<>();

    JudgeWatch(
            JudgeStore store,
            JudgeProbes probes,
            JudgeClients clients,
            RegistryProperties properties,
            JudgeClient.Surroundings surroundings) {
        this.store = store;
        this.probes = probes;
        this.clients = clients;
        this.properties = properties;
        this.surroundings = surroundings;
    }

    @EventListener(ApplicationReadyEvent.class)
    void start() {
        long pause = properties.lookEvery().toMillis();
        var _ = clock.scheduleWithFixedDelay(this::lookAtAll, pause, pause, TimeUnit.MILLISECONDS);
    }

    private void lookAtAll() {
        try {
            for (JudgeEntity judge : store.in(List.of(State.ACTIVE, State.DRAINING))) {
                surroundings.threads().execute(() -> lookAt(judge));
                surroundings.threads().execute(() -> tryOut(judge));
            }
        } catch (RuntimeException e) {
            log.error("cannot look at the judges; trying again", e);
        }
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

    private void tryOut(JudgeEntity judge) {
        JudgeClient client = clients.openTo(judge);
        if (client == null) {
            return;
        }
        try {
            List<Fixture> fixtures = Registration.fromJson(judge.registration()).fixtures();
            client.tryOutIfBroken(IntStream.range(0, fixtures.size())
                    .mapToObj(i -> named("fixture-" + i, fixtures.get(i).item()))
                    .toList());
        } catch (RuntimeException e) {
            log.error("trying judge {}@{} out failed", judge.name(), judge.version(), e);
        }
    }

    private static JudgeItem named(String itemId, JudgeItem item) {
        return new JudgeItem(itemId, item.messages(), item.completion(), item.reference(), item.metadata());
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
