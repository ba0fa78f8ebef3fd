package dev.tribunal.languagemodel.checkpoint;

import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.architecture.Attention;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.architecture.Rope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code config.json}, read as transformers 5 reads it, but strictly: a field that is not known to leave the
 * mathematics alone is refused by its name, never passed over, and so is a missing one for which the families have
 * different defaults.
 */
final class ConfigurationFile {

    /** Read here, or by those who use a checkpoint, for every family. */
    private static final Set<String> READ = Set.of(
            "model_type",
            "vocab_size",
            "hidden_size",
            "intermediate_size",
            "num_hidden_layers",
            "num_attention_heads",
            "num_key_value_heads",
            "head_dim",
            "max_position_embeddings",
            "rms_norm_eps",
            "rope_theta",
            "rope_scaling",
            "rope_parameters",
            "tie_word_embeddings",
            "num_labels",
            "id2label",
            "label2id",
            "architectures",
            "bos_token_id",
            "eos_token_id",
            "pad_token_id");

    /** What they say has no part in the mathematics. */
    private static final Set<String> IDLE = Set.of(
            "dtype",
            "torch_dtype",
            "transformers_version",
            "use_cache",
            "initializer_range",
            "problem_type",
            "return_dict",
            "output_attentions",
            "output_hidden_states",
            "task_specific_params",
            "finetuning_task",
            "tokenizer_class",
            "model_name",
            "unsloth_fixed",
            "unsloth_version",
            "transformers.js_config",
            "is_llama_config",
            "max_sequence_length",
            // How to sample, in old files; the caller says that.
            "do_sample",
            "max_length",
            "temperature",
            "top_k",
            "top_p",
            "repetition_penalty");

    /** Fields that must be absent, null, or have this value, unless the family reads them. */
    private static final Map<String, Object> NEUTRAL = Map.ofEntries(
            Map.entry("attention_bias", false),
            Map.entry("mlp_bias", false),
            Map.entry("attention_dropout", 0),
            Map.entry("rope_interleaved", false),
            Map.entry("use_sliding_window", false),
            Map.entry("use_mrope", false),
            Map.entry("hidden_act", "silu"),
            Map.entry("pretraining_tp", 1),
            Map.entry("partial_rotary_factor", 1),
            Map.entry("chunk_size_feed_forward", 0),
            Map.entry("is_causal", true),
            Map.entry("is_encoder_decoder", false),
            Map.entry("is_decoder", false),
            Map.entry("add_cross_attention", false));

    private static final int MOST_LAYERS = 1 << 14;
    private static final int MOST_HEADS = 1 << 16;
    private static final int MOST_HEAD_DIMENSION = 1 << 16;
    private static final int NAMED_AT_ONCE = 20;

    private final Family family;
    private final Fields fields;

    private ConfigurationFile(Family family, Fields fields) {
        this.family = family;
        this.fields = fields;
    }

    /** @throws CheckpointException with all that is wrong */
    static ModelConfiguration read(Path path, JsonNode json) {
        JsonNode modelType = json.path("model_type");
        Family family = Family.of(modelType.asString(""))
                .orElseThrow(() -> new CheckpointException(
                        path,
                        path + ": model_type is " + (modelType.isMissingNode() ? "missing" : Fields.shown(modelType))
                                + "; supported are "
                                + Arrays.stream(Family.values())
                                        .map(known -> '"' + known.modelType() + '"')
                                        .collect(Collectors.joining(", "))));
        Fields fields = new Fields(json, "", new ArrayList<>());
        Optional<ModelConfiguration> model = new ConfigurationFile(family, fields).read();
        return model.orElseThrow(() -> new CheckpointException(path, path + ": " + named(fields.errors())));
    }

    private static String named(List<String> errors) {
        int more = errors.size() - NAMED_AT_ONCE;
        return errors.stream().limit(NAMED_AT_ONCE).collect(Collectors.joining("; "))
                + (more > 0 ? "; and " + more + " more" : "");
    }

    /** Empty if there are errors. */
    private Optional<ModelConfiguration> read() {
        fields.requireOnly(
                name -> READ.contains(name)
                        || family.fields().contains(name)
                        || IDLE.contains(name)
                        || name.startsWith("_"),
                NEUTRAL);
        boolean llama = family == Family.LLAMA;
        int hidden = fields.positive("hidden_size");
        int heads = fields.positiveUpTo(MOST_HEADS, "num_attention_heads");
        int keyValueHeads =
                llama ? fields.positive("num_key_value_heads", heads) : fields.positive("num_key_value_heads");
        boolean derived = family != Family.QWEN3 && hidden % heads == 0;
        int headDimension = derived && !fields.has("head_dim")
                ? hidden / heads
                : fields.positiveUpTo(MOST_HEAD_DIMENSION, "head_dim");
        if (heads % keyValueHeads != 0) {
            fields.errors()
                    .add("num_key_value_heads " + keyValueHeads + " does not divide num_attention_heads " + heads);
        }
        if ((derived || fields.has("head_dim")) && headDimension % 2 != 0) {
            fields.errors().add("head_dim is " + headDimension + ", but must be even");
        }
        int vocabulary = fields.positive("vocab_size");
        int intermediate = fields.positive("intermediate_size");
        int layers = fields.positiveUpTo(MOST_LAYERS, "num_hidden_layers");
        int positions =
                llama ? fields.positive("max_position_embeddings", 2048) : fields.positive("max_position_embeddings");
        double epsilon = fields.positiveReal("rms_norm_eps", 1e-6);
        boolean tied = fields.flag("tie_word_embeddings");
        Rope rope = RopeFields.read(fields, positions);
        Attention attention = AttentionFields.read(family, fields, layers);
        double longest =
                rope.scaling() instanceof Rope.Dynamic(double factor, int original) ? factor * original : positions;
        if (longest > Fields.MOST) {
            fields.errors()
                    .add("max_position_embeddings times factor is " + longest + ", but must be at most " + Fields.MOST);
        }
        if (!fields.errors().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new ModelConfiguration(
                family.modelType(),
                vocabulary,
                hidden,
                intermediate,
                layers,
                heads,
                keyValueHeads,
                headDimension,
                (int) Math.max(positions, longest),
                epsilon,
                rope,
                attention,
                tied));
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
        json.put("rope_theta", model.rope().theta());
        json.put("tie_word_embeddings", model.tiedEmbeddings());
        json.put("attention_bias", false);
        json.put("mlp_bias", false);
    }
}
