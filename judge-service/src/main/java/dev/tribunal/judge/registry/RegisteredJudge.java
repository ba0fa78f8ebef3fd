package dev.tribunal.judge.registry;

import dev.tribunal.contracts.judge.v1.JudgeResource.State;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A version of a judge that somebody registered. */
@Entity
@Table(name = "judge_version")
class RegisteredJudge {

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private @Nullable Long id;

    @Column(updatable = false)
    private String name;

    @Column(updatable = false)
    private String version;

    @Enumerated(EnumType.STRING)
    private State state;

    @Column(updatable = false)
    private String digest;

    /** The registration as JSON. */
    @Column(updatable = false)
    private String registration;

    /** The gate's checks as JSON. */
    private String report;

    @Column(name = "created_at", updatable = false)
    private Instant createdAt;

    @SuppressWarnings("NullAway.Init") // for JPA, which fills the fields
    protected RegisteredJudge() {}

    RegisteredJudge(String name, String version, String digest, String registration, Instant createdAt) {
        this.name = name;
        this.version = version;
        this.state = State.PROBING;
        this.digest = digest;
        this.registration = registration;
        this.report = "[]";
        this.createdAt = createdAt;
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

    String report() {
        return report;
    }

    Instant createdAt() {
        return createdAt;
    }

    void moveTo(State next) {
        state = next;
    }

    void decide(boolean passed, String gateReport) {
        state = passed ? State.ACTIVE : State.REJECTED;
        report = gateReport;
    }
}
