package dev.tribunal.judge.registry;

import dev.tribunal.contracts.judge.v1.JudgeResource.State;
import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

interface RegisteredJudges extends JpaRepository<RegisteredJudge, Long> {

    Optional<RegisteredJudge> findByNameAndVersion(String name, String version);

    Optional<RegisteredJudge> findFirstByNameAndStateOrderByIdDesc(String name, State state);

    List<RegisteredJudge> findByState(State state);

    /** In the order of name and version, by code points. */
    @Query("from RegisteredJudge where name > :name or name = :name and version > :version order by name, version")
    List<RegisteredJudge> after(String name, String version, Limit limit);
}
