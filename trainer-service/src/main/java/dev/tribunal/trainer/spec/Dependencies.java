package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.judge.v1.registry.JudgeRegistryApi;
import dev.tribunal.contracts.reward.v1.RewardApi;

/** The services that a spec refers to, and where they are, for messages. */
public record Dependencies(String judgeUrl, JudgeRegistryApi judges, String rewardUrl, RewardApi rewards) {}
