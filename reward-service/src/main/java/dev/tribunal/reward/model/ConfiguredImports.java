package dev.tribunal.reward.model;

import dev.tribunal.contracts.reward.v1.RewardModelRegistration;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.input.InputReader;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

/**
 * Imports the reward models that a deployment brings along ({@code tribunal.reward.imports}). The service is not ready
 * for traffic before they are.
 */
@Component
class ConfiguredImports implements ApplicationRunner {

    private static final Logger log = LoggerFactory.getLogger(ConfiguredImports.class);
    private static final String VERSION = "1";

    private final RewardModels models;
    private final Preparations preparations;
    private final RewardProperties properties;

    ConfiguredImports(RewardModels models, Preparations preparations, RewardProperties properties) {
        this.models = models;
        this.preparations = preparations;
        this.properties = properties;
    }

    @Override
    public void run(ApplicationArguments arguments) throws InterruptedException, ExecutionException {
        // What a deployment brings along is for all who use it.
        new Caller("imports", null, Caller.SHARED_NAMESPACE).run(() -> {
            register();
            return null;
        });
        preparations.awaitSubmitted();
    }

    private void register() {
        properties.imports().forEach((name, checkpoint) -> {
            try {
                if (!models.has(name, VERSION)) {
                    models.register(InputReader.read(
                            RewardModelRegistration.class,
                            Map.of(
                                    "name",
                                    name,
                                    "version",
                                    VERSION,
                                    "source",
                                    Map.of("type", "import", "model", checkpoint))));
                }
            } catch (TribunalException e) {
                // The service is of use without it, and says so where it is asked for.
                log.error("tribunal.reward.imports.{}: {} {}", name, e.getMessage(), e.errors());
            }
        });
    }
}
