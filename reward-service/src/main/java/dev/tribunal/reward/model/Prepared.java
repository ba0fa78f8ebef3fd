package dev.tribunal.reward.model;

import dev.tribunal.contracts.reward.v1.RewardModelResource.Condition;
import dev.tribunal.contracts.reward.v1.RewardModelResource.Head;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a preparation left behind: a checkpoint's digest, what was measured, and what makes it doubtful.
 *
 * @param maxTokens that it reads; absent of a server of another system
 * @param labels if it classifies
 * @param heads of one with several; else none
 */
record Prepared(
        String digest,
        @Nullable Integer maxTokens,
        List<String> labels,
        List<Head> heads,
        Map<String, Double> metrics,
        List<Condition> conditions) {}
