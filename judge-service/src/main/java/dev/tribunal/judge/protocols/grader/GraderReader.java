package dev.tribunal.judge.protocols.grader;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.judge.protocols.grader.Grader.GraderPrompt;
import dev.tribunal.judge.protocols.grader.Grader.LabelModel;
import dev.tribunal.judge.protocols.grader.Grader.Multi;
import dev.tribunal.judge.protocols.grader.Grader.Operation;
import dev.tribunal.judge.protocols.grader.Grader.ScoreModel;
import dev.tribunal.judge.protocols.grader.Grader.StringCheck;
import dev.tribunal.judge.protocols.grader.Grader.TextSimilarity;
import dev.tribunal.judge.protocols.grader.Grader.Turn;
import dev.tribunal.servicekit.json.JsonPointers;
import dev.tribunal.servicekit.protocols.Template;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the JSON of a grader as OpenAI's API takes it, and names everything that is wrong with it. Fields that change
 * nothing here, such as {@code name}, are left alone.
 */
final class GraderReader {

    private static final JsonMapper JSON = new JsonMapper();

    /** Sampling parameters as graders name them, and as chat completions do. */
    private static final Map<String, String> SAMPLING = Map.of(
            "temperature", "temperature",
            "top_p", "top_p",
            "seed", "seed",
            "reasoning_effort", "reasoning_effort",
            "max_completions_tokens", "max_completion_tokens",
            "max_completion_tokens", "max_completion_tokens");

    private final List<FieldError> errors = new ArrayList<>();

    /**
     * @param grader absent if anything is wrong
     * @param passThreshold what the grader itself calls passing, from this score on; absent if it does not say
     * @param errors pointers are from the grader's root
     */
    record Outcome(@Nullable Grader grader, @Nullable Double passThreshold, List<FieldError> errors) {}

    static Outcome read(Map<String, Object> given) {
        GraderReader reader = new GraderReader();
        JsonNode json = JSON.valueToTree(given);
        Grader grader = reader.grader(json, "", true);
        Double passes = reader.passThreshold(json, grader);
        return new Outcome(reader.errors.isEmpty() ? grader : null, passes, List.copyOf(reader.errors));
    }

    private @Nullable Double passThreshold(JsonNode json, @Nullable Grader grader) {
        JsonNode passes = json.path("pass_threshold");
        if (!passes.isMissingNode() && !passes.isNumber()) {
            add("/pass_threshold", "is " + passes + ", must be a number");
        }
        if (passes.isNumber()) {
            return passes.doubleValue();
        }
        return grader instanceof StringCheck || grader instanceof LabelModel ? 1.0 : null;
    }

    private @Nullable Grader grader(JsonNode json, String at, boolean multiMayBe) {
        return switch (json.path("type").asString("")) {
            case "string_check" -> stringCheck(json, at);
            case "text_similarity" -> textSimilarity(json, at);
            case "score_model" -> scoreModel(json, at);
            case "label_model" -> labelModel(json, at);
            case "multi" -> multiMayBe ? multi(json, at) : nothing(at + "/type", "is 'multi' within 'multi'");
            case "python" ->
                nothing(at + "/type", "is 'python', which is not run here; write a judge on the SDK, or use code");
            case String other ->
                nothing(
                        at + "/type",
                        "is '" + other + "', must be string_check, text_similarity, score_model, label_model or multi");
        };
    }

    private @Nullable Grader stringCheck(JsonNode json, String at) {
        Template input = template(json, at, "input");
        Template reference = reference(json, at);
        Operation operation = null;
        String given = json.path("operation").asString("");
        for (Operation known : Operation.values()) {
            operation = known.name().toLowerCase(Locale.ROOT).equals(given) ? known : operation;
        }
        if (operation == null) {
            return nothing(at + "/operation", "is '" + given + "', must be eq, ne, like or ilike");
        }
        return input == null || reference == null ? null : new StringCheck(input, operation, reference);
    }

    private @Nullable Grader textSimilarity(JsonNode json, String at) {
        Template input = template(json, at, "input");
        Template reference = reference(json, at);
        try {
            Similarity metric = Similarity.of(json.path("evaluation_metric").asString(""));
            return input == null || reference == null ? null : new TextSimilarity(input, metric, reference);
        } catch (IllegalArgumentException e) {
            return nothing(at + "/evaluation_metric", "" + e.getMessage());
        }
    }

    private @Nullable Grader scoreModel(JsonNode json, String at) {
        GraderPrompt prompt = prompt(json, at);
        double least = 0;
        double most = 1;
        JsonNode range = json.path("range");
        if (!range.isMissingNode()) {
            if (range.size() != 2
                    || !range.path(0).isNumber()
                    || !range.path(1).isNumber()
                    || range.path(0).doubleValue() >= range.path(1).doubleValue()) {
                return nothing(at + "/range", "is " + range + ", must be two numbers, the lesser first");
            }
            least = range.path(0).doubleValue();
            most = range.path(1).doubleValue();
        }
        return prompt == null ? null : new ScoreModel(prompt, least, most);
    }

