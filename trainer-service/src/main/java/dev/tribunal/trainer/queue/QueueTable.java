package dev.tribunal.trainer.queue;

import dev.tribunal.servicekit.error.BusyException;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.trainer.TrainerError;
import dev.tribunal.trainer.queue.QueueWorker.LostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A table of work that waits. Whoever works on a row holds it under a lease, and each of its writes asks whether it still
 * does: another trainer may have taken it over, and a person may have cancelled it.
 *
 * <p>Its rows have {@code id}, {@code state}, {@code failure}, {@code started_at}, {@code finished_at}, {@code lease_owner}
 * and {@code lease_expires_at}.
 */
public final class QueueTable {

    private static final Duration RETRY = Duration.ofSeconds(10);
    private static final String WAITS = "state in ('queued', 'running')";
    private static final String HELD = "id = :id and state = 'running' and lease_owner = :owner";
    private static final String EXPIRES = "lease_expires_at = now() + make_interval(secs => :seconds)";

    private final JdbcClient client;
    private final String table;
    private final String noun;

    /**
     * @param table with its schema
     * @param noun of one that waits, such as {@code generation}
     */
    public QueueTable(JdbcClient client, String table, String noun) {
        this.client = client;
        this.table = table;
        this.noun = noun;
    }

    /**
     * To be called in a transaction that queues one more; none is queued beside it before that has ended.
     *
     * @throws BusyException if so many wait already
     */
    public void requireRoom(int most) {
        client.sql("select pg_advisory_xact_lock(hashtext('tribunal.' || :noun || 's'))")
                .param("noun", noun)
                .query((row, _) -> 0)
                .list();
        long waiting = client.sql("select count(*) from " + table + " where " + WAITS)
                .query(Long.class)
                .single();
        if (waiting >= most) {
            throw new BusyException(
                    waiting + " " + noun + "s wait already; try again when one of them has ended, or cancel one.",
                    RETRY);
        }
    }

    /**
     * The oldest that waits, or was left by an earlier instance of this trainer or by one whose lease ran out.
     *
     * @param owner {@code NAME#INSTANCE}
     * @return its id
     */
    public Optional<String> claim(String owner, Duration lease) {
        return client.sql("update " + table
                        + " set state = 'running', lease_owner = :owner, started_at = coalesce(started_at, now()), "
                        + EXPIRES + " where id = (select id from " + table
                        + " where state = 'queued' or state = 'running'"
                        + " and (lease_expires_at < now() or starts_with(lease_owner, :name))"
                        + " order by id limit 1 for update skip locked) returning id")
                .param("owner", owner)
                .param("name", owner.substring(0, owner.lastIndexOf('#') + 1))
                .param("seconds", lease.toSeconds())
                .query(String.class)
                .optional();
    }

    /**
     * Its trainer is alive.
     *
     * @throws LostException if it is another's
     */
    public void hold(String id, String owner, Duration lease) {
        hold(id, owner, lease, "", Map.of());
    }

    /**
     * Its trainer is alive, and tells how far it is.
     *
     * @param assignments beside the lease, as SQL writes them; each ends with a comma
     * @param values of the parameters in them
     * @throws LostException if it is another's
     */
    public void hold(String id, String owner, Duration lease, String assignments, Map<String, ?> values) {
        Map<String, Object> all = new HashMap<>(values);
        all.put("seconds", lease.toSeconds());
        set(id, owner, assignments + " " + EXPIRES, all);
    }

    /**
     * To be called in a transaction, until whose end nobody takes it away.
     *
     * @throws LostException if it is another's
     */
    public void lock(String id, String owner) {
        requireHeld(
                id,
                client.sql("select id from " + table + " where " + HELD + " for update")
                        .param("id", id)
                        .param("owner", owner)
                        .query(String.class)
                        .list()
                        .size());
    }

    /**
     * @param assignments as SQL writes them
     * @param values of the parameters in them
     * @throws LostException if it is another's
     */
    public void set(String id, String owner, String assignments, Map<String, ?> values) {
        requireHeld(id, trySet(id, owner, assignments, values));
    }

    /**
     * @param assignments beside the state, as SQL writes them; each ends with a comma
     * @param values of the parameters in them
     * @throws LostException if it is another's
     */
    public void succeed(String id, String owner, String assignments, Map<String, ?> values) {
        set(id, owner, assignments + " state = 'succeeded', finished_at = now(), lease_owner = null", values);
    }

    /** If it is still its own. */
    public void fail(String id, String owner, String why) {
        trySet(
                id,
                owner,
                "state = 'failed', failure = :why, finished_at = now(), lease_owner = null",
                Map.of("why", why));
    }

    /** The trainer shuts down: the next one goes on. */
    public void leave(String id, String owner) {
        trySet(id, owner, "state = 'queued', lease_owner = null", Map.of());
    }

    private int trySet(String id, String owner, String assignments, Map<String, ?> values) {
        return client.sql("update " + table + " set " + assignments + " where " + HELD)
                .param("id", id)
                .param("owner", owner)
                .params(values)
                .update();
    }

    private void requireHeld(String id, int rows) {
        if (rows == 0) {
            throw new LostException(noun, id);
        }
    }

    /**
     * Nothing comes of it if there is none.
     *
     * @throws TribunalException if it has ended
     */
    public void cancel(String id) {
        int cancelled = client.sql("update " + table
                        + " set state = 'cancelled', finished_at = now(), lease_owner = null where id = :id and "
                        + WAITS)
                .param("id", id)
                .update();
        String ended = cancelled == 0 ? state(id) : null;
        if (ended != null) {
            throw new TribunalException(
                    TrainerError.ACTION_NOT_ALLOWED,
                    noun.substring(0, 1).toUpperCase(Locale.ROOT) + noun.substring(1) + " '" + id + "' is " + ended
                            + " and cannot be cancelled any more.");
        }
    }

    private @Nullable String state(String id) {
        return client.sql("select state from " + table + " where id = :id")
                .param("id", id)
                .query(String.class)
                .optional()
                .orElse(null);
    }
}
