package dev.tribunal.judge.fanout;

import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.servicekit.json.StorableText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verdicts in a table, bounded by number and age. They are written behind the answer that they are part of, many in one
 * statement; if the service is killed the last few are lost, and the judge is asked again.
 */
final class VerdictTable implements VerdictCache {

    private static final Logger log = LoggerFactory.getLogger(VerdictTable.class);

    private static final int MAX_WAITING = 50_000;
    private static final int MAX_ROWS = 2_000;
    private static final Duration LAST_WRITES = Duration.ofSeconds(5);
    private static final Duration PURGE_EVERY = Duration.ofMinutes(10);

    private static final String FIND =
            "select key, verdict, score, reason from judge.cached_verdicts where key = any (?)";
    private static final String KEEP = """
            insert into judge.cached_verdicts (key, verdict, score, reason)
            select * from unnest(?, ?, ?, ?) on conflict do nothing""";
    private static final String PURGE_OLD =
            "delete from judge.cached_verdicts where created_at < now() - make_interval(secs => ?)";
    private static final String PURGE_SURPLUS = """
            delete from judge.cached_verdicts where key in (
                select key from judge.cached_verdicts order by created_at desc, key offset ?)""";

    private final DataSource database;
    private final int maxEntries;
    private final Duration maxAge;
    private final BlockingQueue<Row> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Thread writer;
    private int writtenSincePurge;
    private long purgedAt = System.nanoTime();
    private volatile boolean closed;

    private record Row(VerdictKey key, Known known) {}

    /** Wakes the writer up when it must go. */
    private static final Row LAST = new Row(new VerdictKey(0, 0, 0, 0), new Known(Verdict.UNDECIDED, null, null));

    /**
     * @param maxEntries the oldest go when there are more, by a tenth at most
     * @param maxAge of an entry
     */
    VerdictTable(DataSource database, int maxEntries, Duration maxAge) {
        this.database = database;
        this.maxEntries = maxEntries;
        this.maxAge = maxAge;
        this.writer = Thread.ofVirtual().name("verdict-cache").start(this::writeUntilClosed);
    }

    @Override
    public Map<VerdictKey, Known> find(Collection<VerdictKey> keys) {
        Map<VerdictKey, Known> found = new HashMap<>();
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(FIND)) {
            statement.setArray(
                    1,
                    connection.createArrayOf(
                            "bytea", keys.stream().map(VerdictKey::bytes).toArray(byte[][]::new)));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.put(
                            VerdictKey.of(rows.getBytes(1)),
                            new Known(
                                    Words.constant(Verdict.class, rows.getString(2)),
                                    rows.getObject(3, Double.class),
                                    rows.getString(4)));
                }
            }
            return found;
        } catch (SQLException e) {
            log.warn("the verdict cache cannot be read; judges are asked instead: {}", e.getMessage());
            return Map.of();
        }
    }

    @Override
    public void keep(Map<VerdictKey, Known> verdicts) {
        int lost = 0;
        for (Map.Entry<VerdictKey, Known> verdict : verdicts.entrySet()) {
            if (!waiting.offer(new Row(verdict.getKey(), verdict.getValue()))) {
                lost++;
            }
        }
        if (lost > 0) {
            log.warn("the database is too slow for the verdict cache: {} verdicts are not kept", lost);
        }
    }

    private void writeUntilClosed() {
        while (!closed || !waiting.isEmpty()) {
            try {
                Row first = waiting.poll(PURGE_EVERY.toMillis(), TimeUnit.MILLISECONDS);
                if (first != null) {
                    write(first);
                }
                purgeIfDue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void write(Row first) {
        List<Row> rows = new ArrayList<>();
        rows.add(first);
        waiting.drainTo(rows, MAX_ROWS - 1);
        rows.remove(LAST);
        if (rows.isEmpty()) {
            return;
        }
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(KEEP)) {
            Object[][] columns = {
                rows.stream().map(row -> row.key().bytes()).toArray(byte[][]::new),
                rows.stream().map(row -> Words.of(row.known().verdict())).toArray(String[]::new),
                rows.stream().map(row -> row.known().score()).toArray(Double[]::new),
                rows.stream()
                        .map(row -> row.known().reason())
                        .map(reason -> reason == null ? null : StorableText.of(reason))
                        .toArray(String[]::new)
            };
            String[] types = {"bytea", "text", "float8", "text"};
            for (int column = 0; column < types.length; column++) {
                statement.setArray(column + 1, connection.createArrayOf(types[column], columns[column]));
            }
            statement.executeUpdate();
            writtenSincePurge += rows.size();
        } catch (SQLException e) {
            log.warn("the verdict cache cannot be written: {}", e.getMessage());
        }
    }

    private void purgeIfDue() {
        boolean full = writtenSincePurge > Math.max(1, maxEntries / 10);
        if (!full && System.nanoTime() - purgedAt < PURGE_EVERY.toNanos()) {
            return;
        }
        writtenSincePurge = 0;
        purgedAt = System.nanoTime();
        try (Connection connection = database.getConnection();
                PreparedStatement old = connection.prepareStatement(PURGE_OLD);
                PreparedStatement surplus = connection.prepareStatement(PURGE_SURPLUS)) {
            old.setDouble(1, (double) maxAge.toSeconds());
            old.executeUpdate();
            surplus.setInt(1, maxEntries);
            surplus.executeUpdate();
        } catch (SQLException e) {
            log.warn("the verdict cache cannot be purged: {}", e.getMessage());
        }
    }

    /** Writes what is waiting, if the database takes it in a moment: it may be stopping as well. */
    @Override
    public void close() {
        closed = true;
        waiting.offer(LAST);
        try {
            writer.join(LAST_WRITES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
