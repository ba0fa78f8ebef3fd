package dev.tribunal.reward.model;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * {@code tribunal.reward.*}
 *
 * @param data the folder of the versions' checkpoints; a text, since Spring would look for a relative path on the class path first
 * @param loadedModels how many reward models are kept in memory for scoring
 */
@ConfigurationProperties("tribunal.reward")
public record RewardProperties(String data, int loadedModels) {

    public RewardProperties {
        if (data == null || data.isBlank()) {
            throw new IllegalArgumentException("tribunal.reward.data is not set: name a folder for reward models");
        }
        if (loadedModels < 1) {
            throw new IllegalArgumentException("tribunal.reward.loaded-models is " + loadedModels + "; at least 1");
        }
    }

    Path directory() {
        return Path.of(data).toAbsolutePath().normalize();
    }
}
