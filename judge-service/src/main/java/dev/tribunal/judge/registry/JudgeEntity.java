package dev.tribunal.judge.registry;

import dev.tribunal.contracts.judge.v1.registry.JudgeResource.State;
import dev.tribunal.judge.registration.Registration;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** A version of a judge, as registered. {@link JudgeStore} changes it, under a lock. */
@Entity
@Table(name = "judges")
class JudgeEntity {

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private @Nullable Long id;

    @Column(updatable = false)
    private String name;

    @Column(updatable = false)
    private String version;

    @Convert(converter = StateWord.class)
    private State state;

    @Column(updatable = false)
    private String digest;

    /** The registration as JSON. */
    @Column(updatable = false)
    private String registration;

    @Column(updatable = false)
    private String namespace;

    private @Nullable String source;

    private boolean withdrawn;

    /** The gate's checks as JSON. */
    private String report;

    /** As JSON; what the judge said of itself when the gate first let it pass. */
    private @Nullable String descriptor;

    /** As JSON. */
    private @Nullable String drift;

    @Convert(converter = StateWord.class)
    @Column(name = "drifted_from")
    private @Nullable State driftedFrom;

    private int drifts;

    @Column(name = "probed_at")
    private @Nullable Instant probedAt;

    @Column(name = "created_at", updatable = false)
    private Instant createdAt;

    @Column(name = "deleted_at")
    private @Nullable Instant deletedAt;

    @SuppressWarnings("NullAway.Init") // for JPA, which fills the fields
    protected JudgeEntity() {}

    /**
     * @param source who registers it, if it was not registered over HTTP
     * @param namespace that it belongs to
     */
    JudgeEntity(Registration registration, @Nullable String source, String namespace) {
        this.namespace = namespace;
        this.name = registration.name();
        this.version = registration.version();
        this.state = State.PROBING;
        this.registration = registration.canonicalJson();
        this.digest = registration.digest();
        this.source = source;
        this.report = "[]";
        this.createdAt = now();
    }

    String name() {
        return name;
    }

    String version() {
        return version;
    }

    State state() {
        return state;
    }

    String digest() {
        return digest;
    }

    String registration() {
        return registration;
    }

    String namespace() {
        return namespace;
    }

    String report() {
        return report;
    }

    Instant createdAt() {
        return createdAt;
    }

    @Nullable
    String source() {
        return source;
    }

    /** Whether it is its source that took it back, and nobody by hand. */
    boolean withdrawn() {
        return withdrawn;
    }

    @Nullable
    String descriptor() {
        return descriptor;
    }

    @Nullable
    Instant probedAt() {
        return probedAt;
    }

    boolean deleted() {
        return deletedAt != null;
    }

    @Nullable
    String drift() {
        return drift;
    }

    /** What decides its verdicts: it was another judge before it drifted, though under the same version. */
    String verdictDigest() {
        return drifts == 0 ? digest : digest + "+" + drifts;
    }

    /** It decides its fixtures otherwise, if it was to judge at all. */
    void driftAway(String why) {
        if (state == State.ACTIVE || state == State.DRAINING) {
            driftedFrom = state;
            state = State.DRIFTED;
            drift = why;
            drifts++;
        }
    }

    /** It decides its fixtures as registered, and is what it was before. */
    void comeBack(String how) {
        if (state == State.DRIFTED) {
            state = driftedFrom == null ? State.ACTIVE : driftedFrom;
            driftedFrom = null;
            drift = how;
        }
    }

    /** @param next what it is once it has come back */
    void returnsTo(State next) {
        driftedFrom = next;
    }

    void moveTo(State next) {
        state = next;
    }

    void withdraw(boolean takenBack) {
        withdrawn = takenBack;
    }

    /**
     * The gate has decided.
     *
     * @param asked the state in which the judge was put to it: a state that it has been moved to since stays; null
     *     if it was fetched already
     * @param found what the judge said of itself; the first that passes is kept
     */
    void decide(@Nullable State asked, boolean passed, String gateReport, @Nullable String found) {
        report = gateReport;
        probedAt = now();
        if (state == asked && (passed || state != State.DRIFTED)) {
            state = passed ? State.ACTIVE : State.REJECTED;
        }
        if (passed && descriptor == null) {
            descriptor = found;
        }
    }

    void delete() {
        deletedAt = now();
        state = State.RETIRED;
    }

    /** The very same is registered again over HTTP, and is no longer declared elsewhere. */
    void revive() {
        deletedAt = null;
        source = null;
        withdrawn = false;
        state = State.PROBING;
    }

    /** As PostgreSQL keeps it. */
    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }
}
