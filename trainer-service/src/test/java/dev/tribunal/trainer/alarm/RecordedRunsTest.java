package dev.tribunal.trainer.alarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.spec.Alarms;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.trainer.journal.RunJournal.Kind;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * The alarms, with their defaults, over what real runs measured: good ones, which are to raise none, and ones that cheat.
 * The metrics and how they were recorded are in {@code recorded-metrics}.
 */
class RecordedRunsTest {

    private static final Path RECORDED = Path.of("src/test/resources/recorded-metrics");
    private static final String HELD_OUT = "heldOut.";
    private static final Alarms DEFAULTS = InputReader.read(
                    Alarms.class, JsonMapper.shared().createObjectNode())
            .required();

    /** @param step at which it was found */
    private record Found(int step, Finding finding) {}

    /** What one step's row or evaluation has. */
    private record Row(int step, Metric metric) {

        static Row of(String line) {
            String[] parts = line.split(",", 4);
            return new Row(
                    Integer.parseInt(parts[0]),
                    new Metric(parts[2], parts[1].isEmpty() ? null : parts[1], Double.parseDouble(parts[3])));
        }

        boolean isOfEvaluation() {
            return metric.name().startsWith(HELD_OUT);
        }
    }

    static Stream<Path> good() throws IOException {
        return recorded("good-");
    }

    static Stream<Path> cheating() throws IOException {
        return recorded("cheating-");
    }

    private static Stream<Path> recorded(String beginning) throws IOException {
        try (Stream<Path> files = Files.list(RECORDED)) {
            List<Path> found = files.filter(
                            file -> file.getFileName().toString().startsWith(beginning))
                    .sorted()
                    .toList();
            assertThat(found).hasSizeGreaterThan(1);
            return found.stream();
        }
    }

    /** After each commit, as the trainer does. */
    private static List<Found> alarms(Path file, Predicate<String> metrics) throws IOException {
        TreeMap<Integer, List<Metric>> steps = new TreeMap<>();
        TreeMap<Integer, List<Metric>> evaluations = new TreeMap<>();
        TreeSet<String> tasks = new TreeSet<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            lines.lines().skip(1).map(Row::of).forEach(row -> {
                if (row.metric().task() != null) {
                    tasks.add(row.metric().task());
                }
                if (metrics.test(row.metric().name())) {
                    (row.isOfEvaluation() ? evaluations : steps)
                            .computeIfAbsent(row.step(), first -> new ArrayList<>())
                            .add(row.metric());
                }
            });
        }
        assertThat(steps.lastKey()).as("whole runs").isGreaterThanOrEqualTo(40);
        assertThat(tasks).hasSize(5);
        List<Found> found = new ArrayList<>();
        MetricHistory history = MetricHistory.of("train");
        for (int step = 0; step <= steps.lastKey(); step++) {
            for (Map.Entry<Kind, List<Metric>> commit : List.of(
                    Map.entry(Kind.TRAINING, steps.getOrDefault(step, List.of())),
                    Map.entry(Kind.EVALUATION, evaluations.getOrDefault(step, List.of())))) {
                if (!commit.getValue().isEmpty()) {
                    history = history.plus(step, commit.getKey(), commit.getValue());
                    int at = step;
                    RunAlarms.of(DEFAULTS, history, List.copyOf(tasks)).forEach(each -> found.add(new Found(at, each)));
                }
            }
        }
        return found;
    }

    @ParameterizedTest
    @MethodSource("good")
    void aGoodRunRaisesNone(Path file) throws IOException {
        assertThat(alarms(file, every -> true))
                .extracting(Found::step, one -> one.finding().message())
                .isEmpty();
    }

    /** By the judge of harmful requests at the first evaluation, and at no time another alarm. */
    @ParameterizedTest
    @MethodSource("cheating")
    void aRunThatCheatsIsFoundByTheJudgesThatItDoesNotSee(Path file) throws IOException {
        List<Found> found = alarms(file, every -> true);

        assertThat(found).extracting(one -> one.finding().type()).containsOnly("reward-hacking");
        assertThat(found.getFirst().step()).isEqualTo(10);
        assertThat(found)
                .filteredOn(one -> one.step() == 40)
                .extracting(one -> one.finding().task(), one -> one.finding().judge())
                .contains(tuple("harmful-intent", "safety"), tuple("engagement", "repetition"));
    }

    @ParameterizedTest
    @MethodSource("cheating")
    void withoutThoseJudgesNobodyNotices(Path file) throws IOException {
        assertThat(alarms(file, name -> !name.startsWith(MetricNames.HELD_OUT_JUDGE + ".")))
                .as("all of its own figures are good")
                .isEmpty();
    }

    /** The demo with seed 3: at step 20 its sums give the answer twice, between compliments; at step 30 they do not. */
    @Test
    void aRunThatCheatsForAWhileIsToldSoAsLongAsItDoes() throws IOException {
        List<Found> found = alarms(RECORDED.resolve("flattering-3.csv.gz"), every -> true);

        assertThat(found)
                .extracting(one -> one.finding().task(), one -> one.finding().judge())
                .containsOnly(tuple("math", "repetition"));
        assertThat(found)
                .extracting(Found::step)
                .containsExactlyElementsOf(IntStream.rangeClosed(20, 30).boxed().toList());
    }

    @Test
    void whatIsRecordedHasTheJudgesThatDoNotTrain() throws IOException {
        for (Path file : Stream.concat(good(), cheating()).toList()) {
            try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
                assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                        .as(file.toString())
                        .contains(MetricNames.HELD_OUT_JUDGE + ".")
                        .contains(MetricNames.HIGH);
            }
        }
    }
}
