package dev.tribunal.reward.training;

import dev.tribunal.contracts.reward.v1.RewardModelResource.Condition;
import java.util.List;
import java.util.Map;

/**
 * What a training did.
 *
 * @param metrics as {@link PreferenceTraining#train} says
 * @param conditions what makes the reward model doubtful
 */
public record Trained(Map<String, Double> metrics, List<Condition> conditions) {}
