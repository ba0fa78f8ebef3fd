package dev.tribunal.languagemodel.checkpoint;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The architectures that the decoder computes, by their {@code model_type}. */
enum Family {
    LLAMA("Llama", Set.of("attention_bias")),
    MISTRAL("Mistral", Set.of("sliding_window")),
    QWEN2("Qwen2", Set.of("use_sliding_window", "sliding_window", "max_window_layers", "layer_types")),
    QWEN3(
            "Qwen3",
            Set.of("attention_bias", "use_sliding_window", "sliding_window", "max_window_layers", "layer_types"));

    private final String className;
    private final Set<String> fields;

    Family(String className, Set<String> fields) {
        this.className = className;
        this.fields = fields;
    }

    static Optional<Family> of(String modelType) {
        return Arrays.stream(values())
                .filter(family -> family.modelType().equals(modelType))
                .findFirst();
    }

    String modelType() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** How transformers names its models of this family: this, then what they are for. */
    String className() {
        return className;
    }

    /** Fields of {@code config.json} that not every family reads. */
    Set<String> fields() {
        return fields;
    }
}
