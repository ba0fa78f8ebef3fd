package dev.tribunal.trainer.run;

import java.util.List;
import org.springframework.data.jpa.repository.JpaRepository;

interface CheckpointRepository extends JpaRepository<CheckpointEntity, String> {

    List<CheckpointEntity> findByRunIdOrderByStep(String runId);

    int countByRunId(String runId);
}
