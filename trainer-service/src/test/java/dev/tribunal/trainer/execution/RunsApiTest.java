package dev.tribunal.trainer.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.VerdictError;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource.Split;
import dev.tribunal.contracts.runs.v1.run.JudgeStatistics;
import dev.tribunal.contracts.runs.v1.run.JudgeStatistics.Agreement;
import dev.tribunal.contracts.runs.v1.run.JudgeStatistics.Latency;
import dev.tribunal.contracts.runs.v1.run.JudgeStatistics.StepVerdicts;
import dev.tribunal.contracts.runs.v1.run.JudgeStatistics.TaskVerdicts;
import dev.tribunal.languagemodel.OutOfNativeMemoryException;
import dev.tribunal.methods.reward.ScoreValue;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import dev.tribunal.trainer.checkpoint.Checkpoint.Purpose;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.RunJournal.Kind;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import dev.tribunal.trainer.journal.RunJournal.StepRecord;
import dev.tribunal.trainer.journal.TrainingFailedException;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

public class RunsApiTest extends TrainerContext {

    private static final MediaType YAML = MediaType.APPLICATION_YAML;
    private static final JsonMapper JSON = new JsonMapper();

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private MeterRegistry meters;

    @Test
    void aRunIsCreatedQueuedAndTrained() {
        ResponseEntity<byte[]> created = post("/v1/runs", spec("plain"));

        assertThat(created.getStatusCode()).isEqualTo(HttpStatus.CREATED);
        String id = body(created).path("id").asString();
        assertThat(id).startsWith("run_");
        assertThat(created.getHeaders().getLocation()).hasToString("/v1/runs/" + id);
        assertThat(created.getHeaders().getETag()).isEqualTo("\"0\"");
        assertThat(body(created).path("state").asString()).isEqualTo("queued");
        awaitState(id, "succeeded");
        assertThat(body(get("/v1/runs/" + id + "/spec"))
                        .at("/tasks/0/judges/0/judge")
                        .asString())
                .isEqualTo("math-answer@2");
    }

    @Test
    void theServiceIsReadyWithItsDatabaseAndKeepsItsRunsToItself() {
        assertThat(get("/health/ready").getStatusCode()).isEqualTo(HttpStatus.OK);
        assertThat(client().get()
                        .uri("/v1/runs")
                        .header("Authorization", "Bearer wrong")
                        .retrieve()
                        .toBodilessEntity()
                        .getStatusCode())
                .isEqualTo(HttpStatus.UNAUTHORIZED);
        assertThat(new String(get("/metrics").getBody(), StandardCharsets.UTF_8))
                .contains("tribunal_runs_active");
    }

    @Test
    void aNameMayHaveAnyLetters() {
        assertThat(body(post("/v1/runs", spec("Größe-π"))).path("name").asString())
                .isEqualTo("Größe-π");
    }

