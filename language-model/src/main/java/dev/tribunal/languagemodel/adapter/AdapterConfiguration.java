package dev.tribunal.languagemodel.adapter;

import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.Lora;
import dev.tribunal.languagemodel.LoraTarget;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * PEFT's {@code adapter_config.json}, read strictly: whatever field asks for more than plain LoRA is refused by its
 * name, also one that a later PEFT invents.
 */
final class AdapterConfiguration {

    /** Say nothing about the mathematics. */
    private static final Set<String> FREE = Set.of(
            "auto_mapping",
            "base_model_name_or_path",
            "inference_mode",
            "megatron_core",
            "peft_version",
            "qalora_group_size",
            "revision");

    private static final int MOST_RANK = 1 << 16;
    private static final String ALL_LINEAR = "all-linear";
    private static final JsonMapper JSON = new JsonMapper();

    private final JsonNode json;
    private final List<String> problems = new ArrayList<>();

    private AdapterConfiguration(JsonNode json) {
        this.json = json;
    }

    /**
     * @param forTraining whether the adapter will be trained on: then there may be no dropout
     * @throws CheckpointException with all that is wrong
     */
    static Lora read(Path path, JsonNode json, boolean forTraining) {
        return new AdapterConfiguration(json).read(path, forTraining);
    }

    private Lora read(Path path, boolean forTraining) {
        JsonNode rank = json.path("r");
        if (!rank.isInt() || rank.asInt() < 1 || rank.asInt() > MOST_RANK) {
            problems.add("r is " + shown(rank) + ", but must be a positive whole number up to " + MOST_RANK);
        }
        JsonNode alpha = json.path("lora_alpha");
        if (!alpha.isNumber() || !(alpha.asDouble() > 0)) {
            problems.add("lora_alpha is " + shown(alpha) + ", but must be a positive number");
        }
        Set<LoraTarget> targets = targets(json.path("target_modules"));
        for (String field : json.propertyNames()) {
            check(field, json.get(field), forTraining);
        }
        if (!problems.isEmpty()) {
            throw new CheckpointException(path, path + ": " + String.join("; ", problems));
        }
        return new Lora(rank.asInt(), alpha.asDouble(), targets);
    }

    private void check(String field, JsonNode value, boolean forTraining) {
        boolean fits = switch (field) {
            case "r", "lora_alpha", "target_modules" -> true; // read above
            case "peft_type" -> value.asString("").equals("LORA");
            case "task_type" -> value.isNull() || value.asString("").equals("CAUSAL_LM");
            case "bias" -> value.asString("").equals("none");
            case "lora_dropout" -> !forTraining || value.asDouble(1) == 0;
            // Others, such as PiSSA's, change the base's weights as well.
            case "init_lora_weights" ->
                value.isBoolean() || value.isNull() || value.asString("").equals("gaussian");
            default -> FREE.contains(field) || isNothing(value);
        };
        if (!fits) {
            problems.add(field + " is " + value + ", which is not supported");
        }
    }

    private static boolean isNothing(JsonNode value) {
        return value.isNull() || value.isContainer() && value.isEmpty() || value.isBoolean() && !value.asBoolean();
    }

    /**
     * A module may be named with what it stands in, up to {@code model.layers.0.self_attn.q_proj}, as PEFT writes it
     * for {@code all-linear}. Whether all layers are named shows in the tensors.
     */
    private Set<LoraTarget> targets(JsonNode modules) {
        if (modules.asString("").equals(ALL_LINEAR)) {
            return Lora.ALL_LINEAR;
        }
        Set<LoraTarget> targets = EnumSet.noneOf(LoraTarget.class);
        List<String> unknown = new ArrayList<>();
        for (JsonNode module : modules.isArray() ? modules.values() : List.of(modules)) {
            String name = module.asString("");
            LoraTarget.of(name.substring(name.lastIndexOf('.') + 1))
                    .ifPresentOrElse(targets::add, () -> unknown.add(shown(module)));
        }
        if (!unknown.isEmpty() || targets.isEmpty()) {
            problems.add("target_modules has " + (unknown.isEmpty() ? "nothing" : String.join(", ", unknown))
                    + ", but must be \"" + ALL_LINEAR + "\" or a list of "
                    + Arrays.stream(LoraTarget.values()).map(LoraTarget::module).collect(Collectors.joining(", ")));
        }
        return targets;
    }

    private static String shown(JsonNode value) {
        return value.isMissingNode() ? "missing" : value.toString();
    }

    /** @param baseModel where PEFT finds the model that the adapter belongs to */
    static byte[] write(Lora lora, String baseModel) {
        ObjectNode json = JSON.createObjectNode();
        json.put("peft_type", "LORA");
        json.put("task_type", "CAUSAL_LM");
        json.put("base_model_name_or_path", baseModel);
        json.put("inference_mode", true);
        json.put("r", lora.rank());
        if (lora.alpha() == Math.rint(lora.alpha()) && lora.alpha() <= Integer.MAX_VALUE) {
            json.put("lora_alpha", (int) lora.alpha());
        } else {
            json.put("lora_alpha", lora.alpha());
        }
        json.put("lora_dropout", 0.0);
        json.set(
                "target_modules",
                JSON.valueToTree(lora.targets().stream().map(LoraTarget::module).toList()));
        json.put("bias", "none");
        json.put("fan_in_fan_out", false);
        json.put("init_lora_weights", true);
        json.put("use_rslora", false);
        json.put("use_dora", false);
        json.putNull("modules_to_save");
        json.putObject("rank_pattern");
        json.putObject("alpha_pattern");
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
    }
}
