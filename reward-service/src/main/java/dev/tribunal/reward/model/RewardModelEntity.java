package dev.tribunal.reward.model;

import dev.tribunal.contracts.reward.v1.RewardModelRegistration;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Remote;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Source;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.contracts.reward.v1.RewardModelResource.Condition;
import dev.tribunal.contracts.reward.v1.RewardModelResource.CurvePoint;
import dev.tribunal.contracts.reward.v1.RewardModelResource.Head;
import dev.tribunal.contracts.reward.v1.RewardModelResource.State;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/** A version of a reward model: preparing, then ready or failed. Once ready it never changes. */
@Entity
@Table(name = "reward_models")
public class RewardModelEntity {

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private @Nullable Long id;

    private String name;
    private String version;
    private String namespace;

    @Convert(converter = StateWord.class)
    private State state;

    @JdbcTypeCode(SqlTypes.JSON)
    private Source source;

    private @Nullable String digest;
    private @Nullable Integer maxTokens;

    @JdbcTypeCode(SqlTypes.JSON)
    private List<String> labels = List.of();

    @JdbcTypeCode(SqlTypes.JSON)
    private List<Head> heads = List.of();

    private double progress;

    @JdbcTypeCode(SqlTypes.JSON)
    private Map<String, Double> metrics = Map.of();

    @JdbcTypeCode(SqlTypes.JSON)
    private List<CurvePoint> curve = List.of();

    @JdbcTypeCode(SqlTypes.JSON)
    private List<Condition> conditions = List.of();

    private @Nullable String failure;
    private int attempts;
    private Instant createdAt;

    /** For JPA, which fills the fields. */
    @SuppressWarnings("NullAway.Init")
    protected RewardModelEntity() {}

    RewardModelEntity(RewardModelRegistration registration, String namespace) {
        this.namespace = namespace;
        this.name = registration.name();
        this.version = registration.version();
        this.source = registration.source();
        this.state = State.PREPARING;
        this.createdAt = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    long id() {
        return id == null ? 0 : id;
    }

    public String name() {
        return name;
    }

    public String version() {
        return version;
    }

    String namespace() {
        return namespace;
    }

    State state() {
        return state;
    }

    Source source() {
        return source;
    }

    int attempts() {
        return attempts;
    }

    /**
     * A failed version never scored anything, so it may be given another source and another try.
     *
     * @param known what is doubtful about the source already
     */
    void prepareAgain(Source another, List<Condition> known) {
        source = another;
        conditions = known;
        state = State.PREPARING;
        failure = null;
        progress = 0;
        curve = List.of();
        attempts = 0;
    }

    void begun() {
        attempts++;
        progress = 0;
        curve = List.of();
    }

    /** The service is stopping in good order: that was not a failed attempt. */
    void stopped() {
        attempts--;
    }

    void progressed(double share) {
        progress = share;
    }

    void measured(CurvePoint point) {
        List<CurvePoint> longer = new ArrayList<>(curve);
        longer.add(point);
        curve = longer;
    }

    void ready(Prepared prepared) {
        state = State.READY;
        digest = prepared.digest();
        maxTokens = prepared.maxTokens();
        labels = prepared.labels();
        heads = prepared.heads();
        metrics = prepared.metrics();
        conditions = prepared.conditions();
        progress = 1;
    }

    void failed(String reason) {
        state = State.FAILED;
        failure = reason;
    }

    /** The server that scores in its place; absent if it has a checkpoint. */
    @Nullable
    Remote remote() {
        return source instanceof Remote remote ? remote : null;
    }

    /** Its place below the folder of all versions. */
    Path directory(Path data) {
        return data.resolve(name).resolve(version);
    }

    RewardModelResource resource(Path data) {
        return new RewardModelResource(
                name,
                version,
                state,
                digest,
                state == State.READY && remote() == null ? directory(data).toString() : null,
                maxTokens,
                labels,
                heads,
                progress,
                metrics,
                curve,
                failure,
                conditions,
                source,
                createdAt,
                namespace);
    }
}
