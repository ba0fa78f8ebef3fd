package dev.tribunal.trainer.store;

import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.servicekit.input.Words;
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
public class Leases {

    /**
     * @param owner {@code NAME#INSTANCE} of a trainer
     * @param attempt how often trainers have taken the run up, from 1; 0 where it is validated
     */
    public record Lease(String runId, String owner, long epoch, int attempt) {}

    private static final String ACTIVE = "state in ('queued', 'running', 'pausing', 'paused', 'cancelling')";

    /** Held by a trainer whose lease ran out, an earlier instance of this one, or this one, which knows nothing of it. */
    private static final String ABANDONED = """
            case when lease_owner = :owner then id <> all (cast(:active as text[]))
                 else lease_expires_at < now() - make_interval(secs => :grace)
                      or starts_with(lease_owner, :name) end""";

    private final JdbcClient jdbc;
    private final Duration length;

    Leases(JdbcClient jdbc, TrainerProperties properties) {
        this.jdbc = jdbc;
        this.length = properties.lease();
    }

    /** The oldest queued run that nobody holds, if any, with one more attempt; inside a transaction. */
    public Optional<Lease> claim(String owner) {
        return jdbc.sql("""
                        update trainer.runs
                        set lease_owner = :owner, lease_epoch = lease_epoch + 1, attempts = attempts + 1,
                            lease_expires_at = now() + make_interval(secs => :seconds)
                        where id = (select id from trainer.runs where state = 'queued' and lease_owner is null
                                    order by id limit 1 for update skip locked)
                        returning id, lease_epoch, attempts""")
                .param("owner", owner)
                .param("seconds", seconds())
                .query((row, number) ->
                        new Lease(row.getString("id"), owner, row.getLong("lease_epoch"), row.getInt("attempts")))
                .optional();
    }

    /**
     * The oldest run that is to be validated, if any; inside a transaction. A validation that was broken off is begun
     * anew: it has changed nothing.
     *
     * @param owner asks; it is validating no run
     */
    public Optional<Lease> claimValidation(String owner) {
        return jdbc.sql("""
                        update trainer.runs
                        set lease_owner = :owner, lease_epoch = lease_epoch + 1,
                            lease_expires_at = now() + make_interval(secs => :seconds)
                        where id = (select id from trainer.runs
                                    where state = 'validating' and (lease_owner is null or\s""" + ABANDONED + """
                                    ) order by id limit 1 for update skip locked)
                        returning id, lease_epoch""")
                .param("owner", owner)
                .param("seconds", seconds())
                .param("name", name(owner))
                .param("active", new String[0])
                .param("grace", 0)
                .query((row, number) -> new Lease(row.getString("id"), owner, row.getLong("lease_epoch"), 0))
                .optional();
    }

    /** The run is nobody's again, and its trainer is refused; inside a transaction that has locked the run. */
    public void release(String runId) {
        jdbc.sql("update trainer.runs set lease_owner = null, lease_epoch = lease_epoch + 1 where id = :id")
                .param("id", runId)
                .update();
    }

    /** The state of a run that is still held under this lease; empty if it is not. */
    Optional<RunState> state(Lease lease) {
        return jdbc.sql("select state from trainer.runs where id = :id and lease_epoch = :epoch")
                .param("id", lease.runId())
                .param("epoch", lease.epoch())
                .query((row, _) -> Words.constant(RunState.class, row.getString("state")))
                .optional();
    }

    /** Says that the owner is alive. */
    public void renew(String owner) {
        jdbc.sql("update trainer.runs set lease_expires_at = now() + make_interval(secs => :seconds)"
                        + " where lease_owner = :owner and (state = 'validating' or " + ACTIVE + ")")
                .param("seconds", seconds())
                .param("owner", owner)
                .update();
    }

    /**
     * Runs that nobody trains: the trainer's lease ran out, or it was an earlier instance of this trainer, or it is
     * this one, which knows nothing of them; the answer to a claim may be lost after the database has taken it.
     *
     * @param owner asks; never counted as dead
     * @param active the runs that it trains
     * @param grace how long a lease has to have run out
     */
    public List<String> abandoned(String owner, Set<String> active, Duration grace) {
        return jdbc.sql("select id from trainer.runs where " + ABANDONED + " and lease_owner is not null and " + ACTIVE)
                .param("owner", owner)
                .param("name", name(owner))
                .param("active", active.toArray(String[]::new))
                .param("grace", seconds(grace))
                .query((row, _) -> row.getString("id"))
                .list();
    }

    /**
     * Takes a run away from a trainer that has abandoned it, and refuses that trainer's further writes; inside a
     * transaction that has locked the run.
     *
     * @return false if it is not abandoned, or not any more
     */
    public boolean revokeAbandoned(String runId, String owner, Set<String> active, Duration grace) {
        return jdbc.sql("update trainer.runs set lease_owner = null, lease_epoch = lease_epoch + 1 where id = :id and "
                                + ABANDONED + " and lease_owner is not null and " + ACTIVE)
                        .param("id", runId)
                        .param("owner", owner)
                        .param("name", name(owner))
                        .param("active", active.toArray(String[]::new))
                        .param("grace", seconds(grace))
                        .update()
                == 1;
    }

    private double seconds() {
        return seconds(length);
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    /** What all instances of a trainer have in common. */
    private static String name(String owner) {
        return owner.substring(0, owner.lastIndexOf('#') + 1);
    }
}
