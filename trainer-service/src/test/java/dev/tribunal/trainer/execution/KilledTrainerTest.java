package dev.tribunal.trainer.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tribunal.trainer.execution.TrainerProcesses.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Trainers in processes of their own that are killed, or asked to end, in every phase of a run. */
@Timeout(300)
class KilledTrainerTest {

    private static final String CONCURRENCY = "--tribunal.trainer.concurrency=20";

    @TempDir
    private Path folder;

    private TrainerProcesses processes;

    @BeforeEach
    void start() throws IOException {
        processes = new TrainerProcesses(folder);
    }

    @AfterEach
    void stop() {
        processes.close();
    }

    /**
     * One place to be killed at.
     *
     * @param place as {@link HaltingTraining} has it; {@code judge} and {@code score}: while the service is asked
     * @param from the step of the checkpoint that the next trainer goes on from; 0 for the beginning
     */
    private record Kill(String place, int step, int from) {

        String name() {
            return place + "-" + step;
        }

        String halt() {
            return place + "@" + step;
        }

        boolean inAService() {
            return place.equals("judge") || place.equals("score");
        }
    }

    private static final List<Kill> KILLS = List.of(
            new Kill("evaluation", 0, 0),
            new Kill("sampling", 1, 0),
            new Kill("judge", 2, 0),
            new Kill("score", 3, 2),
            new Kill("update", 3, 2),
            new Kill("commit", 4, 2),
            new Kill("committed", 4, 2),
            new Kill("writing", 4, 2),
            new Kill("published", 4, 2),
            new Kill("sampling", 5, 4),
            new Kill("evaluation", 6, 6),
            new Kill("evaluated", 6, 6));

    /** Every run halts in another phase; when all have, their trainer is killed, and the next goes on with all of them. */
    @Test
    void runsThatAreKilledInEveryPhaseEndLikeOneThatIsNot() throws IOException {
        Map<String, Kill> kills = new LinkedHashMap<>();
        Set<String> asked = ConcurrentHashMap.newKeySet();
        CountDownLatch killed = new CountDownLatch(1);
        processes
                .services()
                .listen(question -> kills.forEach((run, kill) -> {
                    if (question.startsWith(kill.place() + " " + run + "." + kill.step() + ".math.p")) {
                        asked.add(run);
                        awaitUninterrupted(killed);
                    }
                }));
        Trainer first = processes.start("one", "again:update@2," + halts(), CONCURRENCY);
        String whole = first.create(TrainerProcesses.spec("whole"));
        processes.awaitState(whole, "succeeded");
        KILLS.forEach(kill -> kills.put(first.create(TrainerProcesses.spec(kill.name())), kill));
        String again = first.create(TrainerProcesses.spec("again"));
        KILLS.stream().filter(kill -> !kill.inAService()).forEach(kill -> first.awaitHalt(kill.name(), kill.halt()));
        first.awaitHalt("again", "update@2");
        await().atMost(TrainerProcesses.PATIENCE)
                .until(() ->
                        asked.size() == KILLS.stream().filter(Kill::inAService).count());
        first.kill();
        killed.countDown();

        Trainer second = processes.start("one", "again:committed@5", CONCURRENCY);
        kills.keySet().forEach(run -> processes.awaitState(run, "succeeded"));
        second.awaitHalt("again", "committed@5");
        second.kill();
        processes.start("one", "", CONCURRENCY);
        processes.awaitState(again, "succeeded");

        kills.forEach((run, kill) -> assertLike(whole, run, kill.name(), kill.from()));
        assertLike(whole, again, "killed twice", 0, 4);
    }

    private static String halts() {
        return KILLS.stream().map(kill -> kill.name() + ":" + kill.halt()).collect(Collectors.joining(","));
    }

    /** @param from the steps of the checkpoints that it went on from */
    private void assertLike(String whole, String run, String how, Integer... from) {
        assertThat(processes.texts(
                        "select data ->> 'step' from trainer.events where run_id = ? and type = 'resumed' order by sequence",
                        run))
                .as("%s: where it went on", how)
                .containsExactlyElementsOf(Stream.of(from).map(String::valueOf).toList());
        assertThat(processes.rows(run)).as(how).isEqualTo(processes.rows(whole)).isNotEmpty();
        assertThat(processes.files(run))
                .as(how)
                .isEqualTo(processes.files(whole))
                .isNotEmpty();
        assertThat(processes.entries(run))
                .as("%s: nothing is left over", how)
                .hasSize(3)
                .allMatch(name -> name.startsWith("step-"));
        assertThat(processes.texts("select sequence from trainer.events where run_id = ?", run))
                .doesNotHaveDuplicates();
    }

