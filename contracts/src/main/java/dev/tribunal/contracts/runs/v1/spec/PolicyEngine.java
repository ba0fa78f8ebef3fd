package dev.tribunal.contracts.runs.v1.spec;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/** Where the policy is sampled and trained, if not on the trainer's own machine. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes(@JsonSubTypes.Type(value = PolicyEngine.Tinker.class, name = "tinker"))
public sealed interface PolicyEngine {

    /**
     * A server that speaks the Tinker API. It trains an adapter as {@code policy.lora} says; {@code policy.model} is its base
     * model as a checkpoint on the trainer's disk, whose tokenizer and chat template are used.
     *
     * @param url of a host of {@code tribunal.trainer.engine.allowed-hosts}, without {@code /api/v1}
     * @param baseModel what the server calls the base model
     * @param secretRef name of one of {@code tribunal.trainer.engine.secrets}, which is sent as {@code X-API-Key}; default
     *     none
     */
    record Tinker(
            @NotBlank @Size(max = 2000) String url,
            @NotBlank @Size(max = 500) String baseModel,
            @Nullable @Size(max = 200) String secretRef)
            implements PolicyEngine {}
}
