package dev.tribunal.trainer.store;

import java.util.List;
import org.springframework.data.jpa.repository.JpaRepository;

public interface CheckpointRepository extends JpaRepository<CheckpointEntity, String> {

    List<CheckpointEntity> findByRunIdOrderByStep(String runId);
}
