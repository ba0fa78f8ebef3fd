package dev.tribunal.contracts.reward.v1;

/**
 * What to measure a version of a reward model on.
 *
 * @param data {@code file:PATH}, JSON lines of {@code prompt} or {@code messages}, {@code chosen}, {@code rejected} and, if
 *     the file has parts, {@code subset}
 */
public record RewardEvaluationRequest(String data) {}
