package dev.tribunal.trainer.strategy;

/**
 * What is to be sampled next for a prompt.
 *
 * @param context ids that the policy continues
 * @param written ids at the context's end that belong to the completion already
 * @param key of its random numbers
 * @param maxNewTokens at least 1
 */
record Draw(int[] context, int[] written, long key, int maxNewTokens) {}
