package dev.tribunal.judge.registry;

import dev.tribunal.contracts.judge.v1.registry.JudgeResource.State;
import dev.tribunal.judge.registration.Registration;
import dev.tribunal.judge.registration.RegistrationCheck;
import dev.tribunal.judge.registration.RegistryError;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.error.TribunalException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Registered judges as stored. Every change is one transaction that locks the judge's row. */
@Component
class JudgeStore {

    private final JudgeRepository rows;
    private final TransactionTemplate transactions;

    /** By name. */
    private final Map<String, Changes> changes = new ConcurrentHashMap<>();

    JudgeStore(JudgeRepository rows, TransactionTemplate transactions) {
        this.rows = rows;
        this.transactions = transactions;
    }

    /** @param isNew whether it has to go through the gate */
    record Registered(JudgeEntity judge, boolean isNew) {}

    /**
     * The same registration once more changes nothing, or brings a deleted judge back.
     *
     * @throws TribunalException 409 if another registration has the name and version, another namespace has the name, or
     *     a source brings a judge that was deleted
     */
    Registered register(Registration registration, @Nullable String source) {
        return changing(registration.name(), () -> registerOrFind(registration, source), Registered::isNew);
    }

    private Registered registerOrFind(Registration registration, @Nullable String source) {
        try {
            return inTransaction(() -> {
                String namespace = namespace(registration.name(), source);
                return rows.lock(registration.name(), registration.version())
                        .map(there -> again(there, registration, source))
                        .orElseGet(() -> new Registered(
                                rows.saveAndFlush(new JudgeEntity(registration, source, namespace)), true));
            });
        } catch (DataIntegrityViolationException insertedMeanwhile) {
            return inTransaction(() ->
                    again(rows.lock(registration.name(), registration.version()).orElseThrow(), registration, source));
        }
    }

    /** All versions of a name are in one namespace: what is declared elsewhere is everyone's. */
    private String namespace(String name, @Nullable String source) {
        rows.lockName(name);
        String namespace = source == null ? Caller.current().namespace() : Caller.SHARED_NAMESPACE;
        List<String> taken = rows.namespacesOf(name);
        if (taken.isEmpty() || taken.contains(namespace)) {
            return namespace;
        }
        // Who may change what is there goes on with it.
        if (taken.stream().allMatch(Caller.current()::changes) && source == null) {
            return taken.getFirst();
        }
        throw new TribunalException(
                RegistryError.JUDGE_VERSION_EXISTS,
                "The name '" + name + "' is taken in another namespace; choose another one.");
    }

    private static Registered again(JudgeEntity there, Registration registration, @Nullable String source) {
        if (!there.digest().equals(registration.digest())) {
            throw new TribunalException(
                    RegistryError.JUDGE_VERSION_EXISTS,
                    there.name() + "@" + there.version() + " is registered already with another body"
                            + (there.deleted() ? " (and deleted since)" : "")
                            + ", and a version never changes: register another version.");
        }
        boolean back = there.deleted();
        if (back && source != null) {
            throw new TribunalException(
                    RegistryError.JUDGE_STATE_CONFLICT,
                    there.name() + "@" + there.version()
                            + " was deleted, and comes back only if it is registered over HTTP: declare another"
                            + " version.");
        }
        if (back) {
            there.revive();
        }
        return new Registered(there, back);
    }

    /**
     * @param version a version, or {@code latest}: the newest active one
     */
    Optional<JudgeEntity> find(String name, String version) {
        return version.equals(RegistrationCheck.LATEST)
                ? rows.findFirstByNameAndStateAndDeletedAtIsNullOrderByIdDesc(name, State.ACTIVE)
                : rows.findByNameAndVersionAndDeletedAtIsNull(name, version);
    }

    List<JudgeEntity> in(Collection<State> states) {
        return rows.findByStateInAndDeletedAtIsNull(states);
    }

    /** Those that were not registered over HTTP. */
    List<JudgeEntity> withSource() {
        return rows.findBySourceIsNotNullAndDeletedAtIsNull();
    }

    /** Those that who asks sees. */
    List<JudgeEntity> after(String name, String version, int limit) {
        Set<String> namespaces = Caller.current().namespaces();
        return rows.after(
                name,
                version,
                namespaces == null,
                Stream.concat(
                                Stream.of(Caller.SHARED_NAMESPACE),
                                Stream.ofNullable(namespaces).flatMap(Set::stream))
                        .toList(),
                Limit.of(limit));
    }

    /**
     * @param change sees the row as it is now, and may refuse it by throwing
     * @return nothing if the judge has been deleted
     */
    Optional<JudgeEntity> change(String name, String version, Consumer<JudgeEntity> change) {
        return changing(
                name,
                () -> inTransaction(() -> {
                    Optional<JudgeEntity> row = rows.lock(name, version).filter(judge -> !judge.deleted());
                    row.ifPresent(judge -> {
                        change.accept(judge);
                        rows.saveAndFlush(judge);
                    });
                    return row;
                }),
                Optional::isPresent);
    }

    /**
     * What this service does to the versions of a name.
     *
     * @param underWay how much is being done, which may be stored already
     * @param done how much has been stored
     */
    record Changes(int underWay, int done) {

        private static final Changes NONE = new Changes(0, 0);

        private Changes and(Changes more) {
            return new Changes(underWay + more.underWay, done + more.done);
        }
    }

    Changes changesOf(String name) {
        return changes.getOrDefault(name, Changes.NONE);
    }

    private <T> T changing(String name, Supplier<T> work, Predicate<T> stored) {
        count(name, new Changes(1, 0));
        boolean changed = false;
        try {
            T outcome = work.get();
            changed = stored.test(outcome);
            return outcome;
        } finally {
            count(name, new Changes(-1, changed ? 1 : 0));
        }
    }

    private void count(String name, Changes more) {
        changes.merge(name, more, Changes::and);
    }

    private <T> T inTransaction(Supplier<T> work) {
        return Objects.requireNonNull(transactions.execute(status -> work.get()));
    }
}
