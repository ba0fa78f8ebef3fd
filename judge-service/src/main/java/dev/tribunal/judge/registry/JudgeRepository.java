package dev.tribunal.judge.registry;

import dev.tribunal.contracts.judge.v1.registry.JudgeResource.State;
import jakarta.persistence.LockModeType;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;

/** All but {@link #lock} see only judges that are not deleted. */
interface JudgeRepository extends JpaRepository<JudgeEntity, Long> {

    /** Waits for other writers; also finds a judge that is deleted. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("from JudgeEntity where name = :name and version = :version")
    Optional<JudgeEntity> lock(String name, String version);

    Optional<JudgeEntity> findByNameAndVersionAndDeletedAtIsNull(String name, String version);

    Optional<JudgeEntity> findFirstByNameAndStateAndDeletedAtIsNullOrderByIdDesc(String name, State state);

    List<JudgeEntity> findByStateInAndDeletedAtIsNull(Collection<State> states);

    List<JudgeEntity> findBySourceIsNotNullAndDeletedAtIsNull();

    /** In the order of name and version, by code points. */
    @Query("from JudgeEntity where (name > :name or name = :name and version > :version) and deletedAt is null"
            + " and (:all = true or namespace in :namespaces) order by name, version")
    List<JudgeEntity> after(String name, String version, boolean all, Collection<String> namespaces, Limit limit);

    /** Makes others wait who register a version of the name, until the transaction ends. */
    @Query(nativeQuery = true, value = "select 1 from pg_advisory_xact_lock(hashtext('tribunal.judges ' || :name))")
    int lockName(String name);

    /** Of any version of a name, deleted ones too. */
    @Query("select distinct namespace from JudgeEntity where name = :name")
    List<String> namespacesOf(String name);
}
