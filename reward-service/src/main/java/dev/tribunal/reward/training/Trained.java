package dev.tribunal.reward.training;

import dev.tribunal.contracts.reward.v1.RewardModelResource.Condition;
import dev.tribunal.contracts.reward.v1.RewardModelResource.Head;
import java.util.List;
import java.util.Map;

/**
 * What a training did.
 *
 * @param metrics as the trainings say
 * @param conditions what makes the reward model doubtful
 * @param heads of a reward model with several; else none
 */
public record Trained(Map<String, Double> metrics, List<Condition> conditions, List<Head> heads) {

    public Trained(Map<String, Double> metrics, List<Condition> conditions) {
        this(metrics, conditions, List.of());
    }
}
