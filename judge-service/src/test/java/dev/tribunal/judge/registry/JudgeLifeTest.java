package dev.tribunal.judge.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Auth;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.AuthMode;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Check;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.State;
import dev.tribunal.judge.fanout.JudgeClient;
import dev.tribunal.judge.fanout.ScriptedJudge;
import dev.tribunal.servicekit.error.UpstreamException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.support.TransactionTemplate;

/** From registration to deletion, on real sockets and a real database. */
class JudgeLifeTest extends RegistryContext {

    @Autowired
    private DataSource database;

    @Autowired
    private JudgeRepository rows;

    @Autowired
    private TransactionTemplate transactions;

    @Autowired
    private JudgeClient.Surroundings surroundings;

    @Test
    void theSameRegistrationAgainIsTheSameJudgeAndAnotherIsRefused() {
        String name = name();
        try (ScriptedJudge judge = new ScriptedJudge(NoSwearing.script(name, "1"))) {
            JudgeRegistration registration = NoSwearing.registration(name, "1", judge.url(), null);
            ResponseEntity<JudgeResource> first = post(registration);
            JudgeResource active = awaitState(name, "1", State.ACTIVE);
            ResponseEntity<JudgeResource> second = post(registration);

            assertThat(first.getStatusCode().value()).isEqualTo(201);
            assertThat(first.getBody().state()).isEqualTo(State.PROBING);
            assertThat(active.probedAt()).isNotNull();
            assertThat(second.getStatusCode().value()).isEqualTo(200);
            assertThat(second.getBody().state()).isEqualTo(State.ACTIVE);
            assertThat(second.getBody().digest()).isEqualTo(first.getBody().digest());
            UpstreamException refused = catchThrowableOfType(
                    UpstreamException.class,
                    () -> post(NoSwearing.registration(name, "1", judge.url() + "/other", null)));
            assertThat(refused.code().code()).isEqualTo("judge_version_exists");
            assertThat(refused.code().status().value()).isEqualTo(409);
        }
    }

    @Test
    void aDrainingJudgeServesThoseWhoNameItButIsNotTheLatest() {
        String name = name();
        try (ScriptedJudge _ = registered(name, "1")) {
            assertThat(judges.drain(name, "1").state()).isEqualTo(State.DRAINING);
            assertThat(judges.drain(name, "1").state()).isEqualTo(State.DRAINING);

            assertThat(verdict(name, "1", "hello").verdict()).isEqualTo(Verdict.SATISFIED);
            assertThat(statusOf(() -> judges.get(name, "latest"))).isEqualTo(404);

            judges.probe(name, "1");
            awaitState(name, "1", State.ACTIVE);
        }
    }

    @Test
    void anActiveJudgeGoesOnJudgingInTheGateAndIsRejectedIfItFails() {
        String name = name();
        try (ScriptedJudge judge = registered(name, "1")) {
            assertThat(judges.probe(name, "1").state()).isEqualTo(State.ACTIVE);

            judge.now(ScriptedJudge.satisfied());
            judges.probe(name, "1");
            JudgeResource rejected = awaitState(name, "1", State.REJECTED);
            assertThat(rejected.report()).anyMatch(check -> !check.passed());
        }
    }

    @Test
    void aJudgeWhoseAnswersHaveNoTypeDoesNotPassTheGate() {
        String name = name();
        ScriptedJudge.Script sound = NoSwearing.script(name, "1");
        ScriptedJudge.Script untyped = (request, out) -> {
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            sound.answer(request, answer);
            out.write(answer.toString(StandardCharsets.UTF_8)
                    .replace("Content-Type: application/json\r\n", "")
                    .getBytes(StandardCharsets.UTF_8));
            out.flush();
        };
        try (ScriptedJudge judge = new ScriptedJudge(untyped)) {
            post(NoSwearing.registration(name, "1", judge.url(), null));

            assertThat(awaitState(name, "1", State.REJECTED).report())
                    .anyMatch(check -> check.detail().contains("Content-Type is missing"));
        }
    }

