package dev.tribunal.servicekit.error;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/** What PostgreSQL or the way to it objected to, at the root of whatever Spring and Hibernate made of it. */
public enum DatabaseFailure {
    /** The database does not answer, not in time, or accepts no connection at the moment. */
    UNAVAILABLE,
    /** A text has a character that PostgreSQL's texts cannot have: NUL. */
    UNSTORABLE_TEXT,
    /** A number or a text does not fit. */
    OUT_OF_RANGE;

    /** Null if the failure is another one. */
    public static @Nullable DatabaseFailure of(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 20; depth++, cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                DatabaseFailure known = ofOne(sql);
                if (known != null) {
                    return known;
                }
            }
        }
        return null;
    }

    private static @Nullable DatabaseFailure ofOne(SQLException sql) {
        if (sql instanceof SQLTransientConnectionException
                || sql instanceof SQLNonTransientConnectionException
                || sql instanceof SQLRecoverableException) {
            return UNAVAILABLE;
        }
        String state = sql.getSQLState();
        if (state == null) {
            // The pool's, of a connection that broke while it was in use.
            return "Connection is closed".equals(sql.getMessage()) ? UNAVAILABLE : null;
        }
        // 08: connection; 57P: shut down, crashed, starting; 53: out of connections, memory, disk.
        if (state.startsWith("08") || state.startsWith("57P") || state.startsWith("53")) {
            return UNAVAILABLE;
        }
        return switch (state) {
            case "22021", "22P05" -> UNSTORABLE_TEXT;
            case "22001", "22003", "54000", "22P03" -> OUT_OF_RANGE;
            default -> null;
        };
    }
}
