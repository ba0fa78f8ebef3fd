package dev.tribunal.languagemodel.checkpoint;

import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.ModelConfiguration;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code config.json} of the Llama family, read strictly: a field that would change the mathematics in a way that the
 * decoder does not have is refused by its name, never passed over.
 */
final class ConfigurationFile {

    /** Fields that must be absent, null, or have this value. */
    private static final Map<String, Object> NEUTRAL = Map.of(
            "attention_bias", false,
            "mlp_bias", false,
            "rope_interleaved", false,
            "use_sliding_window", false,
            "hidden_act", "silu",
            "pretraining_tp", 1,
            "partial_rotary_factor", 1);

    /** Fields that must be absent or null. */
    private static final List<String> ABSENT = List.of(
            "sliding_window",
            "layer_types",
            "no_rope_layers",
            "quantization_config",
            "num_local_experts",
            "attention_multiplier",
            "embedding_multiplier",
            "residual_multiplier",
            "logits_scaling");

    private final Path path;
    private final JsonNode json;
    private final List<String> errors = new ArrayList<>();

    private ConfigurationFile(Path path, JsonNode json) {
        this.path = path;
        this.json = json;
    }

    /** @throws CheckpointException with all that is wrong */
    static ModelConfiguration read(Path path, JsonNode json) {
        return new ConfigurationFile(path, json).read();
    }

    private ModelConfiguration read() {
        String modelType = json.path("model_type").asString("");
        if (!modelType.equals("llama")) {
            throw new CheckpointException(
                    path, path + ": model_type is \"" + modelType + "\"; only \"llama\" is supported");
        }
        NEUTRAL.forEach(this::requireNeutral);
        ABSENT.forEach(field -> requireNeutral(field, null));
        int hidden = positive("hidden_size", 0);
        int heads = positive("num_attention_heads", 0);
        int keyValueHeads = positive("num_key_value_heads", Math.max(1, heads));
        int headDimension = positive("head_dim", heads > 0 && hidden % heads == 0 ? hidden / heads : 0);
        if (heads % Math.max(1, keyValueHeads) != 0) {
            errors.add("num_key_value_heads " + keyValueHeads + " does not divide num_attention_heads " + heads);
        }
        if (headDimension % 2 != 0) {
            errors.add("head_dim is " + headDimension + ", but must be even");
        }
        int vocabulary = positive("vocab_size", 0);
        int intermediate = positive("intermediate_size", 0);
        int layers = positive("num_hidden_layers", 0);
        int positions = positive("max_position_embeddings", 2048);
        double epsilon = real(json, "rms_norm_eps", 1e-6);
        double theta = ropeTheta();
        if (!errors.isEmpty()) {
            throw new CheckpointException(path, path + ": " + String.join("; ", errors));
        }
        boolean tied = json.path("tie_word_embeddings").asBoolean(false);
        return new ModelConfiguration(
                modelType,
                vocabulary,
                hidden,
                intermediate,
                layers,
                heads,
                keyValueHeads,
                headDimension,
                positions,
                epsilon,
                theta,
                tied);
    }

    /** @param neutral null if any value is one too many */
    private void requireNeutral(String field, @Nullable Object neutral) {
        JsonNode value = json.path(field);
        boolean fits = value.isMissingNode() || value.isNull();
        if (neutral instanceof Number number) {
            fits |= value.isNumber() && value.asDouble() == number.doubleValue();
        } else if (neutral != null) {
            fits |= value.asString("").equals(neutral.toString());
        }
        if (!fits) {
            errors.add(field + " is " + value + ", which is not supported");
        }
    }

    /** Written as {@code rope_theta} and {@code rope_scaling}, or, since transformers 5, {@code rope_parameters}. */
    private double ropeTheta() {
        for (String field : List.of("rope_scaling", "rope_parameters")) {
            JsonNode rope = json.path(field);
            String type = rope.path("rope_type").asString(rope.path("type").asString("default"));
            if (!type.equals("default")) {
                errors.add(field + " of type \"" + type + "\" is not supported");
            }
        }
        return real(json.path("rope_parameters"), "rope_theta", real(json, "rope_theta", 10_000));
    }

    private double real(JsonNode object, String field, double ifAbsent) {
        JsonNode value = object.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return ifAbsent;
        }
        if (!value.isNumber() || !(value.asDouble() > 0)) {
            errors.add(field + " is " + value + ", but must be a positive number");
        }
        return value.asDouble(ifAbsent);
    }

    /** @param ifAbsent 0 if the field must be there */
    private int positive(String field, int ifAbsent) {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            if (ifAbsent == 0) {
                errors.add(field + " is missing");
            }
            return ifAbsent;
        }
        if (!value.isInt() || value.asInt() < 1) {
            errors.add(field + " is " + value + ", but must be a positive whole number");
            return 1;
        }
        return value.asInt();
    }

    /** The fields that {@link #read} needs, for a model that has no file yet. */
    static void write(ModelConfiguration model, ObjectNode json) {
        json.put("model_type", model.modelType());
        json.put("vocab_size", model.vocabularySize());
        json.put("hidden_size", model.hiddenSize());
        json.put("intermediate_size", model.intermediateSize());
        json.put("num_hidden_layers", model.layers());
        json.put("num_attention_heads", model.attentionHeads());
        json.put("num_key_value_heads", model.keyValueHeads());
        json.put("head_dim", model.headDimension());
        json.put("hidden_act", "silu");
        json.put("max_position_embeddings", model.maxPositions());
        json.put("rms_norm_eps", model.rmsNormEpsilon());
        json.put("rope_theta", model.ropeTheta());
        json.put("tie_word_embeddings", model.tiedEmbeddings());
        json.put("attention_bias", false);
        json.put("mlp_bias", false);
    }
}
