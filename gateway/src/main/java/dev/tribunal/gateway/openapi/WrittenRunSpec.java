package dev.tribunal.gateway.openapi;

import dev.tribunal.contracts.runs.v1.RunSpec;
import dev.tribunal.servicekit.openapi.Schemas;
import java.lang.reflect.RecordComponent;
import java.util.Map;
import java.util.Set;
import org.springframework.core.ResolvableType;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A run spec as a person writes it: what has a default may be left out, a judge may be its name alone, and an unknown
 * field is an error. The trainer's spec reader decides; this tells the same.
 */
final class WrittenRunSpec {

    private static final Map<Class<?>, Set<String>> REQUIRED = Map.of(
            RunSpec.class, Set.of("apiVersion", "name", "policy", "training", "tasks"),
            RunSpec.Policy.class, Set.of("model"),
            RunSpec.Lora.class, Set.of("rank"),
            RunSpec.Training.class, Set.of("steps", "learningRate"),
            RunSpec.Task.class, Set.of("name", "prompts"),
            RunSpec.Prompts.class, Set.of("source", "batchSize"),
            RunSpec.Judge.class, Set.of("judge"),
            RunSpec.Crpg.class, Set.of("generations", "klMax"),
            RunSpec.Crraft.class, Set.of("generations", "klMax"),
            RunSpec.Codpo.class, Set.of("generations", "beta", "lambda"));

    private WrittenRunSpec() {}

    /** Adds the schemas and returns a reference to the spec's. */
    static ObjectNode schema(ObjectNode definitions) {
        ObjectNode own = JsonNodeFactory.instance.objectNode();
        ObjectNode reference =
                new Schemas(own, "Written", WrittenRunSpec::required).of(ResolvableType.forClass(RunSpec.class));
        own.forEach(schema -> {
            if (schema.has("properties")) {
                ((ObjectNode) schema).put("additionalProperties", false);
            }
        });
        // Named, for generators make names of their own for what is written in place, and those may be taken.
        own.set("WrittenRunSpecParameterizedJudge", own.withObject("WrittenRunSpecJudge"));
        own.replace(
                "WrittenRunSpecJudge",
                nameAlone(JsonNodeFactory.instance
                        .objectNode()
                        .put("$ref", "#/components/schemas/WrittenRunSpecParameterizedJudge")));
        ObjectNode lora = own.withObject("WrittenRunSpecLora").withObject("properties");
        lora.replace("targetModules", either("`all-linear`, every one", lora.withObject("targetModules")));
        definitions.setAll(own);
        return reference;
    }

    private static boolean required(RecordComponent component) {
        return REQUIRED.getOrDefault(component.getDeclaringRecord(), Set.of()).contains(component.getName());
    }

    private static ObjectNode nameAlone(ObjectNode judge) {
        return either("`NAME` or `NAME@VERSION`, without parameters", judge);
    }

    /** A text, or what there is a schema of. */
    private static ObjectNode either(String text, ObjectNode other) {
        ObjectNode either = JsonNodeFactory.instance.objectNode();
        either.putArray("oneOf")
                .add(JsonNodeFactory.instance
                        .objectNode()
                        .put("type", "string")
                        .put("description", text))
                .add(other);
        return either;
    }
}
