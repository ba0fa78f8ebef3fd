package dev.tribunal.trainer.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.trainer.execution.TrainerProcesses.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two trainers on one database: each run is trained by one, and one that has lost its runs writes nothing. */
@Timeout(300)
class StoppedTrainerTest {

    /** Where a trainer is stopped that does not know, when it wakes up, that another one has taken its runs. */
    private static final List<String> PLACES =
            List.of("sampling@3", "commit@3", "committed@4", "writing@4", "published@4", "evaluation@6");

    private static final String CONCURRENCY = "--tribunal.trainer.concurrency=8";
    private static final String LEASE = "--tribunal.trainer.lease=2s";

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

    @Test
    void aStoppedTrainerThatWakesUpWritesNothingMore() throws IOException, InterruptedException {
        Trainer stopped = processes.start("stopped", halts(), CONCURRENCY, LEASE);
        String whole = stopped.create(TrainerProcesses.spec("whole"));
        processes.awaitState(whole, "succeeded");
        Map<String, String> runs = new LinkedHashMap<>();
        PLACES.forEach(place -> runs.put(place, stopped.create(TrainerProcesses.spec(name(place)))));
        runs.forEach((place, run) -> stopped.awaitHalt(name(place), place));
        stopped.signal("STOP");

        processes.start("other", "", CONCURRENCY, LEASE);
        runs.values().forEach(run -> processes.awaitState(run, "succeeded"));
        runs.forEach((place, run) -> assertLike(whole, run, place));
        stopped.goOn();
        stopped.signal("CONT");
        runs.values().forEach(run -> stopped.awaitWords("run " + run + " is dropped"));

        runs.forEach((place, run) -> assertLike(whole, run, place + ", awake"));
        runs.forEach((place, run) -> assertThat(
                        processes.texts("select distinct lease_owner from trainer.runs where id = ?", run))
                .as(place)
                .allMatch(owner -> owner.startsWith("other#")));
    }

    private static String halts() {
        return String.join(
                ",", PLACES.stream().map(place -> name(place) + ":" + place).toList());
    }

    private static String name(String place) {
        return place.replace('@', '-');
    }

    private void assertLike(String whole, String run, String how) {
        assertThat(processes.rows(run)).as(how).isEqualTo(processes.rows(whole)).isNotEmpty();
        assertThat(processes.files(run))
                .as(how)
                .isEqualTo(processes.files(whole))
                .isNotEmpty();
        assertThat(processes.entries(run).stream().filter(entry -> entry.startsWith("step-")))
                .as("%s: checkpoints on disk", how)
                .hasSize(3);
    }

    @Test
    void everyRunIsTrainedByOneOfTwoTrainers() throws IOException {
        Trainer one = processes.start("one", "", LEASE);
        processes.start("two", "", LEASE);
        List<String> runs = IntStream.range(0, 6)
                .mapToObj(i -> one.create(TrainerProcesses.spec("run-" + i)))
                .toList();

        runs.forEach(run -> processes.awaitState(run, "succeeded"));

        for (String run : runs) {
            assertThat(processes.texts("select attempts from trainer.runs where id = ?", run))
                    .containsExactly("1");
            assertThat(processes.rows(run)).isEqualTo(processes.rows(runs.getFirst()));
        }
        assertThat(processes
                        .jdbc()
                        .queryForObject("select count(distinct lease_owner) from trainer.runs", Integer.class))
                .as("both have trained")
                .isEqualTo(2);
    }
}
