package dev.tribunal.trainer.store;

import dev.tribunal.contracts.runs.v1.run.RunEvent;
import java.sql.Timestamp;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * The events of runs, with numbers that rise within a run. A number that is missing was of a step that a resumed run has
 * taken back; none is given twice.
 */
@Component
public class EventLog {

    private final JdbcTemplate jdbc;

    EventLog(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Inside the transaction that made the news. */
    public void append(String runId, List<RunEvent> news) {
        jdbc.batchUpdate(
                "insert into trainer.events (run_id, sequence, time, type, message, data)"
                        + " values (?, ?, ?, ?, ?, ?::jsonb)",
                news.stream()
                        .map(event -> new Object[] {
                            runId,
                            event.sequence(),
                            Timestamp.from(event.time()),
                            event.type(),
                            event.message(),
                            Columns.json(event.data())
                        })
                        .toList());
    }

    /** Events after a sequence number, oldest first. */
    public List<RunEvent> after(String runId, long sequence, int limit) {
        return jdbc.query(
                "select * from trainer.events where run_id = ? and sequence > ? order by sequence limit ?",
                (row, number) -> new RunEvent(
                        row.getLong("sequence"),
                        row.getTimestamp("time").toInstant(),
                        row.getString("type"),
                        row.getString("message"),
                        Columns.object(row.getString("data"))),
                runId,
                sequence,
                limit);
    }
}
