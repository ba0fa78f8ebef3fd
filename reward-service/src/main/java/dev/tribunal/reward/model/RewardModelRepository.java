package dev.tribunal.reward.model;

import dev.tribunal.contracts.reward.v1.RewardModelResource.State;
import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;

/** The table of versions; a larger id is a newer version. */
interface RewardModelRepository extends JpaRepository<RewardModelEntity, Long> {

    Optional<RewardModelEntity> findByNameAndVersion(String name, String version);

    Optional<RewardModelEntity> findFirstByNameAndStateOrderByIdDesc(String name, State state);

    List<RewardModelEntity> findByIdLessThanOrderByIdDesc(long id, Limit limit);

    List<RewardModelEntity> findByStateOrderById(State state);

    long countByState(State state);
}
