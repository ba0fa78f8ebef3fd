package dev.tribunal.judge.registry;

import dev.tribunal.contracts.judge.v1.JudgeResource.State;
import jakarta.persistence.LockModeType;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;

/** All but {@link #lock} see only judges that are not deleted. */
interface RegisteredJudges extends JpaRepository<RegisteredJudge, Long> {

    /** Waits for other writers; also finds a judge that is deleted. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("from RegisteredJudge where name = :name and version = :version")
    Optional<RegisteredJudge> lock(String name, String version);

    Optional<RegisteredJudge> findByNameAndVersionAndDeletedAtIsNull(String name, String version);

    Optional<RegisteredJudge> findFirstByNameAndStateAndDeletedAtIsNullOrderByIdDesc(String name, State state);

    List<RegisteredJudge> findByStateInAndDeletedAtIsNull(Collection<State> states);

    List<RegisteredJudge> findBySourceIsNotNullAndDeletedAtIsNull();

    /** In the order of name and version, by code points. */
    @Query("from RegisteredJudge where (name > :name or name = :name and version > :version) and deletedAt is null"
            + " order by name, version")
    List<RegisteredJudge> after(String name, String version, Limit limit);
}