    @Test
    void aJudgeInTheGateIsNotPutToItAgain() {
        String name = name();
        try (ScriptedJudge judge = registered(name, "1")) {
            Instant before = judges.get(name, "1").probedAt();
            CountDownLatch goOn = new CountDownLatch(1);
            AtomicInteger gates = new AtomicInteger();
            judge.now(held("/health/live", goOn, gates, NoSwearing.script(name, "1")));
            for (int i = 0; i < 5; i++) {
                judges.probe(name, "1");
            }
            await().until(() -> gates.get() > 0);
            goOn.countDown();
            await().until(() -> !before.equals(judges.get(name, "1").probedAt()));
            assertThat(gates).hasValue(1);

            judges.probe(name, "1");
            await().until(() -> gates.get() == 2);
        }
    }

    @Test
    void aJudgeThatIsDrainedInTheGateStaysDrained() {
        String name = name();
        try (ScriptedJudge judge = registered(name, "1")) {
            judges.drain(name, "1");
            Instant before = judges.get(name, "1").probedAt();
            CountDownLatch goOn = new CountDownLatch(1);
            AtomicInteger gates = new AtomicInteger();
            judge.now(held("/health/live", goOn, gates, NoSwearing.script(name, "1")));
            judges.probe(name, "1");
            await().until(() -> gates.get() > 0);

            judges.drain(name, "1");
            goOn.countDown();
            await().until(() -> !before.equals(judges.get(name, "1").probedAt()));

            assertThat(judges.get(name, "1").state()).isEqualTo(State.DRAINING);
        }
    }

    @Test
    void onlySoManyJudgesAreInTheGateAtOnce() {
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger gates = new AtomicInteger();
        String name = name();
        ScriptedJudge.Script held = held("/judge/v1/descriptor", goOn, gates, ScriptedJudge.satisfied());
        try (ScriptedJudge judge = new ScriptedJudge(held)) {
            for (int version = 0; version < JudgeProbes.AT_ONCE + 2; version++) {
                post(NoSwearing.registration(name, "" + version, judge.url(), null));
            }
            await().until(() -> gates.get() >= JudgeProbes.AT_ONCE);
            assertThat(gates).hasValue(JudgeProbes.AT_ONCE);

            goOn.countDown();
            for (int version = 0; version < JudgeProbes.AT_ONCE + 2; version++) {
                awaitState(name, "" + version, State.REJECTED);
            }
        }
    }

    /** @param gates counts how often this question of the gate has come */
    private static ScriptedJudge.Script held(
            String question, CountDownLatch goOn, AtomicInteger gates, ScriptedJudge.Script then) {
        return (request, out) -> {
            if (request.line().startsWith("GET " + question)) {
                gates.incrementAndGet();
                goOn.await();
            }
            then.answer(request, out);
        };
    }

