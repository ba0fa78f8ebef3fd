package dev.tribunal.trainer.store;

import java.util.List;
import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;

public interface CheckpointRepository extends JpaRepository<CheckpointEntity, String> {

    List<CheckpointEntity> findByRunIdOrderByStep(String runId);

    Optional<CheckpointEntity> findByRunIdAndStep(String runId, int step);
}
