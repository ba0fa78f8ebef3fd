package dev.tribunal.local.platform;

import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import java.time.Duration;

/** Waiting for reward models through the reward service's API, as any client would. */
public final class RewardModels {

    private static final Duration PAUSE = Duration.ofMillis(100);

    private RewardModels() {}

    /** Waits until the reward model is ready or failed. */
    public static RewardModelResource awaitPrepared(RewardApi api, String name, String version)
            throws InterruptedException {
        while (true) {
            RewardModelResource model = api.get(name, version);
            if (model.state() != RewardModelResource.State.PREPARING) {
                return model;
            }
            Thread.sleep(PAUSE);
        }
    }
}