    @Test
    void aKnownJudgeJudgesWhileTheDatabaseStalls() throws SQLException {
        String name = name();
        try (ScriptedJudge _ = registered(name, "1");
                Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            assertThat(verdict(name, "1", "hello").verdict()).isEqualTo(Verdict.SATISFIED);
            connection.setAutoCommit(false);
            statement.execute("lock table judge.judges in access exclusive mode");

            // Longer than a row counts as fresh.
            await().during(Duration.ofMillis(1500))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> verdict(name, "1", "hello").verdict() == Verdict.SATISFIED);

            connection.rollback();
        }
    }

    @Test
    void theNextRequestSeesWhatWasDoneToAJudge() {
        String name = name();
        try (ScriptedJudge judge = registered(name, "1")) {
            assertThat(verdict(name, "1", "hello").verdict()).isEqualTo(Verdict.SATISFIED);
            assertThat(verdict(name, "latest", "hello").verdict()).isEqualTo(Verdict.SATISFIED);

            judges.drain(name, "1");
            assertThat(verdict(name, "1", "hello").verdict()).isEqualTo(Verdict.SATISFIED);
            assertThat(statusOf(() -> verdict(name, "latest", "hello"))).isEqualTo(422);

            judges.delete(name, "1");
            assertThat(statusOf(() -> verdict(name, "1", "hello"))).isEqualTo(422);

            judge.now((request, out) -> ScriptedJudge.write(out, "500 Oops", "", ""));
            post(NoSwearing.registration(name, "1", judge.url(), null));
            assertThat(verdict(name, "1", "hello").error().code()).startsWith("judge_");
            awaitState(name, "1", State.REJECTED);
            assertThat(verdict(name, "1", "hello").error().code()).isEqualTo("judge_rejected");

            judge.now(NoSwearing.script(name, "1"));
            judges.probe(name, "1");
            awaitState(name, "1", State.ACTIVE);
            assertThat(verdict(name, "1", "hello").verdict()).isEqualTo(Verdict.SATISFIED);
            assertThat(verdict(name, "latest", "hello").verdict()).isEqualTo(Verdict.SATISFIED);
        }
    }

    @Test
    void anotherInstanceOfTheServiceSeesSoonWhatWasDoneToAJudge() {
        String name = name();
        KnownJudges elsewhere = new KnownJudges(new JudgeStore(rows, transactions), surroundings);
        try (ScriptedJudge _ = registered(name, "1")) {
            assertThat(elsewhere.find(name, "latest").map(JudgeEntity::state)).hasValue(State.ACTIVE);
            assertThat(elsewhere.find(name, "1").map(JudgeEntity::state)).hasValue(State.ACTIVE);

            judges.retire(name, "1");

            await().until(() -> elsewhere.find(name, "1").orElseThrow().state() == State.RETIRED);
            await().until(() -> elsewhere.find(name, "latest").isEmpty());
        }
    }

    @Test
    void aRetiredJudgeStaysRetired() {
        String name = name();
        try (ScriptedJudge _ = registered(name, "1")) {
            assertThat(verdict(name, "1", "hello").verdict()).isEqualTo(Verdict.SATISFIED);
            assertThat(judges.retire(name, "1").state()).isEqualTo(State.RETIRED);
            assertThat(judges.retire(name, "1").state()).isEqualTo(State.RETIRED);

            assertThat(statusOf(() -> judges.probe(name, "1"))).isEqualTo(409);
            assertThat(statusOf(() -> judges.drain(name, "1"))).isEqualTo(409);
            JudgeVerdict verdict = verdict(name, "1", "hello");
            assertThat(verdict.verdict()).isEqualTo(Verdict.UNDECIDED);
            assertThat(verdict.error().code()).isEqualTo("judge_retired");
        }
    }

    @Test
    void deletionWaitsForTheRunsThatReferToAJudge() {
        String name = name();
        try (ScriptedJudge judge = registered(name, "1")) {
            TRAINER.refer(name + "@1", "run_one", "run_two");
            UpstreamException refused = catchThrowableOfType(UpstreamException.class, () -> judges.delete(name, "1"));
            assertThat(refused.code().status().value()).isEqualTo(409);
            assertThat(refused.code().code()).isEqualTo("judge_in_use");
            assertThat(refused).hasMessageContaining("run_one").hasMessageContaining("run_two");

            TRAINER.ill(true);
            assertThat(statusOf(() -> judges.delete(name, "1"))).isEqualTo(503);
            TRAINER.ill(false);
            assertThat(judges.get(name, "1").state()).isEqualTo(State.ACTIVE);

            verdict(name, "1", "hello");
            assertThat(metrics()).contains(name);
            TRAINER.refer(name + "@1");
            judges.delete(name, "1");
            assertThat(metrics()).doesNotContain(name);
            assertThat(statusOf(() -> judges.get(name, "1"))).isEqualTo(404);
            assertThat(statusOf(() -> judges.delete(name, "1"))).isEqualTo(404);
            assertThat(judges.list(null, 500).data())
                    .extracting(JudgeResource::name)
                    .doesNotContain(name);

            // What it judged stays its own: only the very same judge can come back.
            assertThat(statusOf(() -> post(NoSwearing.registration(name, "1", judge.url() + "/other", null))))
                    .isEqualTo(409);
            assertThat(post(NoSwearing.registration(name, "1", judge.url(), null))
                            .getStatusCode()
                            .value())
                    .isEqualTo(201);
            awaitState(name, "1", State.ACTIVE);
        }
    }

    @Test
    void judgesThatShipStay() {
        assertThat(statusOf(() -> judges.delete("length", "1"))).isEqualTo(409);
        assertThat(statusOf(() -> judges.drain("length", "1"))).isEqualTo(409);
        assertThat(statusOf(() -> judges.probe("nobody", "1"))).isEqualTo(404);
    }

    @Test
    void anotherJudgeBehindTheUrlIsNoticed() {
        String name = name();
        String digest = ",\"digest\":\"sha256:%s\"";
        try (ScriptedJudge judge = new ScriptedJudge(NoSwearing.script(name, "1", digest.formatted("aa")))) {
            post(NoSwearing.registration(name, "1", judge.url(), null));
            awaitState(name, "1", State.ACTIVE);
            await().until(() -> judges.get(name, "1").contact(), contact -> contact != null && contact.reachable());

            judge.now(NoSwearing.script(name, "1", digest.formatted("bb")));
            JudgeResource rejected = awaitState(name, "1", State.REJECTED);
            assertThat(rejected.report()).extracting(Check::name).containsExactly("unchanged");
            assertThat(rejected.report().getFirst().detail()).contains("sha256:aa", "sha256:bb");
            assertThat(verdict(name, "1", "hello").verdict()).isEqualTo(Verdict.UNDECIDED);

            // Under this version it does not come in, however well it judges.
            judges.probe(name, "1");
            await().until(
                            () -> judges.get(name, "1"),
                            now -> now.state() == State.REJECTED && now.report().size() > 1);
            assertThat(judges.get(name, "1").report()).extracting(Check::name).contains("fixtures", "unchanged");

            judge.now(NoSwearing.script(name, "1", digest.formatted("aa")));
            judges.probe(name, "1");
            awaitState(name, "1", State.ACTIVE);
        }
    }

    @Test
    void aJudgeThatDoesNotAnswerIsSeenToBeAway() {
        String name = name();
        ScriptedJudge judge = registered(name, "1");
        judge.close();

        JudgeResource away = await().until(
                        () -> judges.get(name, "1"),
                        now -> now.contact() != null && !now.contact().reachable());

        assertThat(away.state()).as("it may come back").isEqualTo(State.ACTIVE);
        assertThat(away.contact().detail()).isNotBlank();
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void aSecretIsInNoAnswerAndNoLog(CapturedOutput output) {
        String name = name();
        try (ScriptedJudge judge = new ScriptedJudge(NoSwearing.script(name, "1"))) {
            post(NoSwearing.registration(name, "1", judge.url(), new Auth(AuthMode.BEARER, "swear-token")));
            awaitState(name, "1", State.ACTIVE);
            JudgeVerdict verdict = verdict(name, "1", "hello");

            assertThat(judge.requests())
                    .allSatisfy(request ->
                            assertThat(request.header("Authorization")).isEqualTo("Bearer " + SECRET));
            // This judge repeats what it was sent.
            assertThat(verdict.reason()).contains("Bearer ***").doesNotContain(SECRET);

            judge.now((request, out) ->
                    ScriptedJudge.json(out, "{\"name\":\"" + request.header("Authorization") + "\"}"));
            verdict(name, "1", "hello");
            judges.probe(name, "1");
            awaitState(name, "1", State.REJECTED);
            String list = rest.get().uri("/v1/judges?limit=500").retrieve().body(String.class);
            assertThat(list).contains(name).doesNotContain(SECRET);
            assertThat(metrics()).doesNotContain(SECRET);
            assertThat(output.getAll()).doesNotContain(SECRET);
        }
    }

    @Test
    void aSecretIsSentToNobodyElsesHost() {
        UpstreamException refused = catchThrowableOfType(
                UpstreamException.class,
                () -> post(NoSwearing.registration(
                        name(), "1", "http://127.0.0.1:1", new Auth(AuthMode.BEARER, "other-token"))));

        assertThat(refused.errors()).singleElement().satisfies(error -> {
            assertThat(error.pointer()).isEqualTo("/auth/secretRef");
            assertThat(error.detail()).contains("other.judges.svc");
        });
    }

    /** It has passed the gate. */
    private ScriptedJudge registered(String name, String version) {
        ScriptedJudge judge = new ScriptedJudge(NoSwearing.script(name, version));
        post(NoSwearing.registration(name, version, judge.url(), null));
        awaitState(name, version, State.ACTIVE);
        return judge;
    }

    private ResponseEntity<JudgeResource> post(JudgeRegistration registration) {
        return rest.post()
                .uri("/v1/judges")
                .header("Content-Type", "application/json")
                .body(registration)
                .retrieve()
                .toEntity(JudgeResource.class);
    }

    private String metrics() {
        return rest.get().uri("/metrics").retrieve().body(String.class);
    }

    private static int statusOf(Runnable request) {
        UpstreamException refused = catchThrowableOfType(UpstreamException.class, request::run);
        assertThat(refused).isNotNull();
        return refused.code().status().value();
    }
}
