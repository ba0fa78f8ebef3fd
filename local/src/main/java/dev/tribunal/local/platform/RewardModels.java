package dev.tribunal.local.platform;

import dev.tribunal.contracts.http.UpstreamException;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.http.HttpStatus;

/** Preparing reward models through the reward service's API, as any client would. */
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

    /** Imports a checkpoint as version 1 of a reward model, unless the service has it. */
    static void importOnce(RewardApi api, String name, Path checkpoint) throws InterruptedException {
        try {
            api.get(name, "1");
        } catch (UpstreamException absent) {
            if (absent.code().status() != HttpStatus.NOT_FOUND) {
                throw absent;
            }
            api.register(new RewardModelRegistration(name, "1", new RewardModelRegistration.Import("hf:" + checkpoint)));
        }
        RewardModelResource model = awaitPrepared(api, name, "1");
        if (model.state() == RewardModelResource.State.FAILED) {
            throw new PlatformException("the embedded reward model " + name + "@1 cannot be used: " + model.failure());
        }
    }
}
