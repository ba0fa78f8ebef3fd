package dev.tribunal.reward.model;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Remote;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.contracts.reward.v1.RewardModelResource.Condition;
import dev.tribunal.contracts.reward.v1.RewardModelResource.State;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.reward.remote.RemoteModels;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.page.Cursor;
import dev.tribunal.servicekit.page.Pages;
import dev.tribunal.servicekit.work.WorkPool;
import jakarta.annotation.PreDestroy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** The registry: registers versions, has them prepared, and finds them again. */
@Service
public class RewardModels {

    static final String LATEST = "latest";
    private static final int MAX_PREPARING = 32;

    /** Pairs are read and a tokenizer is loaded; the gateway waits for two minutes. */
    private static final Duration LONGEST_CHECK = Duration.ofSeconds(100);

    private static final int MAX_WAITING_CHECKS = 8;

    private final RewardModelRepository versions;
    private final Preparations preparations;
    private final Engine engine;
    private final FileRoots files;
    private final RemoteModels remotes;
    private final TransactionTemplate transactions;
    private final Path data;
    private final WorkPool checks =
            new WorkPool("checks of reward models", WorkPool.halfOfProcessors(), MAX_WAITING_CHECKS);

    RewardModels(
            RewardModelRepository versions,
            Preparations preparations,
            Engine engine,
            FileRoots files,
            RemoteModels remotes,
            TransactionTemplate transactions,
            RewardProperties properties) {
        this.transactions = transactions;
        this.versions = versions;
        this.preparations = preparations;
        this.engine = engine;
        this.files = files;
        this.remotes = remotes;
        this.data = properties.directory();
    }

    /**
     * Registers a version and queues its preparation. The same registration again gives the same version; a version
     * that failed may be registered again, with a mended source.
     *
     * @throws TribunalException 422 with all mistakes; 409 if the version exists with another source; 429 if too many
     *     versions are waiting to be checked or prepared; 503 if the check takes too long
     */
    public RewardModelResource register(Input<RewardModelRegistration> input) {
        RewardModelRegistration registration = Objects.requireNonNull(input.value());
        String namespace = input.mistakes().isEmpty()
                ? namespace(registration.name())
                : Caller.current().namespace();
        Optional<RewardModelEntity> existing = input.mistakes().isEmpty()
                ? versions.findByNameAndVersion(registration.name(), registration.version())
                : Optional.empty();
        if (existing.isPresent() && existing.get().state() != State.FAILED) {
            return sameOrConflict(existing.get(), registration);
        }
        List<Condition> doubts =
                checks.call(LONGEST_CHECK, () -> RegistrationCheck.check(input, engine, files, remotes, data));
        if (versions.countByState(State.PREPARING) >= MAX_PREPARING) {
            throw new TribunalException(
                    RewardError.TOO_MANY_PREPARATIONS,
                    MAX_PREPARING + " versions are waiting to be prepared; register this one when some are ready.");
        }
        RewardModelEntity version = existing.orElseGet(() -> new RewardModelEntity(registration, namespace));
        version.prepareAgain(registration.source(), doubts);
        try {
            version = saved(version);
        } catch (DataIntegrityViolationException registeredMeanwhile) {
            return sameOrConflict(version(registration.name(), registration.version()), registration);
        }
        preparations.submit(version);
        return version.resource(data);
    }

    private RewardModelEntity saved(RewardModelEntity version) {
        return Objects.requireNonNull(transactions.execute(status -> {
            versions.lockName(version.name());
            namespace(version.name()); // nobody has taken the name meanwhile
            return versions.save(version);
        }));
    }

    /** All versions of a name are in one namespace. */
    private String namespace(String name) {
        String namespace = Caller.current().namespace();
        List<String> taken = versions.namespacesOf(name);
        if (taken.isEmpty() || taken.contains(namespace)) {
            return namespace;
        }
        // Who may change what is there goes on with it.
        if (taken.stream().allMatch(Caller.current()::changes)) {
            return taken.getFirst();
        }
        throw new TribunalException(
                RewardError.REWARD_MODEL_EXISTS,
                "The name '" + name + "' is taken in another namespace; choose another one.");
    }

