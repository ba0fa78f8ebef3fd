package dev.tribunal.reward.model;

import java.nio.file.Path;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * {@code tribunal.reward.*}
 *
 * @param data the folder of the versions' checkpoints; a text, since Spring would look for a relative path on the
 *     class path first
 * @param loadedModels how many reward models are kept in memory for scoring
 * @param imports checkpoints by name ({@code hf:DIRECTORY}), imported as version 1 unless the service has it
 */
@ConfigurationProperties("tribunal.reward")
public record RewardProperties(String data, int loadedModels, Map<String, String> imports) {

    public RewardProperties {
        if (data == null || data.isBlank()) {
            throw new IllegalArgumentException("tribunal.reward.data is not set: name a folder for reward models");
        }
        if (loadedModels < 1) {
            throw new IllegalArgumentException("tribunal.reward.loaded-models is " + loadedModels + "; at least 1");
        }
        imports = imports == null ? Map.of() : Map.copyOf(imports);
    }

    Path directory() {
        return Path.of(data).toAbsolutePath().normalize();
    }
}
