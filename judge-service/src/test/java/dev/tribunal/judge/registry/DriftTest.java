package dev.tribunal.judge.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Canary;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Drift;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.State;
import dev.tribunal.judge.fanout.JudgeDirectory.Found;
import dev.tribunal.judge.fanout.ScriptedJudge;
import dev.tribunal.judge.fanout.ScriptedJudge.Script;
import dev.tribunal.judge.registration.Registration;
import dev.tribunal.judge.registration.RegistryProperties;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.json.JsonMapper;

/** Judges that become others under the same version, and judges that come back. The looks are those of the service. */
class DriftTest extends RegistryContext {

    @Autowired
    private JudgeStore store;

    @Autowired
    private Canaries canaries;

    @Autowired
    private JudgeClients clients;

    @Autowired
    private JudgeRegistry registry;

    @Autowired
    private JudgeWatch watch;

    @Autowired
    private MeterRegistry meters;

    @Test
    void anotherVerdictOfAFixtureTakesAJudgeOutUntilItDecidesAsRegistered() {
        String name = name();
        try (ScriptedJudge judge = registered(name, true)) {
            assertThat(ask(name)).isEqualTo(new Canary(last(name).at(), 2, 2, 0));
            String before = verdictDigest(name);

            judge.now(meek(name));
            ask(name);

            JudgeResource drifted = judges.get(name, "1");
            assertThat(drifted.state()).isEqualTo(State.DRIFTED);
            Drift drift = Objects.requireNonNull(drifted.drift());
            assertThat(drift.fixture()).isEqualTo(1);
            assertThat(drift.expected()).isEqualTo(Verdict.VIOLATED);
            assertThat(drift.said()).isEqualTo(Verdict.SATISFIED);
            assertThat(drift.tries()).isEqualTo(2);
            assertThat(drift.until()).isNull();
            JudgeVerdict verdict = verdict(name, "1", "hello");
            assertThat(verdict.verdict()).isEqualTo(Verdict.UNDECIDED);
            assertThat(verdict.error().code()).isEqualTo("judge_drifted");
            assertThat(verdict.error().detail()).contains("fixture 1", "another version");
            assertThat(meters.get("tribunal.judge.verdicts")
                            .tags("judge", name, "code", "judge_drifted")
                            .counter()
                            .count())
                    .isEqualTo(1);
            assertThat(drifted(name)).isEqualTo(1);

            judge.now(NoSwearing.script(name, "1"));
            JudgeResource back = awaitState(name, "1", State.ACTIVE); // it is looked at until it is well
            assertThat(Objects.requireNonNull(back.drift()).until()).isNotNull();
            assertThat(verdict(name, "1", "hello").verdict()).isEqualTo(Verdict.SATISFIED);
            assertThat(verdictDigest(name))
                    .as("what it said meanwhile is not remembered")
                    .isNotEqualTo(before);
        }
    }

    @Test
    void theGateBringsAJudgeBackAndADrainedOneStaysDrained() {
        String name = name();
        try (ScriptedJudge judge = registered(name, true)) {
            judge.now(meek(name));
            ask(name);
            judges.drain(name, "1");
            assertThat(judges.get(name, "1").state()).isEqualTo(State.DRIFTED);

            judge.now(NoSwearing.script(name, "1"));
            awaitState(name, "1", State.DRAINING);

            judge.now(meek(name));
            ask(name);
            judges.probe(name, "1");
            await().until(() -> judges.get(name, "1").report().stream().anyMatch(check -> !check.passed()));
            assertThat(judges.get(name, "1").state()).isEqualTo(State.DRIFTED);
        }
    }

    @Test
    void aJudgeThatErrsNowAndThenHasNotDriftedIfItIsNotDeterministic() {
        String name = name();
        AtomicInteger asked = new AtomicInteger();
        try (ScriptedJudge judge = registered(name, false)) {
            // Every second answer is wrong: 5 of 10.
            judge.now((request, out) -> {
                boolean counts = request.line().startsWith("POST /judge/v1/evaluate");
                (counts && asked.incrementAndGet() % 2 == 1 ? meek(name) : NoSwearing.script(name, "1"))
                        .answer(request, out);
            });
            ask(name);
            assertThat(judges.get(name, "1").state()).isEqualTo(State.ACTIVE);
            assertThat(asked.get())
                    .as("it stops where 8 of 10 cannot be reached")
                    .isLessThan(8);

            judge.now(meek(name));
            ask(name);
            JudgeResource drifted = judges.get(name, "1");
            assertThat(drifted.state()).isEqualTo(State.DRIFTED);
            assertThat(Objects.requireNonNull(drifted.drift()).tries()).isEqualTo(Canaries.DIFFERING);
        }
    }

