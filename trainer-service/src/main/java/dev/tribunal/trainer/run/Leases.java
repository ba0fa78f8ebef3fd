package dev.tribunal.trainer.run;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Who trains which run. A lease runs out when its owner stops renewing it; its epoch is the fencing token: whoever
 * writes with an older epoch than the run's is refused. Times are the database's alone.
 */
@Component
class Leases {

    /** @param owner {@code NAME#INSTANCE} of a trainer */
    record Lease(String runId, String owner, long epoch) {}

    private static final String ACTIVE = "state in ('queued', 'running', 'pausing', 'paused', 'cancelling')";

    private final JdbcClient jdbc;
    private final Duration length;

    Leases(JdbcClient jdbc, TrainerProperties properties) {
        this.jdbc = jdbc;
        this.length = properties.lease();
    }

    /** The oldest queued run that nobody holds, if any; inside a transaction. */
    Optional<Lease> claim(String owner) {
        return jdbc.sql("""
                        update trainer.runs
                        set lease_owner = :owner, lease_epoch = lease_epoch + 1,
                            lease_expires_at = now() + make_interval(secs => :seconds)
                        where id = (select id from trainer.runs where state = 'queued' and lease_owner is null
                                    order by id limit 1 for update skip locked)
                        returning id, lease_epoch""")
                .param("owner", owner)
                .param("seconds", length.toMillis() / 1000.0)
                .query((row, number) -> new Lease(row.getString("id"), owner, row.getLong("lease_epoch")))
                .optional();
    }

    /** Says that the owner is alive. */
    void renew(String owner) {
        jdbc.sql("update trainer.runs set lease_expires_at = now() + make_interval(secs => :seconds)"
                        + " where lease_owner = :owner and " + ACTIVE)
                .param("seconds", length.toMillis() / 1000.0)
                .param("owner", owner)
                .update();
    }

    /**
     * Runs that nobody trains: the trainer's lease ran out, or it was an earlier instance of this trainer, or it is
     * this one, which knows nothing of them; the answer to a claim may be lost after the database has taken it.
     *
     * @param owner asks; never counted as dead
     * @param active the runs that it trains
     */
    List<String> abandoned(String owner, Set<String> active) {
        String name = owner.substring(0, owner.lastIndexOf('#') + 1);
        return jdbc.sql("""
                        select id from trainer.runs
                        where case when lease_owner = :owner then id <> all (cast(:active as text[]))
                                   else lease_expires_at < now() or starts_with(lease_owner, :name) end
                          and lease_owner is not null and\s""" + ACTIVE)
                .param("owner", owner)
                .param("name", name)
                .param("active", active.toArray(String[]::new))
                .query(String.class)
                .list();
    }

    /** From now on the run's trainer is refused; inside the transaction that ends the run. */
    void revoke(String runId) {
        jdbc.sql("update trainer.runs set lease_epoch = lease_epoch + 1 where id = :id")
                .param("id", runId)
                .update();
    }
}