    @Test
    void aBadSpecGetsOneAnswerAndLeavesNoRow() {
        ResponseEntity<byte[]> refused =
                post("/v1/runs", spec("bad").replace("hf:policy", "hf:absent").replace("batchSize: 2", "batchSize: 0"));

        assertThat(refused.getStatusCode()).isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);
        assertThat(body(refused).path("code").asString()).isEqualTo("invalid_spec");
        assertThat(body(refused).path("errors"))
                .extracting(error -> error.path("pointer").asString())
                .containsExactlyInAnyOrder("/policy/model", "/tasks/0/prompts/batchSize");
        assertThat(rowsNamed("bad")).isZero();
    }

    @Test
    void aDryRunShowsTheRunAndLeavesNoRow() {
        ResponseEntity<byte[]> shown = post("/v1/runs?dryRun=true", spec("dry"));

        assertThat(shown.getStatusCode()).isEqualTo(HttpStatus.OK);
        assertThat(body(shown).path("steps").asInt()).isEqualTo(3);
        assertThat(rowsNamed("dry")).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/runs?dryrun=true, 422",
        "/v1/runs?dryRun=perhaps, 422",
    })
    void aQueryThatIsNotUnderstoodStartsNothing(String path, int status) {
        assertThat(post(path, spec("query")).getStatusCode().value()).isEqualTo(status);
        assertThat(rowsNamed("query")).isZero();
    }

    @Test
    void aSpecThatIsTooLargeIsNotReadToItsEnd() {
        assertThat(post("/v1/runs", spec("large") + "#" + "x".repeat(1 << 20)).getStatusCode())
                .isEqualTo(HttpStatus.CONTENT_TOO_LARGE);
    }

    @Test
    void anotherContentTypeIsRefused() {
        ResponseEntity<byte[]> refused = client().post()
                .uri("/v1/runs")
                .contentType(MediaType.TEXT_PLAIN)
                .body(spec("text"))
                .retrieve()
                .toEntity(byte[].class);

        assertThat(refused.getStatusCode()).isEqualTo(HttpStatus.UNSUPPORTED_MEDIA_TYPE);
    }

    @Test
    void aKeyReplayedGivesTheSameRunAndAnotherBodyIsRefused() {
        ResponseEntity<byte[]> first = post("/v1/runs", spec("once"), "key-once");
        ResponseEntity<byte[]> replay = post("/v1/runs", spec("once"), "key-once");
        ResponseEntity<byte[]> other = post("/v1/runs", spec("twice"), "key-once");

        assertThat(replay.getStatusCode()).isEqualTo(HttpStatus.CREATED);
        assertThat(body(replay).path("id")).isEqualTo(body(first).path("id"));
        assertThat(other.getStatusCode()).isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);
        assertThat(body(other).path("code").asString()).isEqualTo("idempotency_key_reused");
        assertThat(rowsNamed("once")).isEqualTo(1);
    }

    @Test
    void manyRequestsWithOneKeyAtOnceMakeOneRun() {
        List<Integer> statuses = IntStream.range(0, 8)
                .parallel()
                .mapToObj(i -> post("/v1/runs", spec("rush"), "key-rush")
                        .getStatusCode()
                        .value())
                .toList();

        assertThat(statuses).contains(201).allMatch(status -> status == 201 || status == 409);
        assertThat(rowsNamed("rush")).isEqualTo(1);
    }

    @Test
    void aKeyOfARefusedSpecCanBeUsedAgain() {
        post("/v1/runs", spec("again").replace("hf:policy", "hf:absent"), "key-again");

        assertThat(post("/v1/runs", spec("again"), "key-again").getStatusCode()).isEqualTo(HttpStatus.CREATED);
    }

    @Test
    void runsAreListedNewestFirstInPages() {
        List<String> ids = IntStream.range(0, 3).mapToObj(i -> create("listed")).toList();
        ids.forEach(id -> awaitState(id, "succeeded"));

        JsonNode first = body(get("/v1/runs?label=test=listed&state=succeeded&limit=2"));
        JsonNode second = body(get("/v1/runs?label=test=listed&limit=2&cursor="
                + first.path("nextCursor").asString()));

        assertThat(texts(first.path("data"), "id")).containsExactly(ids.get(2), ids.get(1));
        assertThat(first.path("hasMore").asBoolean()).isTrue();
        assertThat(texts(second.path("data"), "id")).containsExactly(ids.get(0));
        assertThat(second.path("hasMore").asBoolean()).isFalse();
        assertThat(body(get("/v1/runs?label=test=listed&state=failed")).path("data"))
                .isEmpty();
    }

    @Test
    void runsAreFoundByTheJudgeThatTheyPin() {
        String id = create("pinning");
        awaitState(id, "succeeded");
        String mine = "/v1/runs?label=test=pinning&judge=";

        assertThat(texts(body(get(mine + "math-answer@2")).path("data"), "id")).containsExactly(id);
        assertThat(texts(body(get(mine + "math-answer@2&ended=true")).path("data"), "id"))
                .containsExactly(id);
        assertThat(body(get(mine + "math-answer@2&ended=false")).path("data")).isEmpty();
        assertThat(body(get(mine + "math-answer@1")).path("data")).isEmpty();
        assertThat(body(get(mine + "math@2")).path("data")).isEmpty();
        assertThat(body(get(mine + "length@2")).path("data")).isEmpty();

        String evaluated = body(post(
                        "/v1/runs",
                        spec("pinning").replace("source: ", "heldOut: \"file:held-out.jsonl\", source: ")
                                + "evaluation: {heldOutJudges: [length]}\n"))
                .path("id")
                .asString();
        assertThat(texts(body(get(mine + "length@2")).path("data"), "id")).containsExactly(evaluated);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "judge=math-answer",
                "ended=perhaps",
                "state=done",
                "label=loose",
                "limit=0",
                "limit=100000",
                "cursor=%21",
                "cursor=AA",
                "page=2"
            })
    void aFilterThatIsNotUnderstoodIsRefusedAtItsPointer(String query) {
        ResponseEntity<byte[]> answer = get("/v1/runs?" + query);
        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);
        assertThat(body(answer).at("/errors/0/pointer").asString()).isEqualTo("/" + query.split("=")[0]);
    }

    @Test
    void aFilterThatCannotBeReadIsMalformed() {
        assertThat(get("/v1/runs?label=a%00%3Db").getStatusCode()).isEqualTo(HttpStatus.BAD_REQUEST);
    }

    @Test
    void anUnknownRunIsNotFoundAnywhere() {
        for (String part : List.of("", "/spec", "/events", "/metrics/columns", "/checkpoints", "/episodes")) {
            ResponseEntity<byte[]> answer = get("/v1/runs/run_none" + part);
            assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND);
            assertThat(body(answer).path("code").asString()).isEqualTo("run_not_found");
        }
    }

    @Test
    void aStreamOfAnUnknownRunIsAProblemToo() {
        ResponseEntity<byte[]> answer = client().get()
                .uri("/v1/runs/run_none/events")
                .accept(MediaType.TEXT_EVENT_STREAM)
                .retrieve()
                .toEntity(byte[].class);

        assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND);
        assertThat(body(answer).path("code").asString()).isEqualTo("run_not_found");
    }

    @Test
    void aRunThatHasNotChangedIsNotSentAgain() {
        String id = create("unchanged");
        awaitState(id, "succeeded");
        String etag = get("/v1/runs/" + id).getHeaders().getETag();

        ResponseEntity<byte[]> again = client().get()
                .uri("/v1/runs/" + id)
                .header("If-None-Match", etag)
                .retrieve()
                .toEntity(byte[].class);

        assertThat(again.getStatusCode()).isEqualTo(HttpStatus.NOT_MODIFIED);
        assertThat(again.getBody()).isNull();
    }

    @Test
    void aRunIsPausedResumedAndCancelled() throws InterruptedException {
        CountDownLatch paused = new CountDownLatch(1);
        script.when("orders", (id, journal) -> {
            while (true) {
                journal.awaitPermission();
                paused.await();
            }
        });
        String id = create("orders");
        awaitState(id, "running");

        assertThat(act(id, "pause").getStatusCode()).isEqualTo(HttpStatus.ACCEPTED);
        assertThat(state(id)).isEqualTo("pausing");
        ResponseEntity<byte[]> tooEarly = act(id, "resume");
        assertThat(tooEarly.getStatusCode()).isEqualTo(HttpStatus.CONFLICT);
        assertThat(body(tooEarly).path("detail").asString()).contains("allowed now: cancel");
        paused.countDown();
        awaitState(id, "paused");
        String etag = get("/v1/runs/" + id).getHeaders().getETag();
        assertThat(act(id, "pause").getHeaders().getETag()).isEqualTo(etag);

        assertThat(act(id, "resume").getStatusCode()).isEqualTo(HttpStatus.ACCEPTED);
        awaitState(id, "running");
        assertThat(act(id, "cancel").getStatusCode()).isEqualTo(HttpStatus.ACCEPTED);
        awaitState(id, "cancelled");
        assertThat(act(id, "cancel").getStatusCode()).isEqualTo(HttpStatus.ACCEPTED);
        assertThat(body(act(id, "pause")).path("detail").asString()).contains("allowed now: nothing");
        assertThat(states(id))
                .containsExactly(
                        "queued", "running", "pausing", "paused", "queued", "running", "cancelling", "cancelled");
    }

    @Test
    void aPausedRunWhoseFilesHaveChangedDoesNotGoOn() {
        script.when("edited", (id, journal) -> {
            journal.beforeResuming(() -> {
                throw new TrainingFailedException("file:math.jsonl has changed since the run was created");
            });
            journal.pause("look at me");
            journal.awaitPermission();
        });
        String id = create("edited");
        awaitState(id, "paused");
        act(id, "resume");
        awaitState(id, "failed");
        assertThat(body(get("/v1/runs/" + id)).path("terminalReason").asString())
                .contains("has changed");
        assertThat(states(id)).containsExactly("queued", "running", "pausing", "paused", "queued", "failed");
    }

    @Test
    void aPausedRunLeavesItsPlaceToOthers() {
        script.when("sleeper", (id, journal) -> {
            journal.pause("look at me");
            journal.awaitPermission();
        });
        List<String> sleepers =
                IntStream.range(0, 4).mapToObj(i -> create("sleeper")).toList();
        sleepers.forEach(id -> awaitState(id, "paused"));

        String other = create("other");
        awaitState(other, "succeeded");

        assertThat(body(get("/v1/runs/" + sleepers.getFirst()))
                        .at("/conditions/0/message")
                        .asString())
                .isEqualTo("look at me");
        sleepers.forEach(id -> act(id, "resume"));
        sleepers.forEach(id -> awaitState(id, "succeeded"));
        assertThat(body(get("/v1/runs/" + sleepers.getFirst())).path("conditions"))
                .isEmpty();
    }

    @Test
    void aRunThatFailsSaysWhy() {
        script.when("fails", (id, journal) -> {
            throw new TrainingFailedException("the loss is NaN; lower learningRate");
        });
        String id = create("fails");
        awaitState(id, "failed");

        assertThat(body(get("/v1/runs/" + id)).path("terminalReason").asString())
                .isEqualTo("the loss is NaN; lower learningRate");
    }

    @Test
    void aRunThatNeedsMoreMemoryThanThereIsSaysWhatTakesLess() {
        script.when("hungry", (id, journal) -> {
            throw new OutOfNativeMemoryException("you tried to allocate 99 bytes", new RuntimeException());
        });
        String id = create("hungry");
        awaitState(id, "failed");

        assertThat(body(get("/v1/runs/" + id)).path("terminalReason").asString())
                .startsWith("the model ran out of memory")
                .contains("99 bytes", "training.microBatchTokens", "policy.precision");
    }

    @Test
    void aStepIsStoredWholeAndFoundAgain() {
        script.when("stored", (id, journal) -> {
            journal.phase("step 1");
            journal.commit(
                    new StepRecord("train", 0, Kind.EVALUATION, List.of(episode(0, 0, Verdict.SATISFIED)), List.of()));
            journal.commit(new StepRecord(
                    "train",
                    1,
                    Kind.TRAINING,
                    List.of(episode(1, 0, Verdict.SATISFIED), episode(1, 1, Verdict.UNDECIDED)),
                    List.of(new Metric("score", "math", 0.5), new Metric("gradientNorm", null, 2.0))));
            journal.warn("judge-undecided", "half undecided");
            journal.warn("judge-undecided", "all undecided");
            journal.checkpoint(
                    new Checkpoint(1, Path.of("/data/step-1"), "sha256:c", "state", Purpose.MILESTONE), null);
        });
        String id = create("stored");
        awaitState(id, "succeeded");

        JsonNode run = body(get("/v1/runs/" + id));
        assertThat(run.path("step").asInt()).isEqualTo(1);
        assertThat(texts(run.path("conditions"), "message")).containsExactly("all undecided");
        JsonNode episodes = body(get("/v1/runs/" + id + "/episodes?step=1&limit=1"));
        EpisodeResource stored = JSON.treeToValue(episodes.path("data").get(0), EpisodeResource.class);
        assertThat(stored).usingRecursiveComparison().ignoringFields("id").isEqualTo(episode(1, 0, Verdict.SATISFIED));
        String cursor = episodes.path("nextCursor").asString();
        JsonNode rest = body(get("/v1/runs/" + id + "/episodes?step=1&cursor=" + cursor));
        assertThat(rest.path("data")).hasSize(1);
        assertThat(rest.at("/data/0/verdicts/0/error/code").asString()).isEqualTo("timeout");
        assertThat(rest.at("/data/0/feasible").isMissingNode()).isTrue();
        assertThat(count(id, "")).isEqualTo(3);
        assertThat(count(id, "?verdict=undecided")).isEqualTo(1);
        assertThat(count(id, "?prompt=0")).isEqualTo(3);
        assertThat(count(id, "?prompt=99")).isZero();
        assertThat(count(id, "?violated=math-answer")).isZero();
        assertThat(count(id, "?finishReason=length")).isZero();
        assertThat(count(id, "?minScore=1.25")).isEqualTo(3);
        assertThat(count(id, "?minScore=2.25&maxScore=2.25")).isEqualTo(1);
        assertThat(count(id, "?maxScore=1.2")).isZero();
        for (String odd : List.of("NaN", "1e999", "high", "0x1p3")) {
            assertThat(get("/v1/runs/" + id + "/episodes?minScore=" + odd)
                            .getStatusCode()
                            .value())
                    .as(odd)
                    .isEqualTo(422);
        }
        assertThat(count(id, "?verdict=not-asked")).isEqualTo(3);
        assertThat(count(id, "?judge=math-answer&verdict=satisfied")).isEqualTo(2);
        assertThat(count(id, "?judge=math-answer@2")).isEqualTo(3);
        assertThat(count(id, "?judge=math-answer@1")).isZero();
        assertThat(count(id, "?judge=length&verdict=satisfied")).isZero();
        assertThat(count(id, "?split=held-out")).isEqualTo(1);
        assertThat(count(id, "?task=math&step=1")).isEqualTo(2);
        assertThat(body(get("/v1/runs/" + id + "/checkpoints"))
                        .at("/data/0/digest")
                        .asString())
                .isEqualTo("sha256:c");
        JsonNode histogram =
                body(get("/v1/runs/" + id + "/histograms?value=score&bins=3")).get(0);
        assertThat(histogram.path("low").asDouble()).isEqualTo(1.25);
        assertThat(histogram.path("high").asDouble()).isEqualTo(2.25);
        assertThat(histogram.path("parts").toString()).isEqualTo("[{\"fromStep\":1,\"toStep\":1,\"counts\":[1,0,1]}]");
        assertThat(body(get("/v1/runs/" + id + "/histograms?value=regularizedReward")))
                .isEmpty();
        assertThat(body(get("/v1/runs/" + id + "/histograms?split=held-out&bins=2"))
                        .at("/0/parts/0/counts/0")
                        .asInt())
                .as("all are the same")
                .isEqualTo(1);
        assertThat(get("/v1/runs/" + id + "/histograms?value=luck")
                        .getStatusCode()
                        .value())
                .isEqualTo(422);
        JsonNode events = body(get("/v1/runs/" + id + "/events"));
        assertThat(texts(events.path("data"), "type"))
                .containsExactly("state", "state", "evaluation", "step", "warning", "warning", "checkpoint", "state");
        assertThat(events.at("/data/3/data/tasks/math/score").asDouble()).isEqualTo(0.5);
        assertThat(events.at("/data/3/data/metrics/gradientNorm").asDouble()).isEqualTo(2.0);
    }

    @Test
    void whatEachJudgeDidIsCountedByTaskAndStep() {
        Verdict yes = Verdict.SATISFIED;
        Verdict no = Verdict.VIOLATED;
        Verdict none = Verdict.UNDECIDED;
        script.when("counted", (id, journal) -> {
            commit(journal, 1, judged(1, 0, yes, yes), judged(1, 1, yes, no), judged(1, 2, no, no));
            commit(journal, 2, judged(2, 0, no, no), judged(2, 1, yes, none));
            commit(journal, 3, judged(3, 0, none, none), judged(3, 1, no, Verdict.NOT_ASKED));
        });
        String id = create("counted");
        awaitState(id, "succeeded");

        JsonNode all = body(get("/v1/runs/" + id + "/judges"));
        JudgeStatistics[] judges = JSON.treeToValue(all, JudgeStatistics[].class);
        assertThat(judges).extracting(JudgeStatistics::judge).containsExactly("length", "math-answer");
        JudgeStatistics math = judges[1];
        assertThat(math.breaker()).isEqualTo("closed");
        assertThat(math.tasks())
                .containsExactly(new TaskVerdicts(
                        "math",
                        3,
                        3,
                        1,
                        0,
                        List.of(
                                new StepVerdicts(1, 1, 2, 1, 0, 0),
                                new StepVerdicts(2, 2, 1, 1, 0, 0),
                                new StepVerdicts(3, 3, 0, 1, 1, 0))));
        assertThat(judges[0].tasks()).extracting(TaskVerdicts::notAsked).containsExactly(1L);
        assertThat(math.undecided()).isEqualTo(Map.of("timeout", 1L));
        assertThat(math.latency()).isEqualTo(new Latency(12, 12, 12, 12, 1));
        // Both decided four: yes yes, yes no, no no, no no. Chance: 1/2 * 1/4 + 1/2 * 3/4 = 1/2.
        assertThat(math.agreement()).containsExactly(new Agreement("length", "1", 4, 3, 0.5, 2L));
        assertThat(judges[0].agreement()).containsExactly(new Agreement("math-answer", "2", 4, 3, 0.5, 2L));
        assertThat(judges[0].undecided()).isEqualTo(Map.of("timeout", 2L));

        JsonNode thinned = body(get("/v1/runs/" + id + "/judges?maxPoints=2&split=train&task=math"));
        assertThat(thinned.at("/1/tasks/0/steps"))
                .extracting(
                        part -> part.path("fromStep").asInt(),
                        part -> part.path("toStep").asInt())
                .containsExactly(tuple(1, 2), tuple(3, 3));
        assertThat(body(get("/v1/runs/" + id + "/judges?fromStep=3")).at("/1/tasks/0/steps"))
                .hasSize(1);
        assertThat(body(get("/v1/runs/" + id + "/judges?split=held-out"))).isEmpty();
        assertThat(body(get("/v1/runs/" + id + "/judges?task=none"))).isEmpty();
        assertThat(meters.get("tribunal.task.agreements")
                        .tags("judge", "math-answer", "other", "length", "same", "true")
                        .counter()
                        .count())
                .isEqualTo(3);
    }

    @Test
    void aRunSaysWhichJudgeHasDriftedAndWhenThatIsOver() {
        VerdictError error = new VerdictError("judge_drifted", false, "math-answer@2 has drifted");
        JudgeVerdict drifted = new JudgeVerdict("math-answer", "2", Verdict.UNDECIDED, null, null, error, 0, 0);
        CountDownLatch seen = new CountDownLatch(1);
        script.when("drift", (id, journal) -> {
            commit(journal, 1, episode(1, 0, "four", List.of(drifted)));
            seen.await();
            commit(journal, 2, episode(2, 0, "four", List.of(verdict("math-answer", "2", Verdict.VIOLATED))));
        });
        String id = create("drift");
        await().untilAsserted(() -> assertThat(texts(body(get("/v1/runs/" + id)).path("conditions"), "type"))
                .contains("judge-drifted:math-answer@2"));
        seen.countDown();
        awaitState(id, "succeeded");
        assertThat(texts(body(get("/v1/runs/" + id)).path("conditions"), "type"))
                .doesNotContain("judge-drifted:math-answer@2");
    }

    private static void commit(RunJournal journal, int step, EpisodeResource... episodes) {
        journal.commit(new StepRecord("train", step, Kind.TRAINING, List.of(episodes), List.of()));
    }

    /** An episode that two judges saw. */
    private static EpisodeResource judged(int step, int sample, Verdict math, Verdict length) {
        return episode(
                step, sample, "four", List.of(verdict("math-answer", "2", math), verdict("length", "1", length)));
    }

    @Test
    void episodesAreListedByLengthPageAfterPageAndByWhatTheyViolateTogether() {
        Verdict yes = Verdict.SATISFIED;
        Verdict no = Verdict.VIOLATED;
        script.when(
                "ordered",
                (id, journal) -> commit(
                        journal,
                        1,
                        judged(1, 0, no, no),
                        judged(1, 1, yes, no),
                        judged(1, 2, no, no),
                        judged(1, 3, no, yes)));
        String id = create("ordered");
        awaitState(id, "succeeded");

        assertThat(count(id, "?violated=math-answer&violated=length")).isEqualTo(2);
        assertThat(count(id, "?violated=length@1")).isEqualTo(3);
        assertThat(samples(id, "committed")).containsExactly(0, 1, 2, 3);
        assertThat(samples(id, "shortest")).containsExactly(0, 1, 2, 3);
        assertThat(samples(id, "longest")).containsExactly(3, 2, 1, 0);
        assertThat(samples(id, "lowest-score")).containsExactly(0, 1, 2, 3);
        assertThat(samples(id, "highest-score")).containsExactly(3, 2, 1, 0);
        assertThat(get("/v1/runs/" + id + "/episodes?order=best")
                        .getStatusCode()
                        .value())
                .isEqualTo(422);
    }

    @Test
    void aTextThatPostgresCannotHoldIsStillStored() {
        EpisodeResource odd = episode(1, 0, "nul \0 and half a pair \uD83D", Verdict.SATISFIED);
        script.when(
                "odd",
                (id, journal) -> journal.commit(new StepRecord("train", 1, Kind.TRAINING, List.of(odd), List.of())));
        String id = create("odd");
        awaitState(id, "succeeded");

        assertThat(body(get("/v1/runs/" + id + "/episodes"))
                        .at("/data/0/completion")
                        .asString())
                .isEqualTo("nul \uFFFD and half a pair ?");
    }

    @Test
    void metricsComeByColumnWithWhatIsNewAndThinnedWithTheirExtremes() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        script.when("series", (id, journal) -> {
            for (int step = 1; step <= 101; step++) {
                double peak = step == 40 ? 1000 : step == 42 ? -1000 : step;
                journal.commit(new StepRecord(
                        "train",
                        step,
                        Kind.TRAINING,
                        List.of(),
                        List.of(new Metric("loss", null, peak), new Metric("kl", "math", Double.NaN))));
            }
            go.await();
            journal.commit(new StepRecord(
                    "train",
                    102,
                    Kind.TRAINING,
                    List.of(),
                    List.of(new Metric("loss", null, 102), new Metric("kl", "math", 0.5))));
        });
        String id = create("series");
        String columns = "/v1/runs/" + id + "/metrics/columns";
        await().until(() -> body(get("/v1/runs/" + id)).path("step").asInt() == 101);

        JsonNode all = body(get(columns));
        assertThat(all.path("series")).hasSize(1);
        assertThat(all.at("/series/0/name").asString()).isEqualTo("loss");
        assertThat(all.at("/series/0/steps")).hasSize(101);
        assertThat(all.at("/series/0/values")).hasSize(101);
        JsonNode thinned = body(get(columns + "?name=loss&maxPoints=6"));
        assertThat(thinned.at("/series/0/steps")).extracting(JsonNode::asInt).containsExactly(1, 40, 42, 51, 100, 101);
        assertThat(body(get(columns + "?name=kl")).path("series")).isEmpty();

        go.countDown();
        awaitState(id, "succeeded");
        JsonNode news = body(get(columns + "?after=" + all.path("cursor").asString()));
        assertThat(news.path("reset").asBoolean()).isFalse();
        assertThat(news.path("hasMore").asBoolean()).isFalse();
        assertThat(news.at("/series"))
                .extracting(series -> series.path("name").asString() + series.path("steps") + series.path("values"))
                .containsExactly("kl[102][0.5]", "loss[102][102.0]");
        assertThat(body(get(columns + "?after=" + news.path("cursor").asString()))
                        .path("series"))
                .isEmpty();
        assertThat(get(columns + "?maxPoints=1").getStatusCode()).isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT);
        assertThat(body(get(columns + "?after=tomorrow"))
                        .at("/errors/0/pointer")
                        .asString())
                .isEqualTo("/after");
    }

    @Test
    void aStreamReplaysFollowsAndEndsWithTheRun() {
        CountDownLatch go = new CountDownLatch(1);
        script.when("stream", (id, journal) -> {
            journal.commit(new StepRecord("train", 1, Kind.TRAINING, List.of(), List.of()));
            go.await();
            journal.commit(new StepRecord("train", 2, Kind.TRAINING, List.of(), List.of()));
        });
        String id = create("stream");
        awaitState(id, "running");

        List<String> ids = new ArrayList<>();
        stream(id, null, line -> {
            if (line.startsWith("id: ")) {
                ids.add(line.substring(4));
            }
            if (line.equals("event: step")) {
                go.countDown();
            }
        });

        assertThat(ids).containsExactly("1", "2", "3", "4", "5");
        List<String> replayed = new ArrayList<>();
        stream(id, "3", line -> {
            if (line.startsWith("event: ")) {
                replayed.add(line.substring(7));
            }
        });
        assertThat(replayed).containsExactly("step", "state");
        assertThat(openStream(id, "5")).isEqualTo(HttpStatus.NO_CONTENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "application/json", "application/json, text/event-stream;q=0.5"})
    void whoeverDoesNotAskForAStreamGetsAPage(String accept) {
        String id = create("paged");
        awaitState(id, "succeeded");

        ResponseEntity<byte[]> page = client().get()
                .uri("/v1/runs/" + id + "/events?after=1&limit=1")
                .header("Accept", accept)
                .retrieve()
                .toEntity(byte[].class);

        assertThat(page.getHeaders().getContentType()).hasToString("application/json");
        assertThat(body(page).at("/data/0/sequence").asInt()).isEqualTo(2);
        assertThat(body(page).path("hasMore").asBoolean()).isTrue();
    }

    private interface Lines {
        void take(String line);
    }

    private void stream(String id, @Nullable String lastEventId, Lines lines) {
        client().get()
                .uri("/v1/runs/" + id + "/events")
                .accept(MediaType.TEXT_EVENT_STREAM)
                .headers(headers -> {
                    if (lastEventId != null) {
                        headers.set("Last-Event-ID", lastEventId);
                    }
                })
                .exchange((request, response) -> {
                    assertThat(response.getHeaders().getContentType()).hasToString("text/event-stream;charset=UTF-8");
                    new BufferedReader(new InputStreamReader(response.getBody(), StandardCharsets.UTF_8))
                            .lines()
                            .forEach(lines::take);
                    return "";
                });
    }

    private HttpStatus openStream(String id, String lastEventId) {
        return (HttpStatus) client().get()
                .uri("/v1/runs/" + id + "/events")
                .accept(MediaType.TEXT_EVENT_STREAM)
                .header("Last-Event-ID", lastEventId)
                .retrieve()
                .toBodilessEntity()
                .getStatusCode();
    }

    static EpisodeResource episode(int step, int sample, Verdict verdict) {
        return episode(step, sample, "four", verdict);
    }

    private static EpisodeResource episode(int step, int sample, String completion, Verdict verdict) {
        JudgeVerdict notAsked =
                new JudgeVerdict("safety", "1", Verdict.NOT_ASKED, null, "length@1 had found it violated", null, 0, 0);
        return episode(step, sample, completion, List.of(verdict("math-answer", "2", verdict), notAsked));
    }

    private static EpisodeResource episode(int step, int sample, String completion, List<JudgeVerdict> verdicts) {
        boolean decided = verdicts.stream().noneMatch(verdict -> verdict.verdict() == Verdict.UNDECIDED);
        return new EpisodeResource(
                "",
                "train",
                step,
                "math",
                step == 0 ? Split.HELD_OUT : Split.TRAIN,
                0,
                sample,
                Math.max(step - 1, 0),
                List.of(Message.user("2+2?")),
                completion,
                "stop",
                Collections.nCopies(sample + 1, 4), // the later the longer and the better
                Collections.nCopies(sample + 1, -1.2345678f),
                Collections.nCopies(sample + 1, -1.5f),
                1.25 + sample,
                null,
                "helpfulness@2",
                List.of(new EpisodeResource.ModelScore(
                        "helpfulness",
                        "helpfulness@2",
                        new ScoreValue(1.25, 0.1, Map.of("good", 0.7, "bad", 0.3)),
                        null,
                        ScoreValue.of(0.75))),
                "4",
                0.75,
                0.6224593312018546,
                0.6224593312018546,
                null,
                0.4,
                decided ? true : null,
                verdicts,
                0.1,
                "positive",
                null,
                null);
    }

    private static JudgeVerdict verdict(String judge, String version, Verdict verdict) {
        boolean decided = verdict != Verdict.UNDECIDED;
        return new JudgeVerdict(
                judge,
                version,
                verdict,
                decided ? 1.0 : null,
                decided ? "right" : null,
                decided ? null : new VerdictError("timeout", true, "after 1 s"),
                12,
                decided ? 0 : 1,
                decided);
    }

    /** Of all pages, of three each. */
    private List<Integer> samples(String id, String order) {
        List<Integer> samples = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = body(get("/v1/runs/" + id + "/episodes?limit=3&order=" + order + cursor));
            page.path("data").forEach(row -> samples.add(row.path("sample").asInt()));
            cursor = page.path("hasMore").asBoolean()
                    ? "&cursor=" + page.path("nextCursor").asString()
                    : "";
        } while (!cursor.isEmpty());
        return samples;
    }

    private long count(String id, String query) {
        return body(get("/v1/runs/" + id + "/episodes" + query)).path("data").size();
    }

    private String create(String name) {
        ResponseEntity<byte[]> created = post("/v1/runs", spec(name));
        assertThat(created.getStatusCode()).as(() -> body(created).toString()).isEqualTo(HttpStatus.CREATED);
        return body(created).path("id").asString();
    }

    private ResponseEntity<byte[]> act(String id, String action) {
        return client().post().uri("/v1/runs/" + id + "/" + action).retrieve().toEntity(byte[].class);
    }

    private void awaitState(String id, String state) {
        await().untilAsserted(() -> assertThat(state(id)).isEqualTo(state));
    }

    private String state(String id) {
        return body(get("/v1/runs/" + id)).path("state").asString();
    }

    private List<String> states(String id) {
        List<String> states = new ArrayList<>();
        body(get("/v1/runs/" + id + "/events")).path("data").forEach(event -> {
            if (event.path("type").asString().equals("state")) {
                states.add(event.at("/data/state").asString());
            }
        });
        return states;
    }

    private long rowsNamed(String name) {
        return jdbc.queryForObject("select count(*) from trainer.runs where name = ?", Long.class, name);
    }

    private ResponseEntity<byte[]> get(String path) {
        return client().get()
                .uri(URI.create("http://127.0.0.1:" + port + path))
                .retrieve()
                .toEntity(byte[].class);
    }

    private ResponseEntity<byte[]> post(String path, String spec) {
        return post(path, spec, null);
    }

    private ResponseEntity<byte[]> post(String path, String spec, @Nullable String key) {
        return client().post()
                .uri(path)
                .contentType(YAML)
                .headers(headers -> {
                    if (key != null) {
                        headers.set("Idempotency-Key", key);
                    }
                })
                .body(spec.getBytes(StandardCharsets.UTF_8))
                .retrieve()
                .toEntity(byte[].class);
    }

    private static JsonNode body(ResponseEntity<byte[]> answer) {
        return JSON.readTree(answer.getBody());
    }

    private static List<String> texts(JsonNode array, String field) {
        return array.valueStream()
                .map(element -> element.path(field).asString())
                .toList();
    }
}
