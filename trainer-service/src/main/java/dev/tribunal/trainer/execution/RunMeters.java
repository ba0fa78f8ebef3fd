package dev.tribunal.trainer.execution;

import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.servicekit.error.DatabaseFailure;
import dev.tribunal.servicekit.input.Words;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The runs that have not ended, as gauges: how many are in which state and for how long, what they wait for, which alarms
 * are raised, and since when a running one has not moved. They are the database's, so that every trainer shows the same;
 * while it is away they are gaps.
 */
@Component
final class RunMeters implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RunMeters.class);
    static final Duration EVERY = Duration.ofSeconds(10);
    private static final List<String> STATES = Stream.of(RunState.values())
            .filter(state -> !state.terminal())
            .map(Words::of)
            .toList();

    private static final String BY_STATE = """
            select state as word, count(*) as runs, extract(epoch from max(now() - state_since)) as seconds
            from trainer.runs where state not in ('succeeded', 'failed', 'cancelled') group by state""";
    private static final String WAITING = """
            select wait ->> 'kind' as word, count(distinct id) as runs,
                extract(epoch from max(now() - cast(wait ->> 'since' as timestamptz))) as seconds
            from trainer.runs, jsonb_array_elements(waits_for) as wait
            where state not in ('succeeded', 'failed', 'cancelled') group by 1""";
    private static final String ALARMS = """
            select stored -> 'alarm' ->> 'type' as word, count(*) as runs
            from trainer.runs, jsonb_array_elements(alarms) as stored
            where state not in ('succeeded', 'failed', 'cancelled') and stored ->> 'over' is null group by 1""";
    private static final String STILL = """
            select coalesce(extract(epoch from max(now() - greatest(state_since,
                (select max(committed_at) from trainer.steps where run_id = runs.id)))), 0)
            from trainer.runs where state = 'running'""";

    private final JdbcClient database;
    private final MeterRegistry meters;
    private final MultiGauge runs;
    private final MultiGauge longest;
    private final MultiGauge waiting;
    private final MultiGauge waitingLongest;
    private final MultiGauge alarms;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("run-meters").factory());
    private volatile double still = Double.NaN;

    RunMeters(JdbcClient database, MeterRegistry meters) {
        this.database = database;
        this.meters = meters;
        this.runs = gauges("tribunal.runs", "Runs in a state").register(meters);
        this.longest = gauges("tribunal.runs.longest", "How long the one that is longest in a state has been in it")
                .baseUnit("seconds")
                .register(meters);
        this.waiting = gauges(
                        "tribunal.runs.waiting", "Runs that wait for something of a kind, longer than two seconds")
                .register(meters);
        this.waitingLongest = gauges(
                        "tribunal.runs.waiting.longest", "How long the longest wait for something of a kind has lasted")
                .baseUnit("seconds")
                .register(meters);
        this.alarms = gauges("tribunal.runs.alarms", "Raised alarms of a type").register(meters);
        Gauge.builder("tribunal.runs.still", this, self -> self.still)
                .description("How long the running run that moves least has committed nothing")
                .baseUnit("seconds")
                .register(meters);
    }

    private static MultiGauge.Builder gauges(String name, String description) {
        return MultiGauge.builder(name).description(description);
    }

    /** One run has come to its end. */
    void ended(RunState state) {
        meters.counter("tribunal.runs.ended", "state", Words.of(state)).increment();
    }

    @EventListener(ApplicationReadyEvent.class)
    void start() {
        for (RunState state : RunState.values()) { // a rate needs the 0 before the first one
            if (state.terminal()) {
                meters.counter("tribunal.runs.ended", "state", Words.of(state));
            }
        }
        var _ = clock.scheduleWithFixedDelay(this::look, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private record Count(String word, double runs, double seconds) {}

    void look() {
        try {
            Map<String, Count> byState = new HashMap<>();
            database.sql(BY_STATE).query(RunMeters::count).list().forEach(count -> byState.put(count.word(), count));
            List<Count> states = STATES.stream()
                    .map(state -> byState.getOrDefault(state, new Count(state, 0, 0)))
                    .toList();
            runs.register(rows("state", states), true);
            longest.register(longest("state", states), true);
            List<Count> waits = database.sql(WAITING).query(RunMeters::count).list();
            waiting.register(rows("kind", waits), true);
            waitingLongest.register(longest("kind", waits), true);
            alarms.register(rows("type", counts(ALARMS)), true);
            still = Objects.requireNonNull(
                    database.sql(STILL).query(Double.class).single());
        } catch (RuntimeException e) {
            List.of(runs, longest, waiting, waitingLongest, alarms).forEach(gauges -> gauges.register(List.of(), true));
            still = Double.NaN;
            if (DatabaseFailure.of(e) != DatabaseFailure.UNAVAILABLE) {
                log.error("cannot count the runs; trying again", e);
            }
        }
    }

    private static Count count(ResultSet row, int number) throws SQLException {
        return new Count(row.getString("word"), row.getDouble("runs"), row.getDouble("seconds"));
    }

    private static List<Row<?>> longest(String tag, List<Count> counts) {
        return counts.stream()
                .<Row<?>>map(count -> Row.of(Tags.of(tag, count.word()), count.seconds()))
                .toList();
    }

    private List<Count> counts(String query) {
        return database.sql(query)
                .query((row, number) -> new Count(row.getString("word"), row.getDouble("runs"), 0))
                .list();
    }

    private static List<Row<?>> rows(String tag, List<Count> counts) {
        return counts.stream()
                .<Row<?>>map(count -> Row.of(Tags.of(tag, count.word()), count.runs()))
                .toList();
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
