package dev.tribunal.languagemodel.checkpoint;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** The architectures that the decoder computes, by their {@code model_type}. */
enum Family {
    LLAMA("llama", "Llama", Set.of("attention_bias")),
    MISTRAL("mistral", "Mistral", Set.of("sliding_window")),
    QWEN2("qwen2", "Qwen2", Set.of("use_sliding_window", "sliding_window", "max_window_layers", "layer_types")),
    QWEN3(
            "qwen3",
            "Qwen3",
            Set.of("attention_bias", "use_sliding_window", "sliding_window", "max_window_layers", "layer_types"));

    private final String modelType;
    private final String className;
    private final Set<String> fields;

    Family(String modelType, String className, Set<String> fields) {
        this.modelType = modelType;
        this.className = className;
        this.fields = fields;
    }

    static Optional<Family> of(String modelType) {
        return Arrays.stream(values())
                .filter(family -> family.modelType().equals(modelType))
                .findFirst();
    }

    String modelType() {
        return modelType;
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