    @Test
    void aJudgeIsAskedOnceAnIntervalWithoutAnybodysDoing() {
        String name = name();
        RegistryProperties often = new RegistryProperties(
                null,
                null,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofMillis(5),
                null);
        Canaries eager = new Canaries(store, clients, often, JsonMapper.shared());
        try (ScriptedJudge _ = registered(name, true)) {
            JudgeEntity row = row(name);
            canaries.look(row);
            assertThat(canaries.last(row)).as("0 is never").isNull();
            await().until(
                            () -> {
                                eager.look(row);
                                return eager.last(row);
                            },
                            Objects::nonNull);
        }
    }

    @Test
    void noAnswerIsNoDrift() {
        String name = name();
        try (ScriptedJudge judge = registered(name, true)) {
            judge.now(answering(
                    name,
                    "{\"itemId\":\"%s\",\"verdict\":\"undecided\",\"error\":{\"code\":\"tired\",\"retryable\":true}}"));
            assertThat(ask(name).undecided()).isEqualTo(2);
            judge.now((request, out) -> ScriptedJudge.write(out, "500 Oops", "", ""));
            assertThat(canaries.ask(row(name), registration(name))).isNull();
            assertThat(judges.get(name, "1").state()).isEqualTo(State.ACTIVE);
        }
    }

    @Test
    void aSickJudgeIsTriedByWhoLooksAtItAndThenUsedAgain() {
        String name = name();
        try (ScriptedJudge judge = registered(name, true)) {
            judge.now((request, out) -> ScriptedJudge.write(out, "500 Oops", "", ""));
            for (int i = 0; i < 8; i++) {
                verdict(name, "1", "hello " + i);
            }
            assertThat(judges.get(name, "1").health().breaker()).isNotEqualTo("closed");

            judge.now(NoSwearing.script(name, "1"));

            // The breaker's pause is 10 s and doubles; nobody asks the judge but who looks at it.
            await().until(() -> judges.get(name, "1").health().breaker().equals("closed"));
            assertThat(verdict(name, "1", "hello").verdict()).isEqualTo(Verdict.SATISFIED);
        }
    }

    private Canary ask(String name) {
        return Objects.requireNonNull(canaries.ask(row(name), registration(name)));
    }

    private Registration registration(String name) {
        return Registration.fromJson(row(name).registration());
    }

    private JudgeEntity row(String name) {
        return store.find(name, "1").orElseThrow();
    }

    private Canary last(String name) {
        return Objects.requireNonNull(judges.get(name, "1").canary());
    }

    private String verdictDigest(String name) {
        return ((Found.Ready) registry.find(name, "1")).digest();
    }

    /** Nothing is violated any more. */
    private static Script meek(String name) {
        return answering(name, "{\"itemId\":\"%s\",\"verdict\":\"satisfied\"}");
    }

    /** The same descriptor, and of every item the same result. */
    private static Script answering(String name, String result) {
        Script sound = NoSwearing.script(name, "1");
        Script same = ScriptedJudge.results(result::formatted);
        return (request, out) -> (request.line().startsWith("POST") ? same : sound).answer(request, out);
    }

    private ScriptedJudge registered(String name, boolean deterministic) {
        ScriptedJudge judge = new ScriptedJudge(NoSwearing.script(name, "1"));
        JudgeRegistration sound = NoSwearing.registration(name, "1", judge.url(), null);
        judges.register(new JudgeRegistration(
                sound.name(),
                sound.version(),
                sound.contract(),
                sound.endpoint(),
                null,
                sound.timeoutMs(),
                sound.maxBatchItems(),
                sound.maxInFlight(),
                sound.retry(),
                deterministic,
                sound.fixtures()));
        awaitState(name, "1", State.ACTIVE);
        return judge;
    }

    private double drifted(String name) {
        watch.showDrift(store.in(List.of(State.ACTIVE, State.DRAINING, State.DRIFTED)));
        return meters.get("tribunal.judge.drifted").tags("judge", name).gauge().value();
    }
}