    private @Nullable Grader labelModel(JsonNode json, String at) {
        GraderPrompt prompt = prompt(json, at);
        List<String> labels = texts(json.path("labels"));
        List<String> passing = texts(json.path("passing_labels"));
        if (labels.size() < 2) {
            add(at + "/labels", "must be a list of at least two texts");
        }
        if (passing.isEmpty() || !labels.containsAll(passing)) {
            return nothing(at + "/passing_labels", "is " + passing + ", must be some of the labels " + labels);
        }
        return prompt == null ? null : new LabelModel(prompt, labels, passing);
    }

    private @Nullable Grader multi(JsonNode json, String at) {
        Map<String, Grader> graders = new LinkedHashMap<>();
        JsonNode given = json.path("graders");
        if (!given.isObject() || given.isEmpty()) {
            return nothing(at + "/graders", "must be an object of graders by name");
        }
        for (Map.Entry<String, JsonNode> entry : given.properties()) {
            Grader grader = grader(entry.getValue(), JsonPointers.child(at + "/graders", entry.getKey()), false);
            if (grader != null) {
                graders.put(entry.getKey(), grader);
            }
        }
        Formula formula;
        try {
            formula = new Formula(json.path("calculate_output").asString(""));
        } catch (IllegalArgumentException e) {
            return nothing(at + "/calculate_output", "" + e.getMessage());
        }
        for (String name : formula.names()) {
            if (!given.has(name)) {
                add(at + "/calculate_output", "names '" + name + "', which is none of the graders");
            }
        }
        return new Multi(graders, formula);
    }

    private @Nullable GraderPrompt prompt(JsonNode json, String at) {
        String model = json.path("model").asString("");
        if (model.isBlank()) {
            add(at + "/model", "is missing; name the model as the server calls it");
        }
        List<Turn> turns = new ArrayList<>();
        JsonNode input = json.path("input");
        if (!input.isArray() || input.isEmpty()) {
            add(at + "/input", "must be a list of at least one message with role and content");
        }
        for (int i = 0; i < input.size(); i++) {
            Turn turn = turn(input.path(i), at + "/input/" + i);
            if (turn != null) {
                turns.add(turn);
            }
        }
        Map<String, Object> sampling = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : json.path("sampling_params").properties()) {
            String name = SAMPLING.get(entry.getKey());
            if (name == null) {
                add(
                        JsonPointers.child(at + "/sampling_params", entry.getKey()),
                        "is not known; there are " + SAMPLING.keySet());
            } else if (!entry.getValue().isNull()) {
                sampling.put(name, JSON.treeToValue(entry.getValue(), Object.class));
            }
        }
        return new GraderPrompt(model, turns, sampling);
    }

    private @Nullable Turn turn(JsonNode message, String at) {
        String role = message.path("role").asString("");
        if (!List.of("user", "assistant", "system", "developer").contains(role)) {
            add(at + "/role", "is '" + role + "', must be user, assistant, system or developer");
        }
        String content = content(message.path("content"), at + "/content");
        Template template = content == null ? null : template(content, at + "/content");
        // Chat completions of other servers know no developer; OpenAI's takes system for it.
        return template == null ? null : new Turn(role.equals("developer") ? "system" : role, template);
    }

    /** A text, a part of a text's type, or a list of them. */
    private @Nullable String content(JsonNode content, String at) {
        if (content.isArray()) {
            List<String> parts = new ArrayList<>();
            for (int i = 0; i < content.size(); i++) {
                String part = content(content.path(i), at + "/" + i);
                if (part == null) {
                    return null;
                }
                parts.add(part);
            }
            return String.join("\n", parts);
        }
        String type = content.path("type").asString("input_text");
        JsonNode text = content.isString() ? content : content.path("text");
        if (!List.of("input_text", "output_text").contains(type) || !text.isString()) {
            add(at, "must be a text; images and sounds are not sent");
            return null;
        }
        return text.asString();
    }

    /** Every text contains an empty one, and differs from it. */
    private @Nullable Template reference(JsonNode json, String at) {
        JsonNode text = json.path("reference");
        if (text.isString() && text.asString().isBlank()) {
            add(at + "/reference", "is empty, so that it decides nothing; give a text, for example {{item.answer}}");
            return null;
        }
        return template(json, at, "reference");
    }

    private @Nullable Template template(JsonNode json, String at, String field) {
        JsonNode text = json.path(field);
        if (!text.isString()) {
            add(at + "/" + field, "is missing; give a text, for example {{sample.output_text}}");
            return null;
        }
        return template(text.asString(), at + "/" + field);
    }

    private @Nullable Template template(String text, String at) {
        try {
            return Template.of(text);
        } catch (IllegalArgumentException e) {
            add(at, "" + e.getMessage());
            return null;
        }
    }

    private static List<String> texts(JsonNode list) {
        return list.values().stream()
                .filter(JsonNode::isString)
                .map(JsonNode::asString)
                .toList();
    }

    private @Nullable Grader nothing(String pointer, String detail) {
        add(pointer, detail);
        return null;
    }

    private void add(String pointer, String detail) {
        errors.add(new FieldError(pointer, detail));
    }
}
