package dev.tribunal.gateway.access;

import dev.tribunal.contracts.access.v1.AuditApi;
import dev.tribunal.contracts.access.v1.AuditEntry;
import dev.tribunal.contracts.common.Page;
import dev.tribunal.servicekit.page.Cursor;
import dev.tribunal.servicekit.page.Pages;
import dev.tribunal.servicekit.page.QueryMistakes;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/audit} */
@RestController
final class AuditController implements AuditApi {

    private final AuditLog log;

    AuditController(AuditLog log) {
        this.log = log;
    }

    @Override
    public Page<AuditEntry> list(
            @Nullable String caller,
            @Nullable String namespace,
            @Nullable String path,
            @Nullable String since,
            @Nullable String until,
            @Nullable String cursor,
            @Nullable Integer limit) {
        int count = Objects.requireNonNull(limit);
        AuditLog.Filter filter = new AuditLog.Filter(
                caller,
                namespace,
                path,
                time("since", since),
                time("until", until),
                cursor == null ? null : Cursor.position(cursor, Long::parseLong));
        return Pages.of(
                log.page(filter, count + 1, CallerAuthentication.current().identity()),
                count,
                entry -> String.valueOf(entry.id()));
    }

    private static @Nullable Instant time(String parameter, @Nullable String text) {
        try {
            return text == null ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw QueryMistakes.of(
                    parameter, "is '" + text + "', must be a time as RFC 3339 has it: 2026-01-31T12:00:00Z");
        }
    }
}
