package dev.tribunal.languagemodel.checkpoint;

import dev.tribunal.languagemodel.Attention;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.ModelConfiguration;
import dev.tribunal.languagemodel.Rope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
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

    private static final String FULL = "full_attention";
    private static final String SLIDING = "sliding_attention";

    private final Path path;
    private final JsonNode json;
    private final Family family;
    private final List<String> errors = new ArrayList<>();

    private ConfigurationFile(Path path, JsonNode json, Family family) {
        this.path = path;
        this.json = json;
        this.family = family;
    }

    /** @throws CheckpointException with all that is wrong */
    static ModelConfiguration read(Path path, JsonNode json) {
        JsonNode modelType = json.path("model_type");
        Family family = Family.of(modelType.asString(""))
                .orElseThrow(() -> new CheckpointException(
                        path,
                        path + ": model_type is " + (modelType.isMissingNode() ? "missing" : modelType)
                                + "; supported are "
                                + Arrays.stream(Family.values())
                                        .map(known -> '"' + known.modelType() + '"')
                                        .collect(Collectors.joining(", "))));
        return new ConfigurationFile(path, json, family).read();
    }

    private ModelConfiguration read() {
        json.properties().forEach(field -> requireKnown(field.getKey(), field.getValue()));
        boolean llama = family == Family.LLAMA;
        int hidden = positive("hidden_size", 0);
        int heads = positive("num_attention_heads", 0);
        int keyValueHeads = positive("num_key_value_heads", llama ? Math.max(1, heads) : 0);
        int headDimension = positive(
                "head_dim", family != Family.QWEN3 && heads > 0 && hidden % heads == 0 ? hidden / heads : 0);
        if (heads % Math.max(1, keyValueHeads) != 0) {
            errors.add("num_key_value_heads " + keyValueHeads + " does not divide num_attention_heads " + heads);
        }
        if (headDimension % 2 != 0) {
            errors.add("head_dim is " + headDimension + ", but must be even");
        }
        int vocabulary = positive("vocab_size", 0);
        int intermediate = positive("intermediate_size", 0);
        int layers = positive("num_hidden_layers", 0);
        int positions = positive("max_position_embeddings", llama ? 2048 : 0);
        double epsilon = real(json, "rms_norm_eps", 1e-6);
        boolean tied = flag("tie_word_embeddings", false);
        Rope rope = rope();
        Attention attention = attention(layers);
        if (!errors.isEmpty()) {
            throw new CheckpointException(path, path + ": " + String.join("; ", errors));
        }
        return new ModelConfiguration(
                family.modelType(),
                vocabulary,
                hidden,
                intermediate,
                layers,
                heads,
                keyValueHeads,
                headDimension,
                positions,
                epsilon,
                rope,
                attention,
                tied);
    }

    private void requireKnown(String field, JsonNode value) {
        boolean known = READ.contains(field)
                || IDLE.contains(field)
                || family.fields().contains(field)
                || field.startsWith("_")
                || value.isNull()
                || NEUTRAL.containsKey(field) && isNeutral(value, NEUTRAL.get(field));
        if (!known) {
            errors.add(field + " is " + value + ", which is not supported");
        }
    }

    private static boolean isNeutral(JsonNode value, Object neutral) {
        return neutral instanceof Number number
                ? value.isNumber() && value.asDouble() == number.doubleValue()
                : value.asString("").equals(neutral.toString());
    }

    /** Written as {@code rope_theta} and {@code rope_scaling}, or, since transformers 5, {@code rope_parameters}. */
    private Rope rope() {
        boolean older = json.path("rope_scaling").isObject() && !json.path("rope_scaling").isEmpty();
        String field = older ? "rope_scaling" : "rope_parameters";
        JsonNode rope = json.path(field);
        if (older && json.path("rope_parameters").isObject() && !rope.equals(json.path("rope_parameters"))) {
            errors.add("rope_scaling and rope_parameters say different things");
        }
        for (String name : List.of("rope_scaling", "rope_parameters")) {
            JsonNode value = json.path(name);
            if (!value.isMissingNode() && !value.isNull() && !value.isObject()) {
                errors.add(name + " is " + value + ", but must be an object");
            }
        }
        double theta = real(rope, "rope_theta", real(json, "rope_theta", 10_000));
        String type = rope.path("rope_type").asString(rope.path("type").asString("default"));
        Rope.Scaling scaling =
                switch (type) {
                    case "default" -> {
                        requireOnly(field, rope);
                        yield new Rope.None();
                    }
                    case "linear" -> {
                        requireOnly(field, rope, "factor");
                        yield new Rope.Linear(real(rope, "factor", 0));
                    }
                    case "dynamic" -> {
                        requireOnly(field, rope, "factor");
                        yield new Rope.Dynamic(real(rope, "factor", 0));
                    }
                    case "llama3" -> llama3(field, rope);
                    default -> {
                        errors.add(field + " of type \"" + type + "\" is not supported");
                        yield new Rope.None();
                    }
                };
        return new Rope(theta, scaling);
    }

    private Rope.Scaling llama3(String field, JsonNode rope) {
        requireOnly(
                field, rope, "factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings");
        double low = real(rope, "low_freq_factor", 0);
        double high = real(rope, "high_freq_factor", 0);
        int original = whole(rope, "original_max_position_embeddings", 0);
        if (!(high > low)) {
            errors.add("high_freq_factor " + high + " is not above low_freq_factor " + low);
            return new Rope.None();
        }
        return new Rope.Llama3(real(rope, "factor", 0), low, high, original);
    }

    /** Whatever else is there would mean something. */
    private void requireOnly(String field, JsonNode rope, String... names) {
        rope.properties().forEach(entry -> {
            String name = entry.getKey();
            boolean known = List.of("rope_type", "type", "rope_theta").contains(name)
                    || List.of(names).contains(name)
                    || entry.getValue().isNull()
                    || name.equals("partial_rotary_factor") && isNeutral(entry.getValue(), 1);
            if (!known) {
                errors.add(field + "." + name + " is " + entry.getValue() + ", which is not supported");
            }
        });
    }

    private Attention attention(int layers) {
        boolean biased = family.fields().contains("attention_bias") && flag("attention_bias", false);
        boolean inputBias = biased || family == Family.QWEN2;
        int window = window();
        List<Boolean> windowed = family.fields().contains("layer_types")
                ? windowedLayers(layers, window)
                : Collections.nCopies(layers, window > 0);
        boolean any = windowed.contains(true);
        return new Attention(inputBias, biased, family == Family.QWEN3, any ? window : 0, windowed);
    }

    /** 0 if there is none. */
    private int window() {
        if (family == Family.LLAMA) {
            return 0;
        }
        if (family == Family.MISTRAL && json.path("sliding_window").isMissingNode()) {
            errors.add("sliding_window is missing; null says that every token sees all before it");
        }
        boolean used = family == Family.MISTRAL || flag("use_sliding_window", false);
        return used && !json.path("sliding_window").isNull() ? positive("sliding_window", 1) : 0;
    }

    /** {@code layer_types}, or else all layers from {@code max_window_layers} on. */
    private List<Boolean> windowedLayers(int layers, int window) {
        JsonNode types = json.path("layer_types");
        if (types.isMissingNode() || types.isNull()) {
            int first = window == 0 ? layers : count("max_window_layers");
            return IntStream.range(0, layers).mapToObj(l -> l >= first).toList();
        }
        List<String> names = types.valueStream().map(type -> type.asString("")).toList();
        if (names.size() != layers || !Set.of(FULL, SLIDING).containsAll(names)) {
            errors.add("layer_types is " + types + ", but must say \"" + FULL + "\" or \"" + SLIDING + "\" for each of "
                    + layers + " layers");
        } else if (names.contains(SLIDING) && window == 0) {
            errors.add("layer_types has \"" + SLIDING + "\", but use_sliding_window or sliding_window is not set");
        } else {
            return names.stream().map(SLIDING::equals).toList();
        }
        return Collections.nCopies(layers, window > 0);
    }

    private boolean flag(String field, boolean ifAbsent) {
        JsonNode value = json.path(field);
        if (!value.isMissingNode() && !value.isNull() && !value.isBoolean()) {
            errors.add(field + " is " + value + ", but must be true or false");
        }
        return value.asBoolean(ifAbsent);
    }

    /** @param ifAbsent 0 if the field must be there */
    private double real(JsonNode object, String field, double ifAbsent) {
        JsonNode value = object.path(field);
        if (isAbsent(value, field, ifAbsent == 0)) {
            return ifAbsent == 0 ? 1 : ifAbsent;
        }
        if (!value.isNumber() || !(value.asDouble() > 0)) {
            errors.add(field + " is " + value + ", but must be a positive number");
            return 1;
        }
        return value.asDouble();
    }

    private int positive(String field, int ifAbsent) {
        return whole(json, field, ifAbsent);
    }

    /** @param ifAbsent 0 if the field must be there */
    private int whole(JsonNode object, String field, int ifAbsent) {
        JsonNode value = object.path(field);
        if (isAbsent(value, field, ifAbsent == 0)) {
            return ifAbsent == 0 ? 1 : ifAbsent;
        }
        if (!value.isInt() || value.asInt() < 1) {
            errors.add(field + " is " + value + ", but must be a positive whole number");
            return 1;
        }
        return value.asInt();
    }

    private int count(String field) {
        return json.path(field).isInt() && json.path(field).asInt() == 0 ? 0 : positive(field, 0);
    }

    private boolean isAbsent(JsonNode value, String field, boolean needed) {
        boolean absent = value.isMissingNode() || value.isNull();
        if (absent && needed) {
            errors.add(field + " is missing");
        }
        return absent;
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
