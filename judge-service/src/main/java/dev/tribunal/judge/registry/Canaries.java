package dev.tribunal.judge.registry;

import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Fixture;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Canary;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Drift;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.State;
import dev.tribunal.judge.fanout.JudgeClient;
import dev.tribunal.judge.registration.Registration;
import dev.tribunal.judge.registration.RegistryProperties;
import dev.tribunal.servicekit.input.Words;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks judges their own fixtures again, now and then. One that decides a fixture otherwise than its registration expects
 * is another judge under the same version: it has drifted, and judges no more until it decides all of them as registered,
 * {@value #ROUNDS} times in a row, or passes the gate.
 *
 * <p>What counts as otherwise: a judge that is deterministic is asked of the fixture once more at once, and both answers
 * have to differ. Of one that is not, {@value #DIFFERING} answers of {@value #TRIES} have to: who errs once in ten times
 * is then taken for drifted at three of ten million looks at a fixture, and who has turned around at the first. An
 * undecided answer says nothing.
 */
@Component
class Canaries {

    private static final Logger log = LoggerFactory.getLogger(Canaries.class);

    static final int ROUNDS = 3;
    static final int TRIES = 10;
    static final int DIFFERING = 8;
    private static final double JITTER = 0.2;

    private final JudgeStore store;
    private final JudgeClients clients;
    private final Duration every;
    private final JsonMapper json;

    /** By digest, as the other two. */
    private final Map<String, Canary> last = new ConcurrentHashMap<>();

    private final Map<String, Long> due = new ConcurrentHashMap<>();
    private final Map<String, Integer> rounds = new ConcurrentHashMap<>();
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    Canaries(JudgeStore store, JudgeClients clients, RegistryProperties properties, JsonMapper json) {
        this.store = store;
        this.clients = clients;
        this.every = properties.canaryEvery();
        this.json = json;
    }

    @Nullable
    Canary last(JudgeEntity judge) {
        return last.get(judge.digest());
    }

    void forget(JudgeEntity judge) {
        last.remove(judge.digest());
        due.remove(judge.digest());
        rounds.remove(judge.digest());
    }

    /** What to do about a judge that has drifted. */
    static String sentence(JudgeEntity judge, @Nullable Drift drift) {
        return judge.name() + "@" + judge.version() + " has drifted"
                + (drift == null
                        ? ""
                        : ": since " + drift.since() + " it says " + Words.of(drift.said()) + " of its fixture "
                                + drift.fixture() + " instead of " + Words.of(drift.expected()))
                + "; bring back what was registered, or register what it is now as another version";
    }

    /** Asks a judge that is due, has drifted or has lately failed. */
    void look(JudgeEntity judge) {
        Registration registration = Registration.fromJson(judge.registration());
        JudgeClient open = clients.openTo(judge);
        boolean urgent = judge.state() == State.DRIFTED || open != null && open.isBroken();
        // A checkpoint is not read for this alone.
        boolean asleep = open == null && registration.llm() != null;
        if (registration.fixtures().isEmpty() || asleep || !urgent && !isDue(judge) || !underWay.add(judge.digest())) {
            return;
        }
        try {
            ask(judge, registration);
        } catch (RuntimeException e) {
            log.error("asking judge {}@{} its fixtures failed", judge.name(), judge.version(), e);
        } finally {
            underWay.remove(judge.digest());
        }
    }

    /** The first time somewhere within the interval, so that judges are not asked all at once. */
    private boolean isDue(JudgeEntity judge) {
        if (every.isZero()) {
            return false;
        }
        long now = System.nanoTime();
        double random = ThreadLocalRandom.current().nextDouble();
        Long at = due.putIfAbsent(judge.digest(), now + (long) (random * every.toNanos()));
        if (at == null || at - now > 0) {
            return false;
        }
        due.put(judge.digest(), now + (long) ((1 - JITTER + 2 * JITTER * random) * every.toNanos()));
        return true;
    }

    /** @return what it said; absent if it does not answer */
    @Nullable
    Canary ask(JudgeEntity judge, Registration registration) {
        JudgeClient client = clients.to(judge).client();
        List<Fixture> fixtures = registration.fixtures();
        List<Result> results = client.askAside(IntStream.range(0, fixtures.size())
                .mapToObj(i -> item(i, fixtures.get(i)))
                .toList());
        if (results == null) {
            rounds.remove(judge.digest());
            return null;
        }
        Drift drift = null;
        int asRegistered = 0;
        int undecided = 0;
        for (int i = 0; i < fixtures.size(); i++) {
            if (results.get(i).verdict() == Verdict.UNDECIDED && fixtures.get(i).expect() != Verdict.UNDECIDED) {
                undecided++;
            } else if (results.get(i).verdict() == fixtures.get(i).expect()) {
                asRegistered++;
            } else if (drift == null) {
                drift = drift(client, registration, i, results.get(i));
                asRegistered += drift == null ? 1 : 0;
            }
        }
        Canary canary = new Canary(now(), fixtures.size(), asRegistered, undecided);
        last.put(judge.digest(), canary);
        if (drift != null) {
            drifted(judge, drift);
        } else if (undecided == 0) {
            wellAgain(judge);
        } else {
            rounds.remove(judge.digest());
        }
        return canary;
    }

    /**
     * Asks of one fixture until the rule is decided.
     *
     * @param first the answer that differs
     * @return absent if it differs by chance
     */
    private static @Nullable Drift drift(JudgeClient client, Registration judge, int fixture, Result first) {
        int enough = judge.deterministic() ? 2 : DIFFERING;
        int most = judge.deterministic() ? 2 : TRIES;
        Verdict expected = judge.fixtures().get(fixture).expect();
        Result said = first;
        int differing = 1;
        int tries = 1;
        while (differing < enough && differing + most - tries >= enough) {
            List<Result> again =
                    client.askAside(List.of(item(fixture, judge.fixtures().get(fixture))));
            if (again == null) {
                return null;
            }
            tries++;
            Verdict verdict = again.getFirst().verdict();
            if (verdict != expected && verdict != Verdict.UNDECIDED) {
                differing++;
                said = again.getFirst();
            }
        }
        return differing < enough
                ? null
                : new Drift(now(), null, fixture, expected, said.verdict(), said.reason(), tries, differing);
    }

    private void drifted(JudgeEntity judge, Drift drift) {
        rounds.remove(judge.digest());
        String why = json.writeValueAsString(drift);
        store.change(judge.name(), judge.version(), row -> {
            if (row.state() != State.DRIFTED) {
                row.driftAway(why);
                log.error("{}", sentence(row, drift));
            }
        });
    }

    private void wellAgain(JudgeEntity judge) {
        if (judge.state() != State.DRIFTED || rounds.merge(judge.digest(), 1, Integer::sum) < ROUNDS) {
            return;
        }
        rounds.remove(judge.digest());
        store.change(judge.name(), judge.version(), row -> {
            String drift = row.drift();
            if (row.state() == State.DRIFTED && drift != null) {
                row.comeBack(json.writeValueAsString(
                        json.readValue(drift, Drift.class).endedAt(now())));
                log.info("judge {}@{} decides as registered again", row.name(), row.version());
            }
        });
    }

    private static JudgeItem item(int index, Fixture fixture) {
        JudgeItem item = fixture.item();
        return new JudgeItem("fixture-" + index, item.messages(), item.completion(), item.reference(), item.metadata());
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }
}
