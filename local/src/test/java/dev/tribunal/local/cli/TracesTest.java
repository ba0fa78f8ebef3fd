package dev.tribunal.local.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.platform.Home;
import dev.tribunal.local.platform.Platform;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.servicekit.testing.OtlpReceiver;
import dev.tribunal.servicekit.testing.OtlpReceiver.Received;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a collector is sent while a run is trained on a whole platform, one of whose judges is a service of its own. */
class TracesTest {

    private static final String SETTING = "tribunal.traces.endpoint";
    private static final int TASK = 3; // engagement
    private static final String SHOUTING = "judge no-shouting@1";

    @TempDir
    private static Path folder;

    private static OtlpReceiver collector;
    private static List<String> ofJudge;
    private static List<EpisodeResource> rollouts;
    private static String run;

    @BeforeAll
    static void train() throws IOException, InterruptedException {
        collector = new OtlpReceiver();
        System.setProperty(SETTING, collector.endpoint().toString());
        try (NoShouting judge = new NoShouting();
                Platform platform = Platform.complete(Home.open(folder.resolve("home")), 0)) {
            platform.start(false, part -> {});
            PlatformClient client = new PlatformClient(platform.address());
            client.judges().register(judge.registration("no-shouting", "1"), "application/yaml");
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> client.judges().get("no-shouting", "1").state() == JudgeResource.State.ACTIVE);
            RunsApi runs = client.runs();
            run = SmallDemo.create(spec(), runs);
            await().atMost(Duration.ofMinutes(3))
                    .until(() -> runs.get(run).state().terminal());
            assertThat(runs.get(run).state()).as("%s", runs.get(run)).isEqualTo(RunState.SUCCEEDED);
            rollouts = SmallDemo.rollouts(runs, run, 2);
            ofJudge = judge.traceparents();
        } finally {
            System.clearProperty(SETTING);
        }
    }

    @AfterAll
    static void stop() {
        collector.close();
    }

    private static ObjectNode spec() throws IOException {
        ObjectNode spec = SmallDemo.spec(2, folder);
        ObjectNode task = (ObjectNode) spec.path("tasks").path(TASK);
        task.putArray("judges").add("finished@1").add("no-shouting@1");
        ArrayNode tasks = spec.putArray("tasks");
        tasks.add((JsonNode) task);
        return spec;
    }

    private static Received step(int step) {
        return collector.spans().stream()
                .filter(span -> span.name().equals("step")
                        && String.valueOf(step).equals(span.tags().get("tribunal.step")))
                .findFirst()
                .orElseThrow();
    }

    private static List<Received> below(Received span) {
        return collector.spans().stream()
                .filter(other -> other.parent().equals(span.id()))
                .toList();
    }

    /** The names from a span up to the trace's beginning, with the service of each. */
    private static List<String> path(Received span) {
        Map<String, Received> byId = new HashMap<>();
        collector.spans().forEach(each -> byId.put(each.id(), each));
        List<String> path = new ArrayList<>();
        for (Received at = span; ; at = Objects.requireNonNull(byId.get(at.parent()), "its parent was sent")) {
            path.add(at.service() + ": " + at.name());
            if (at.parent().isEmpty()) {
                return path;
            }
        }
    }

    private static List<Received> ofStep(int step, String name) {
        String trace = step(step).trace();
        return collector.spans().stream()
                .filter(span -> span.trace().equals(trace) && span.name().equals(name))
                .toList();
    }

    @Test
    void aStepSaysWhoseItIsAndWhatItWasMadeOf() {
        Received step = step(2);
        assertThat(step.parent()).isEmpty();
        assertThat(step.service()).isEqualTo("trainer-service");
        assertThat(step.failed()).isFalse();
        assertThat(step.tags()).containsEntry("tribunal.run", run).containsEntry("tribunal.stage", "train");
        assertThat(below(step))
                .extracting(Received::name)
                .contains("sampling", "reference", "scoring", "judging", "update", "commit", "checkpoint");
        assertThat(step(1).trace()).isNotEqualTo(step.trace());
    }

    @Test
    void anEvaluationIsATraceOfItsOwn() {
        List<Received> evaluations = collector.spans().stream()
                .filter(span -> span.name().equals("evaluation"))
                .toList();
        assertThat(evaluations).isNotEmpty().allSatisfy(evaluation -> {
            assertThat(evaluation.parent()).isEmpty();
            assertThat(evaluation.tags()).containsEntry("tribunal.run", run);
            assertThat(below(evaluation)).extracting(Received::name).contains("sampling", "scoring", "judging");
        });
    }

    @Test
    void oneTreeLeadsFromTheStepToEachJudge() {
        for (String judge : List.of("judge finished@1", SHOUTING)) {
            List<Received> asked = ofStep(2, judge);
            assertThat(asked).as(judge).isNotEmpty();
            assertThat(path(asked.getFirst()))
                    .containsExactly(
                            "judge-service: " + judge,
                            "judge-service: POST /v1/judgements",
                            "trainer-service: POST",
                            "trainer-service: judging",
                            "trainer-service: step");
        }
        assertThat(ofStep(2, "judging"))
                .allSatisfy(judging -> assertThat(judging.tags()).containsEntry("tribunal.task", "engagement"));
    }

    @Test
    void eachJudgeSaysWhatItDecided() {
        for (String judge : List.of("finished", "no-shouting")) {
            List<Received> asked = ofStep(2, "judge " + judge + "@1");
            assertThat(asked).allSatisfy(one -> assertThat(one.tags()).containsEntry("tribunal.breaker", "closed"));
            for (Verdict verdict : List.of(Verdict.SATISFIED, Verdict.VIOLATED, Verdict.UNDECIDED)) {
                long stored = rollouts.stream()
                        .flatMap(rollout -> rollout.verdicts().stream())
                        .filter(one -> one.judge().equals(judge) && one.verdict() == verdict)
                        .count();
                assertThat(sum(asked, "tribunal.verdicts." + Words.of(verdict)))
                        .as("%s by %s", verdict, judge)
                        .isEqualTo(stored);
            }
            assertThat(sum(asked, "tribunal.verdicts.cached"))
                    .isEqualTo(rollouts.stream()
                            .flatMap(rollout -> rollout.verdicts().stream())
                            .filter(one -> one.judge().equals(judge) && one.cached())
                            .count());
        }
        assertThat(rollouts).isNotEmpty();
    }

    private static long sum(List<Received> spans, String tag) {
        return spans.stream()
                .mapToLong(span -> Long.parseLong(span.tags().getOrDefault(tag, "0")))
                .sum();
    }

    @Test
    void oneTreeLeadsFromTheStepToTheRewardModel() {
        List<Received> scored = collector.spans().stream()
                .filter(span ->
                        span.trace().equals(step(2).trace()) && span.name().startsWith("score "))
                .toList();
        assertThat(scored).isNotEmpty();
        assertThat(path(scored.getFirst()))
                .containsExactly(
                        "reward-service: " + scored.getFirst().name(),
                        "reward-service: POST /v1/reward-models/{name}/versions/{version}/score",
                        "trainer-service: POST",
                        "trainer-service: scoring",
                        "trainer-service: step");
        assertThat(scored.getFirst().tags().get("tribunal.scored"))
                .isEqualTo(scored.getFirst().tags().get("tribunal.items"));
    }

    @Test
    void aJudgeThatIsAServiceIsToldWhatItWorksFor() {
        List<String> calls = ofStep(2, SHOUTING).stream()
                .flatMap(judge -> below(judge).stream())
                .filter(call -> call.kind() == 3)
                .map(call -> "00-" + call.trace() + "-" + call.id() + "-03")
                .toList();
        assertThat(calls).isNotEmpty();
        assertThat(ofJudge).containsAll(calls);
    }

    @Test
    void noTextOfPromptOrCompletionIsSent() {
        String sent = collector.raw();
        for (EpisodeResource rollout : rollouts) {
            String text = rollout.completion();
            if (text.length() > 10) {
                assertThat(sent).doesNotContain(text.substring(0, 10));
            }
        }
    }
}