    /** Killed in a stage, before its artifact is known and after: it is made again, or not, and is the same. */
    @Test
    void runsThatAreKilledInAndBetweenStagesEndLikeOneThatIsNot() throws IOException {
        Map<String, Integer> places = new LinkedHashMap<>();
        List.of("generating", "leaving-answers", "left-answers", "labelling", "leaving-pairs", "left-pairs", "waiting")
                .forEach(place -> places.put(place, 0));
        places.put("leaving-preferences", 0);
        places.put("left-preferences", 0);
        places.put("left-dpo", 2);
        places.put("averaging", 2);
        Trainer first = processes.start(
                "one",
                places.entrySet().stream()
                        .map(place -> place.getKey() + ":" + halt(place))
                        .collect(Collectors.joining(",")),
                CONCURRENCY);
        String whole = first.create(TrainerProcesses.staged("whole"));
        Map<String, String> runs = new LinkedHashMap<>();
        places.keySet().forEach(place -> runs.put(place, first.create(TrainerProcesses.staged(place))));
        processes.awaitState(whole, "succeeded");
        places.entrySet().forEach(place -> first.awaitHalt(place.getKey(), halt(place)));
        first.kill();

        processes.start("one", "", CONCURRENCY);
        runs.values().forEach(run -> processes.awaitState(run, "succeeded"));

        assertThat(processes.artifacts(whole)).hasSize(6);
        runs.forEach((place, run) -> {
            assertThat(processes.artifacts(run)).as(place).isEqualTo(processes.artifacts(whole));
            assertThat(processes.rows(run)).as(place).isEqualTo(processes.rows(whole));
            assertThat(processes.texts(
                            "select message from trainer.events where run_id = ? and type = 'artifact'", run))
                    .as("%s: no stage is done twice", place)
                    .doesNotHaveDuplicates()
                    .hasSize(6);
        });
    }

    private static String halt(Map.Entry<String, Integer> place) {
        return place.getKey() + "@" + place.getValue();
    }

    /** Stages without steps hear orders, too. */
    @Test
    void aStageWithoutStepsCanBePausedAndCancelled() throws IOException {
        Map<String, Integer> places = new LinkedHashMap<>();
        List.of("generating", "labelling", "waiting").forEach(place -> places.put(place, 0));
        places.put("averaging", 2);
        Trainer trainer = processes.start(
                "one",
                places.entrySet().stream()
                        .flatMap(place -> Stream.of("paused-", "cancelled-")
                                .map(order -> order + place.getKey() + ":" + halt(place)))
                        .collect(Collectors.joining(",")),
                CONCURRENCY);
        Map<String, String> runs = new LinkedHashMap<>();
        places.keySet()
                .forEach(place -> Stream.of("paused-", "cancelled-")
                        .forEach(order -> runs.put(order + place, trainer.create(staged(order + place)))));
        String whole = trainer.create(staged("whole"));
        places.entrySet()
                .forEach(place -> Stream.of("paused-", "cancelled-")
                        .forEach(order -> trainer.awaitHalt(order + place.getKey(), halt(place))));
        runs.forEach(
                (name, run) -> trainer.post("/v1/runs/" + run + (name.startsWith("paused-") ? "/pause" : "/cancel")));
        trainer.goOn();

        runs.forEach((name, run) -> processes.awaitState(run, name.replaceFirst("-.*", "")));
        processes.awaitState(whole, "succeeded");
        runs.forEach((name, run) -> {
            if (name.startsWith("paused-")) {
                trainer.post("/v1/runs/" + run + "/resume");
                processes.awaitState(run, "succeeded");
                assertThat(processes.artifacts(run)).as(name).isEqualTo(processes.artifacts(whole));
            } else {
                assertThat(processes.artifacts(run))
                        .as(name)
                        .hasSizeLessThan(processes.artifacts(whole).size());
            }
        });
    }

    /** With a stage after the last one that has no steps, so that an order that comes in it is obeyed before the end. */
    private static String staged(String name) {
        return TrainerProcesses.staged(name) + "- {name: more, type: generate, source: \"file:math.jsonl\"}\n";
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aTrainerThatIsAskedToEndWritesACheckpointAndLeaves() throws IOException {
        Trainer first = processes.start("one", "left:sampling@4", "--tribunal.trainer.lease=10m");
        String left = first.create(TrainerProcesses.spec("left"));
        String whole = first.create(TrainerProcesses.spec("whole"));
        first.awaitHalt("left", "sampling@4");
        first.terminate();
        first.goOn();
        first.awaitEnd();

        assertThat(processes.state(left)).isEqualTo("queued");
        assertThat(processes.texts("select lease_owner from trainer.runs where id = ?", left))
                .containsOnlyNulls();
        assertThat(processes.texts("select step from trainer.checkpoints where run_id = ? order by step", left))
                .containsExactly("2", "3");
        processes.start("two", "");
        processes.awaitState(left, "succeeded");
        processes.awaitState(whole, "succeeded");

        assertThat(processes.texts("select message from trainer.events where run_id = ? and type = 'resumed'", left))
                .containsExactly("taken up again: the run goes on from the checkpoint of step 3");
        assertThat(processes.texts("select step from trainer.checkpoints where run_id = ? order by step", left))
                .as("the one of step 3 was there for this alone")
                .containsExactly("2", "4", "6");
        assertThat(processes.files(left)).isEqualTo(processes.files(whole));
        assertThat(processes.rows(left).stream()
                        .filter(row -> !row.equals("checkpoint checkpoint of step 3"))
                        .toList())
                .isEqualTo(processes.rows(whole));
    }
}
