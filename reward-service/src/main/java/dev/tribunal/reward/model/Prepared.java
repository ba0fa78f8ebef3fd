package dev.tribunal.reward.model;

import dev.tribunal.contracts.reward.v1.RewardModelResource.Condition;
import java.util.List;
import java.util.Map;

/** What a preparation left behind: a checkpoint's digest, what was measured, and what makes it doubtful. */
record Prepared(String digest, Map<String, Double> metrics, List<Condition> conditions) {}
