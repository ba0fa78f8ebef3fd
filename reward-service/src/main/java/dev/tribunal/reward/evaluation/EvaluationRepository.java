package dev.tribunal.reward.evaluation;

import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;

/** The table of evaluations; a larger id is a newer one. */
interface EvaluationRepository extends JpaRepository<EvaluationEntity, Long> {

    List<EvaluationEntity> findByRewardModelIdAndIdLessThanOrderByIdDesc(long rewardModelId, long id, Limit limit);

    Optional<EvaluationEntity> findByRewardModelIdAndId(long rewardModelId, long id);

    List<EvaluationEntity> findByStateOrderById(String state);

    long countByState(String state);
}
