package dev.tribunal.local.cli.method;

import dev.tribunal.contracts.runs.v1.method.MethodResource;
import dev.tribunal.contracts.runs.v1.method.MethodTrialRequest;
import dev.tribunal.contracts.runs.v1.method.MethodTrialResource;
import dev.tribunal.local.cli.screen.TextTable;
import dev.tribunal.servicekit.input.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Methods and trials, for people. */
final class MethodReports {

    private static final JsonMapper JSON = new JsonMapper();

    private MethodReports() {}

    static List<String> list(List<MethodResource> methods) {
        TextTable table = new TextTable("NAME", "KIND", "PAPER", "NEEDS");
        TextTable hyperparameters = new TextTable("METHOD", "HYPERPARAMETER", "VALUES", "DEFAULT");
        for (MethodResource method : methods) {
            table.add(
                    method.name(),
                    Words.of(method.kind()),
                    method.paper(),
                    method.needs().isEmpty()
                            ? "-"
                            : method.needs().stream().map(Words::of).collect(Collectors.joining(", ")));
            JsonNode schema = JSON.valueToTree(method.hyperparameters());
            schema.path("properties")
                    .properties()
                    .forEach(one -> hyperparameters.add(
                            method.name(), one.getKey(), values(one.getValue()), otherwise(schema, one.getKey())));
        }
        List<String> lines = new ArrayList<>(table.lines());
        lines.add("");
        lines.addAll(hyperparameters.lines());
        return lines;
    }

    /** Of a hyperparameter's JSON Schema. */
    private static String values(JsonNode schema) {
        if (schema.has("enum")) {
            return schema.path("enum").valueStream().map(JsonNode::asString).collect(Collectors.joining(" | "));
        }
        if (schema.has("oneOf")) {
            return schema.path("oneOf")
                    .valueStream()
                    .map(one -> one.at("/properties/type/const").asString(""))
                    .filter(name -> !name.isEmpty())
                    .collect(Collectors.joining(" | "));
        }
        String type = schema.path("type").asString("");
        List<String> bounds = new ArrayList<>();
        Map.of("exclusiveMinimum", "> ", "minimum", ">= ")
                .forEach((name, sign) -> addBound(bounds, sign, schema.get(name)));
        Map.of("exclusiveMaximum", "< ", "maximum", "<= ")
                .forEach((name, sign) -> addBound(bounds, sign, schema.get(name)));
        return type + (bounds.isEmpty() ? "" : " " + String.join(", ", bounds));
    }

    private static void addBound(List<String> bounds, String sign, @Nullable JsonNode bound) {
        if (bound != null) {
            bounds.add(sign + bound);
        }
    }

    /** What a hyperparameter is when it is left out. */
    private static String otherwise(JsonNode schema, String name) {
        JsonNode value = schema.path("properties").path(name).path("default");
        if (!value.isMissingNode()) {
            return value.isString() ? value.stringValue() : value.toString();
        }
        boolean required = schema.path("required").valueStream().anyMatch(one -> name.equals(one.asString()));
        return required ? "(has to be given)" : "(may be left out)";
    }

    static List<String> trial(MethodTrialResource tried) {
        ObjectNode method = JSON.valueToTree(tried.method());
        String name = String.valueOf(method.remove("type").asString());
        List<String> lines = new ArrayList<>();
        lines.add(name + (method.isEmpty() ? "" : " " + method));
        lines.add("loss " + number(tried.loss()));
        lines.add("");
        TextTable table = new TextTable(
                "PROMPT", "SAMPLE", "ROLE", "SCORES", "REWARD", "REGULARIZED", "ADVANTAGE", "SLOPE OF LOG-PROBS");
        for (MethodTrialResource.Group group : tried.groups()) {
            for (MethodTrialResource.Rollout rollout : group.rollouts()) {
                table.add(
                        String.valueOf(group.prompt()),
                        String.valueOf(rollout.sample()),
                        role(rollout),
                        scores(rollout),
                        number(rollout.reward()),
                        number(rollout.regularizedReward()),
                        number(rollout.advantage()),
                        range(rollout.slopes().logProbs()));
            }
        }
        lines.addAll(table.lines());
        return lines;
    }

    /** By reward model where they have names. */
    private static String scores(MethodTrialResource.Rollout rollout) {
        return rollout.scores().isEmpty()
                ? "-"
                : rollout.scores().entrySet().stream()
                        .map(score -> (score.getKey().equals(MethodTrialRequest.ONLY_MODEL) ? "" : score.getKey() + " ")
                                + number(score.getValue().value()))
                        .collect(Collectors.joining(", "));
    }

    private static String role(MethodTrialResource.Rollout rollout) {
        if (rollout.leftBatch() != null) {
            return "left: " + Words.of(rollout.leftBatch());
        }
        return rollout.role() == null ? "-" : rollout.role();
    }

    /** One number where all tokens have the same. */
    private static String range(List<Double> slopes) {
        double least = slopes.stream().mapToDouble(Double::doubleValue).min().orElse(0);
        double most = slopes.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        return least == most ? number(least) : number(least) + " to " + number(most);
    }

    private static String number(@Nullable Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%.5g", value);
    }
}
