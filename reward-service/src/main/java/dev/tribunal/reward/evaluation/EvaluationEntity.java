package dev.tribunal.reward.evaluation;

import dev.tribunal.contracts.reward.v1.RewardEvaluation;
import dev.tribunal.contracts.reward.v1.RewardEvaluation.Report;
import dev.tribunal.contracts.reward.v1.RewardEvaluation.State;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.servicekit.input.Words;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/** An evaluation: running, then done or failed. */
@Entity
@Table(name = "reward_evaluations")
class EvaluationEntity {

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private @Nullable Long id;

    private long rewardModelId;
    private String data;
    private String state;
    private @Nullable String digest;
    private double progress;

    @JdbcTypeCode(SqlTypes.JSON)
    private @Nullable Report report;

    private @Nullable String failure;
    private Instant createdAt;

    /** For JPA, which fills the fields. */
    @SuppressWarnings("NullAway.Init")
    protected EvaluationEntity() {}

    EvaluationEntity(long rewardModelId, String data) {
        this.rewardModelId = rewardModelId;
        this.data = data;
        this.state = Words.of(State.RUNNING);
        this.createdAt = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    long id() {
        return id == null ? 0 : id;
    }

    long rewardModelId() {
        return rewardModelId;
    }

    String data() {
        return data;
    }

    boolean running() {
        return state.equals(Words.of(State.RUNNING));
    }

    void progressed(double share) {
        progress = share;
    }

    void done(String ofFile, Report found) {
        state = Words.of(State.DONE);
        digest = ofFile;
        report = found;
        progress = 1;
    }

    void failed(String reason) {
        state = Words.of(State.FAILED);
        failure = reason;
    }

    RewardEvaluation resource(RewardModelResource model) {
        return new RewardEvaluation(
                Long.toString(id()),
                model.name(),
                model.version(),
                data,
                Words.constant(State.class, state),
                digest,
                progress,
                report,
                failure,
                createdAt);
    }
}
