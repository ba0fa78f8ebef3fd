package dev.tribunal.judge.llm;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code tribunal.*}, as far as the judges' language model goes.
 *
 * @param judge see there
 * @param files see there
 */
@ConfigurationProperties("tribunal")
record LlmProperties(
        @DefaultValue Judge judge, @DefaultValue Files files) {

    /**
     * @param model the checkpoint that the LLM judges that ship ask, {@code hf:DIRECTORY}; without one there are none
     * @param maxModels checkpoints that are loaded at most, those of registered judges among them
     */
    record Judge(@Nullable String model, @DefaultValue("4") int maxModels) {}

    /** @param roots folders below which a checkpoint may lie */
    record Files(@DefaultValue(".") List<String> roots) {}
}
