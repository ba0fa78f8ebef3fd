package dev.tribunal.gateway.access;

import dev.tribunal.contracts.access.v1.AuditEntry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The audit log as stored. */
@Component
final class AuditLog implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(AuditLog.class);
    private static final Duration CLEAN_UP_EVERY = Duration.ofHours(1);

    /** Entries that go in one statement, so that none holds others up. */
    private static final int BATCH = 10_000;

    private final JdbcClient client;
    private final Duration kept;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("audit-clean-up").factory());

    AuditLog(JdbcClient client, AccessProperties properties) {
        this.client = client;
        this.kept = properties.auditKept();
    }

    /** Before the change: what cannot be written down is not done. */
    long begin(
            String caller,
            String namespace,
            String method,
            @Nullable String route,
            String path,
            String requestId,
            String address) {
        Instant now = Instant.now();
        return client.sql("""
                insert into gateway.audit_entries (at, caller, namespace, method, route, path, request_id, address)
                values (:at, :caller, :namespace, :method, :route, :path, :request, :address) returning id""")
                .param("at", Timestamp.from(now))
                .param("caller", caller)
                .param("namespace", namespace)
                .param("method", method)
                .param("route", route)
                .param("path", path)
                .param("request", requestId)
                .param("address", address)
                .query(Long.class)
                .single();
    }

    void end(long id, int status) {
        try {
            client.sql("update gateway.audit_entries set status = :status where id = :id")
                    .param("status", status)
                    .param("id", id)
                    .update();
        } catch (DataAccessException e) {
            log.warn("the status {} of audit entry {} cannot be written", status, id, e);
        }
    }

    @EventListener(ApplicationReadyEvent.class)
    void start() {
        var _ = clock.scheduleWithFixedDelay(this::cleanUp, 0, CLEAN_UP_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Deletes what is older than the setting says. */
    void cleanUp() {
        try {
            Timestamp oldest = Timestamp.from(Instant.now().minus(kept));
            int deleted = BATCH;
            while (deleted == BATCH) {
                deleted = client.sql("""
                        delete from gateway.audit_entries where id in (
                            select id from gateway.audit_entries where at < :oldest order by at limit :batch)""")
                        .param("oldest", oldest)
                        .param("batch", BATCH)
                        .update();
            }
        } catch (DataAccessException e) {
            log.warn("old audit entries cannot be deleted; trying again in {}", CLEAN_UP_EVERY, e);
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    /**
     * Which entries a list is of; null where it does not matter.
     *
     * @param before only those with smaller ids
     */
    record Filter(
            @Nullable String caller,
            @Nullable String namespace,
            @Nullable String path,
            @Nullable Instant since,
            @Nullable Instant until,
            @Nullable Long before) {}

    /** The latest first. */
    List<AuditEntry> page(Filter filter, int limit, Identity admin) {
        return client.sql("""
                select * from gateway.audit_entries
                where (cast(:caller as text) is null or caller = :caller)
                  and (cast(:namespace as text) is null or namespace = :namespace)
                  and (cast(:path as text) is null or starts_with(path, :path))
                  and (cast(:since as timestamptz) is null or at >= :since)
                  and (cast(:until as timestamptz) is null or at < :until)
                  and (cast(:before as bigint) is null or id < :before)
                  and (:all or namespace = any(string_to_array(:mine, ',')))
                order by id desc limit :limit""")
                .param("caller", filter.caller())
                .param("namespace", filter.namespace())
                .param("path", filter.path())
                .param("since", timestamp(filter.since()))
                .param("until", timestamp(filter.until()))
                .param("before", filter.before())
                .param("all", admin.ofAllNamespaces())
                .param("mine", String.join(",", admin.namespaces()))
                .param("limit", limit)
                .query(AuditLog::read)
                .list();
    }

    private static @Nullable Timestamp timestamp(@Nullable Instant instant) {
        return instant == null ? null : Timestamp.from(instant);
    }

    private static AuditEntry read(ResultSet row, int index) throws SQLException {
        return new AuditEntry(
                row.getLong("id"),
                row.getTimestamp("at").toInstant().truncatedTo(ChronoUnit.MILLIS),
                row.getString("caller"),
                row.getString("namespace"),
                row.getString("method"),
                row.getString("route"),
                row.getString("path"),
                row.getObject("status", Integer.class),
                row.getString("request_id"),
                row.getString("address"));
    }
}
