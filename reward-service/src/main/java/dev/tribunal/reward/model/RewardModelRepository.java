package dev.tribunal.reward.model;

import dev.tribunal.contracts.reward.v1.RewardModelResource.State;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

/** The table of versions; a larger id is a newer version. */
interface RewardModelRepository extends JpaRepository<RewardModelEntity, Long> {

    Optional<RewardModelEntity> findByNameAndVersion(String name, String version);

    Optional<RewardModelEntity> findFirstByNameAndStateOrderByIdDesc(String name, State state);

    List<RewardModelEntity> findByIdLessThanOrderByIdDesc(long id, Limit limit);

    List<RewardModelEntity> findByIdLessThanAndNamespaceInOrderByIdDesc(
            long id, Collection<String> namespaces, Limit limit);

    /** Makes others wait who register a version of the name, until the transaction ends. */
    @Query(
            nativeQuery = true,
            value = "select 1 from pg_advisory_xact_lock(hashtext('tribunal.reward-models ' || :name))")
    int lockName(String name);

    /** Of any version of a name. */
    @Query("select distinct namespace from RewardModelEntity where name = :name")
    List<String> namespacesOf(String name);

    List<RewardModelEntity> findByStateOrderById(State state);

    long countByState(State state);
}