    /** The namespace of a version, whoever asks; empty if there is none. */
    public Optional<String> namespace(String name, String version) {
        return row(name, version).map(RewardModelEntity::namespace);
    }

    private RewardModelResource sameOrConflict(RewardModelEntity existing, RewardModelRegistration registration) {
        if (!existing.source().equals(registration.source())) {
            throw new TribunalException(
                    RewardError.REWARD_MODEL_EXISTS,
                    "Reward model " + registration.name() + "@" + registration.version()
                            + " exists with another source, and versions never change; register a new version.");
        }
        return existing.resource(data);
    }

    /**
     * Those that who asks sees.
     *
     * @param cursor of the page before; null for the newest versions
     */
    public Page<RewardModelResource> list(@Nullable String cursor, int size) {
        long before = cursor == null ? Long.MAX_VALUE : Cursor.position(cursor, Long::parseLong);
        Set<String> namespaces = Caller.current().namespaces();
        List<RewardModelEntity> rows = namespaces == null
                ? versions.findByIdLessThanOrderByIdDesc(before, Limit.of(size + 1))
                : versions.findByIdLessThanAndNamespaceInOrderByIdDesc(
                        before,
                        Stream.concat(Stream.of(Caller.SHARED_NAMESPACE), namespaces.stream())
                                .toList(),
                        Limit.of(size + 1));
        Page<RewardModelEntity> page = Pages.of(rows, size, row -> Long.toString(row.id()));
        return new Page<>(
                page.data().stream().map(row -> row.resource(data)).toList(), page.hasMore(), page.nextCursor());
    }

    @PreDestroy
    void close() {
        checks.close();
    }

    boolean has(String name, String version) {
        return versions.findByNameAndVersion(name, version).isPresent();
    }

    /** @param version a version, or {@code latest}: the newest ready one */
    public RewardModelResource get(String name, String version) {
        return version(name, version).resource(data);
    }

    /** The row of a version, as {@link #get} finds it. */
    public long id(String name, String version) {
        return version(name, version).id();
    }

    /** @throws java.util.NoSuchElementException if there is none */
    public RewardModelResource ofId(long id) {
        return versions.findById(id).orElseThrow().resource(data);
    }

    /**
     * A version to score with.
     *
     * @throws TribunalException 404 if there is none; 409 if it is not ready
     */
    public ReadyVersion ready(String name, String version) {
        RewardModelEntity found = version(name, version);
        RewardModelResource resource = found.resource(data);
        String what = "Reward model " + found.name() + "@" + found.version();
        return switch (found.state()) {
            case READY ->
                new ReadyVersion(found.id(), found.name(), found.version(), found.directory(data), found.remote());
            case PREPARING ->
                throw new TribunalException(
                        RewardError.REWARD_MODEL_NOT_READY,
                        what + " is being prepared (" + Math.round(100 * resource.progress())
                                + " %); ask again when it is ready.");
            case FAILED ->
                throw new TribunalException(
                        RewardError.REWARD_MODEL_NOT_READY, what + " could not be prepared: " + resource.failure());
        };
    }

    private RewardModelEntity version(String name, String version) {
        return row(name, version)
                .filter(row -> Caller.current().sees(row.namespace()))
                .orElseThrow(() -> notFound(name, version));
    }

    private Optional<RewardModelEntity> row(String name, String version) {
        return version.equals(LATEST)
                ? versions.findFirstByNameAndStateOrderByIdDesc(name, State.READY)
                : versions.findByNameAndVersion(name, version);
    }

    public TribunalException notFound(String name, String version) {
        return new TribunalException(
                RewardError.REWARD_MODEL_NOT_FOUND,
                "There is no "
                        + (version.equals(LATEST)
                                ? "ready version of reward model " + name
                                : "reward model " + name + "@" + version)
                        + "; GET /v1/reward-models lists those there are.");
    }

    /**
     * @param id its row
     * @param directory its checkpoint
     * @param remote the server to ask instead, if it runs elsewhere
     */
    public record ReadyVersion(
            long id,
            String name,
            String version,
            Path directory,
            @Nullable Remote remote) {}
}
