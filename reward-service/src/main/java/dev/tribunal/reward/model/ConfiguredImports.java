package dev.tribunal.reward.model;

import dev.tribunal.contracts.http.TribunalException;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Import;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Registers the reward models that a deployment brings along ({@code tribunal.reward.imports}). */
@Component
class ConfiguredImports {

    private static final Logger log = LoggerFactory.getLogger(ConfiguredImports.class);
    private static final String VERSION = "1";

    private final RewardModels models;
    private final RewardProperties properties;

    ConfiguredImports(RewardModels models, RewardProperties properties) {
        this.models = models;
        this.properties = properties;
    }

    @EventListener(ApplicationReadyEvent.class)
    void registerMissing() {
        properties.imports().forEach((name, checkpoint) -> {
            try {
                if (!models.has(name, VERSION)) {
                    models.register(new RewardModelRegistration(name, VERSION, new Import(checkpoint)));
                }
            } catch (TribunalException e) {
                // The service is of use without it, and says so where it is asked for.
                log.error("tribunal.reward.imports.{}: {} {}", name, e.getMessage(), e.errors());
            }
        });
    }
}
