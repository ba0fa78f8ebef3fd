package dev.tribunal.trainer.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.run.RunEvent;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunResource.Wait;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.trainer.api.RunCreation;
import dev.tribunal.trainer.journal.RunJournal.Kind;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import dev.tribunal.trainer.journal.RunJournal.StepRecord;
import dev.tribunal.trainer.journal.RunJournal.TrainerLeavesException;
import dev.tribunal.trainer.store.EventLog;
import dev.tribunal.trainer.store.RunAction;
import dev.tribunal.trainer.store.RunStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Runs that look alive and learn nothing, hang, or blow up say so, and do not end as if all were well. */
class DoubtfulRunsTest extends TrainerContext {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @Autowired
    private RunCreation creation;

    @Autowired
    private RunStore runs;

    @Autowired
    private EventLog events;

    private final CountDownLatch answers = new CountDownLatch(1);

    @AfterEach
    void answer() {
        answers.countDown();
        services.listen(question -> {});
        services.decide(run -> null);
    }

    @Test
    void aRunThatNoJudgeIsSatisfiedWithFailsAndNamesTheJudge() {
        services.decide(run -> Verdict.VIOLATED);
        RunResource run = ended(create(spec(ScriptedTraining.REAL, "noSignal: {steps: 2}")));

        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.terminalReason())
                .startsWith("learned_nothing: no update in 3 of 3 steps")
                .contains("task 'math': no group taught anything in the last 2 steps: 4 of 4 groups have no completion"
                        + " that satisfies every constraint, and 'math-answer' finds most of them violated");
        assertThat(run.signal()).isEqualTo(new RunResource.Signal(3, 3));
        assertThat(run.alarms()).singleElement().satisfies(alarm -> {
            assertThat(alarm.type()).isEqualTo("no-signal");
            assertThat(alarm.judge()).isEqualTo("math-answer");
            assertThat(alarm.step()).isEqualTo(2);
        });
        assertThat(client().get()
                        .uri("/v1/runs/" + run.id() + "/episodes?"
                                + run.alarms().getFirst().episodes())
                        .retrieve()
                        .body(String.class))
                .as("the samples that it points to")
                .contains("\"verdict\":\"violated\"");
    }

    @Test
    void aRunWhoseVerdictsAreAllUndecidedFailsAndNamesTheJudge() {
        services.decide(run -> Verdict.UNDECIDED);
        RunResource run = ended(create(spec(ScriptedTraining.REAL, "noSignal: {steps: 3}")));

        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.terminalReason())
                .startsWith("learned_nothing:")
                .contains("lost too many completions to undecided verdicts, most of them by 'math-answer'");
    }

    @Test
    void aRunOfWhichSomeStepsChangedNothingSucceedsAndSaysSo() {
        script.when("some-steps", (id, journal) -> {
            journal.commit(step(1, 0));
            journal.commit(step(2, 4));
            journal.commit(step(3, 0));
        });
        RunResource run = ended(create(spec("some-steps", "noSignal: {steps: 2}")));

        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.terminalReason()).isNull();
        assertThat(run.signal()).isEqualTo(new RunResource.Signal(3, 2));
        assertThat(run.conditions())
                .extracting(condition -> condition.type() + ": " + condition.message())
                .containsExactly("no_update: no update in 2 of 3 steps");
        assertThat(run.alarms()).isEmpty();
        assertThat(messages(run.id(), "state")).last().isEqualTo("succeeded: no update in 2 of 3 steps");
    }

    @Test
    void anAlarmPausesARunAndIsOverWhenThereIsNoMoreReasonForIt() {
        script.when("pausing", (id, journal) -> {
            for (int step = 1; step <= 4; step++) {
                journal.awaitPermission();
                journal.commit(step(step, step == 4 ? 4 : 0));
                assertThat(journal.isPausedByAlarm()).isEqualTo(step == 2);
            }
        });
        String id = create(spec("pausing", "noSignal: {steps: 2, do: pause}"));
        await().atMost(PATIENCE).until(() -> runs.get(id).state() == RunState.PAUSED);
        RunResource paused = runs.get(id).resource();
        assertThat(paused.step()).isEqualTo(2);
        assertThat(paused.alarms()).hasSize(1);
        assertThat(paused.conditions())
                .singleElement()
                .satisfies(condition -> assertThat(condition.message())
                        .startsWith("alarm no-signal: task 'math': no group taught anything"));

        runs.act(id, RunAction.RESUME);
        RunResource run = ended(id);
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.alarms()).isEmpty();
        assertThat(messages(id, "alarm")).hasSize(2).first().asString().startsWith("no-signal: task 'math'");
        assertThat(messages(id, "alarm")).last().asString().startsWith("no-signal is over: it was task 'math'");
    }

    @Test
    void aRunThatIsTakenUpAgainHasTheSameAlarmsOnce() {
        AtomicInteger attempts = new AtomicInteger();
        script.when("again", (id, journal) -> {
            for (int step = 1; step <= 3; step++) {
                journal.commit(step(step, step == 1 ? 4 : 0));
            }
            if (attempts.getAndIncrement() == 0) {
                throw new TrainerLeavesException(); // there is no checkpoint: it begins again
            }
        });
        String id = create(spec("again", "noSignal: {steps: 2}"));
        RunResource run = ended(id);

        assertThat(attempts).hasValue(2);
        assertThat(run.signal()).isEqualTo(new RunResource.Signal(3, 2));
        assertThat(run.alarms()).hasSize(1);
        assertThat(run.alarms().getFirst().step()).isEqualTo(3);
        assertThat(messages(id, "alarm")).hasSize(1);
    }

    @Test
    void aBlowUpThatIsFiniteFailsARun() {
        script.when("blow-up", (id, journal) -> {
            for (int step = 1; step <= 9; step++) {
                journal.commit(new StepRecord(
                        "train",
                        step,
                        Kind.TRAINING,
                        List.of(),
                        List.of(
                                new Metric(MetricNames.UPDATES, null, 1),
                                new Metric(MetricNames.KL, "math", step < 4 ? 1 : 60),
                                new Metric(MetricNames.COMPLETION_TOKENS, "math", 8))));
            }
        });
        RunResource run = ended(create(spec("blow-up", "klHigh: {do: ignore}")));

        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.step()).isEqualTo(6);
        assertThat(run.terminalReason()).startsWith("alarm blow-up: task 'math': the policy has blown up");
        assertThat(run.alarms()).extracting(RunResource.Alarm::type).containsExactly("blow-up");
    }

    @Test
    void aRunSaysThatItWaitsForAJudgeThatHangsAndIsCancelledMeanwhile() {
        hold("judge");
        String id = create(spec(ScriptedTraining.REAL, null));
        Wait wait = awaitWait(id, "judge");

        assertThat(wait.name()).isEqualTo("math-answer@2");
        assertThat(wait.message()).isEqualTo("has not judged 4 completions yet");
        runs.act(id, RunAction.CANCEL);
        await().atMost(PATIENCE).until(() -> runs.get(id).state() == RunState.CANCELLED);
        assertThat(answers.getCount()).as("the judge has not answered yet").isEqualTo(1);
        assertThat(runs.get(id).resource().waitsFor()).isEmpty();
    }

    @Test
    void aRunIsPausedWhileAJudgeHangsAndGoesOnWhenItIsResumed() {
        Set<String> asked = hold("judge");
        String id = create(spec(ScriptedTraining.REAL, null));
        awaitWait(id, "judge");
        runs.act(id, RunAction.PAUSE);
        await().atMost(PATIENCE).until(() -> runs.get(id).state() == RunState.PAUSED);
        assertThat(answers.getCount()).as("the judge has not answered yet").isEqualTo(1);
        assertThat(asked).isNotEmpty();

        services.listen(question -> {}); // those that hang go on hanging
        runs.act(id, RunAction.RESUME);
        assertThat(ended(id).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(answers.getCount()).isEqualTo(1);
    }

    @Test
    void aRunIsCancelledWhileARewardServiceHangs() {
        hold("score");
        String id = create(spec(ScriptedTraining.REAL, null));
        Wait wait = awaitWait(id, "reward-model");

        assertThat(wait.name()).isEqualTo("helpfulness@2");
        runs.act(id, RunAction.CANCEL);
        await().atMost(PATIENCE).until(() -> runs.get(id).state() == RunState.CANCELLED);
        assertThat(answers.getCount()).isEqualTo(1);
    }

    @Test
    void aRunInTheQueueSaysSo() {
        script.when("holding", (id, journal) -> {
            while (answers.getCount() > 0) {
                journal.stopIfAsked();
                answers.await(20, TimeUnit.MILLISECONDS);
            }
        });
        List<String> all = IntStream.range(0, 5)
                .mapToObj(i -> create(spec("holding", null)))
                .toList();

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(all)
                        .map(id -> runs.get(id).resource())
                        .filteredOn(run -> run.state() == RunState.QUEUED)
                        .singleElement()
                        .satisfies(run -> assertThat(run.waitsFor())
                                .singleElement()
                                .extracting(Wait::kind)
                                .isEqualTo("queue")));
        answers.countDown();
        all.forEach(this::ended);
    }

    private record Posted(String id, String timestamp, String signature, String body) {}

    @Test
    void aWebhookIsToldAlarmsAndTheEndAndIsTriedAgain() throws Exception {
        BlockingQueue<Posted> posted = new LinkedBlockingQueue<>();
        AtomicInteger refusals = new AtomicInteger(1);
        HttpServer hook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hook.createContext("/told", exchange -> {
            var headers = exchange.getRequestHeaders();
            posted.add(new Posted(
                    headers.getFirst("webhook-id"),
                    headers.getFirst("webhook-timestamp"),
                    headers.getFirst("webhook-signature"),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            exchange.sendResponseHeaders(refusals.getAndDecrement() > 0 ? 503 : 204, -1);
            exchange.close();
        });
        hook.start();
        try {
            script.when("hooked", (id, journal) -> {
                journal.commit(step(1, 4));
                journal.commit(step(2, 0));
            });
            String url = "http://127.0.0.1:" + hook.getAddress().getPort() + "/told";
            String id = create(
                    spec("hooked", "noSignal: {steps: 1}") + "webhook: {url: \"" + url + "\", secretRef: hooks}\n");
            ended(id);

            List<Posted> all = List.of(take(posted), take(posted), take(posted));
            assertThat(all).allSatisfy(post -> {
                assertThat(post.id()).startsWith(id + ".");
                assertThat(post.signature()).isEqualTo(signature(post));
            });
            assertThat(all).anySatisfy(post -> assertThat(post.body()).contains("\"type\":\"run.alarm\""));
            assertThat(all)
                    .anySatisfy(post -> assertThat(post.body())
                            .contains("\"type\":\"run.succeeded\"", "no update in 1 of 2 steps"));
            assertThat(all.stream().map(Posted::id).distinct())
                    .as("what was refused came again under its id")
                    .hasSize(2);
        } finally {
            hook.stop(0);
        }
    }

    private static Posted take(BlockingQueue<Posted> posted) throws InterruptedException {
        return Objects.requireNonNull(posted.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS), "nothing was posted");
    }

    /** As a receiver computes it (Standard Webhooks). */
    private static String signature(Posted post) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getDecoder().decode(SECRET.substring("whsec_".length())), "HmacSHA256"));
        byte[] signed = (post.id() + "." + post.timestamp() + "." + post.body()).getBytes(StandardCharsets.UTF_8);
        return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed));
    }

    /** Nothing of this kind is answered before the test ends. */
    private Set<String> hold(String kind) {
        Set<String> asked = ConcurrentHashMap.newKeySet();
        services.listen(question -> {
            if (question.startsWith(kind + " ")) {
                asked.add(question);
                try {
                    answers.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        return asked;
    }

    private Wait awaitWait(String id, String kind) {
        await().atMost(PATIENCE)
                .until(() -> runs.get(id).resource().waitsFor().stream()
                        .anyMatch(wait -> wait.kind().equals(kind)));
        return runs.get(id).resource().waitsFor().stream()
                .filter(wait -> wait.kind().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    private RunResource ended(String id) {
        await().atMost(PATIENCE).until(() -> runs.get(id).state().terminal());
        return runs.get(id).resource();
    }

    private String create(String spec) {
        return creation.create(spec, "application/yaml", null).id();
    }

    private static String spec(String name, String alarm) {
        return spec(name) + (alarm == null ? "" : "alarms: {" + alarm + "}\n");
    }

    private List<String> messages(String id, String type) {
        return events.after(id, 0, 1000).stream()
                .filter(event -> event.type().equals(type))
                .map(RunEvent::message)
                .toList();
    }

    /** @param taught groups of the step's four */
    private static StepRecord step(int step, int taught) {
        return new StepRecord(
                "train",
                step,
                Kind.TRAINING,
                List.of(),
                List.of(
                        new Metric(MetricNames.UPDATES, null, taught == 0 ? 0 : 1),
                        new Metric(MetricNames.GROUPS_SAMPLED, "math", 4),
                        new Metric(MetricNames.GROUPS_KEPT, "math", taught),
                        new Metric(MetricNames.GROUPS_LEFT + ".alike", "math", 4 - taught)));
    }
}
