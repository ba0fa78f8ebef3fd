package dev.tribunal.contracts.runs.v1.spec;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.Findings;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where a policy's rollouts are sampled, if not by the engine that trains it. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({@JsonSubTypes.Type(value = Sampler.Vllm.class, name = "vllm")})
public sealed interface Sampler {

    /** Largest importance weight of a token. */
    double cap();

    /**
     * One or more vLLM servers that serve the policy's model with LoRA adapters. Each step the policy's adapter is written
     * to a folder that they share with the trainer, and loaded under a new name.
     *
     * @param urls base URLs, on hosts of {@code tribunal.trainer.sampler.allowed-hosts}; the servers share the work
     * @param adapters {@code file:FOLDER} that the trainer writes adapters to
     * @param adaptersOnServers the path of the same folder as the servers see it; default the trainer's
     * @param secretRef the name of one of {@code tribunal.trainer.sampler.secrets}, the servers' API key; default none
     * @param timeoutSeconds the longest wait for one answer, after which another server is asked; default 600
     * @param cap largest importance weight of a token, {@code min(exp(logp_trainer - logp_sampler), cap)} (truncated
     *     importance sampling, Ionides 2008); default 2
     * @param fingerprint how the servers' weights are compared with the trainer's
     */
    record Vllm(
            @Size(min = 1, max = 64) List<@NotBlank @Size(max = 2048) String> urls,
            @Size(max = 4096) String adapters,
            @NotBlank @Size(max = 4096) @Nullable String adaptersOnServers,
            @Nullable @Size(max = 200) String secretRef,
            @Min(1) @Max(86_400) @Default("600") int timeoutSeconds,
            @Min(1) @Max(1_000_000) @Default("2") double cap,
            @Default("{}") Fingerprint fingerprint)
            implements Sampler, Checked {

        @Override
        public void check(Findings findings) {
            Set<String> known = new HashSet<>();
            for (int i = 0; i < urls.size(); i++) {
                if (findings.sound("/urls/" + i)
                        && !known.add(Objects.requireNonNull(urls.get(i)).replaceAll("/+$", ""))) {
                    findings.mistake("/urls/" + i, "is '" + urls.get(i) + "', which stands before; remove one of them");
                }
            }
        }
    }

    /**
     * After each loading of an adapter every server scores the same few prompts, and the trainer does too. Two systems never
     * give the same numbers: bf16 differs from fp32 by 0.012 nats a token on the embedded policy. The default leaves room for
     * four times that, and other weights, such as those of another model, are further away.
     *
     * @param tolerance the largest mean absolute difference of the log-probabilities, nats a token; default 0.05
     * @param prompts of the stage's first task, from the first; default 4
     */
    record Fingerprint(
            @Positive @Max(1000) @Default("0.05") double tolerance,
            @Min(1) @Max(64) @Default("4") int prompts) {}
}
