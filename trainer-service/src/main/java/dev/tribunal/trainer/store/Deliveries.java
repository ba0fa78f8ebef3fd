package dev.tribunal.trainer.store;

import dev.tribunal.contracts.runs.v1.run.RunEvent;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.servicekit.input.Words;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What runs' webhooks are still to be told: alarms, and that a run paused or ended. */
@Component
public class Deliveries {

    private static final Set<String> STATES =
            EnumSet.of(RunState.PAUSED, RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED).stream()
                    .map(Words::of)
                    .collect(Collectors.toSet());

    private final JdbcTemplate jdbc;
    private final JdbcClient client;

    Deliveries(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
        this.client = JdbcClient.create(jdbc);
    }

    /** @param attempts how often it has been tried, this time included */
    public record Delivery(String runId, long sequence, int attempts) {}

    /** Inside the transaction that made the news. */
    void add(String runId, List<RunEvent> news) {
        jdbc.batchUpdate(
                "insert into trainer.deliveries (run_id, sequence) values (?, ?)",
                news.stream()
                        .filter(Deliveries::isTold)
                        .map(event -> new Object[] {runId, event.sequence()})
                        .toList());
    }

    private static boolean isTold(RunEvent event) {
        return switch (event.type()) {
            case "alarm" -> true;
            case "state" ->
                STATES.contains(Objects.requireNonNullElse(event.data().get("state"), ""));
            default -> false;
        };
    }

    /**
     * Those that are due. Whoever takes them has so long to {@link #done} them before another one does.
     *
     * @param most so many at most
     */
    public List<Delivery> take(int most, Duration lease) {
        return client.sql("""
                        update trainer.deliveries d
                        set attempts = attempts + 1, due_at = now() + make_interval(secs => :lease)
                        from (select run_id, sequence from trainer.deliveries where due_at <= now()
                              order by due_at, run_id, sequence limit :most for update skip locked) due
                        where d.run_id = due.run_id and d.sequence = due.sequence
                        returning d.run_id, d.sequence, d.attempts""")
                .param("lease", lease.toSeconds())
                .param("most", most)
                .query((row, _) ->
                        new Delivery(row.getString("run_id"), row.getLong("sequence"), row.getInt("attempts")))
                .list();
    }

    /** It was taken, or is given up. */
    public void done(Delivery delivery) {
        jdbc.update(
                "delete from trainer.deliveries where run_id = ? and sequence = ?",
                delivery.runId(),
                delivery.sequence());
    }

    /** It is tried again after a while. */
    public void later(Delivery delivery, Duration pause) {
        jdbc.update(
                "update trainer.deliveries set due_at = now() + make_interval(secs => ?)"
                        + " where run_id = ? and sequence = ?",
                pause.toSeconds(),
                delivery.runId(),
                delivery.sequence());
    }
}
