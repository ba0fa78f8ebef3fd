package dev.tribunal.gateway.openapi;

import dev.tribunal.contracts.http.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeRegistryApi;
import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.runs.v1.RunsApi;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.http.MediaType;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Puts the document together. */
final class OpenApiDocument {

    private static final Map<String, Class<?>> APIS = new LinkedHashMap<>();

    static {
        APIS.put("runs", RunsApi.class);
        APIS.put("judges", JudgeRegistryApi.class);
        APIS.put("judgements", JudgementApi.class);
        APIS.put("reward-models", RewardApi.class);
    }

    private OpenApiDocument() {}

    static ObjectNode create() {
        ObjectNode document = JsonNodeFactory.instance.objectNode().put("openapi", "3.1.0");
        document.putObject("info")
                .put("title", "Tribunal")
                .put("version", "v1")
                .put("description", "Post-trains language models by reinforcement learning under constraints that a"
                        + " mixture of judges sets. Every error is a problem (RFC 9457).");
        document.putArray("servers").addObject().put("url", "/");
        document.putArray("security").addObject().putArray("bearer");
        ArrayNode tags = document.putArray("tags");
        ObjectNode paths = document.putObject("paths");
        ObjectNode components = document.putObject("components");
        ObjectNode definitions = components.putObject("schemas");

        Schemas schemas = new Schemas(definitions, "", OpenApiDocument::required);
        Operations operations = new Operations(paths, schemas, WrittenRunSpec.schema(definitions));
        APIS.forEach((tag, api) -> {
            tags.addObject().put("name", tag).put("description", Javadocs.of(api));
            operations.add(tag, api);
        });
        addProblem(components, schemas);
        components.putObject("securitySchemes").putObject("bearer").put("type", "http").put("scheme", "bearer");
        return document;
    }

    /** RFC 9457, with the members that every Tribunal service adds. */
    private static void addProblem(ObjectNode components, Schemas schemas) {
        ObjectNode problem = components.withObject("/schemas").putObject("Problem").put("type", "object");
        ObjectNode properties = problem.putObject("properties");
        for (String text : new String[] {"type", "title", "detail", "instance", "code", "requestId"}) {
            properties.putObject(text).put("type", "string");
        }
        properties.putObject("status").put("type", "integer");
        properties.withObject("/code").put("description", "Stable, snake case: what a client branches on.");
        properties.withObject("/detail").put("description", "What went wrong with which value, and what to do.");
        ObjectNode errors = properties.putObject("errors").put("type", "array");
        errors.put("description", "All mistakes of a request at once.");
        errors.set("items", schemas.of(ResolvableType.forClass(FieldError.class)));
        ArrayNode required = problem.putArray("required");
        Arrays.asList("status", "code", "requestId", "errors").forEach(required::add);

        ObjectNode json = components.putObject("responses")
                .putObject("Problem")
                .put("description", "A problem")
                .putObject("content")
                .putObject(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        json.putObject("schema").put("$ref", "#/components/schemas/Problem");
        Examples.of("Problem").ifPresent(example -> json.set("example", example));
    }

    /** Neither nullable nor filled in by the record's constructor where it is left out. */
    private static boolean required(RecordComponent component) {
        return !component.getAnnotatedType().isAnnotationPresent(Nullable.class) && !filledIn(component);
    }

    private static boolean filledIn(RecordComponent component) {
        RecordComponent[] all = component.getDeclaringRecord().getRecordComponents();
        if (component.getType().isPrimitive() || Arrays.stream(all).anyMatch(one -> one.getType().isPrimitive())) {
            return false;
        }
        try {
            Class<?>[] types = Arrays.stream(all).map(RecordComponent::getType).toArray(Class<?>[]::new);
            Object empty = component
                    .getDeclaringRecord()
                    .getDeclaredConstructor(types)
                    .newInstance(new Object[all.length]);
            return component.getAccessor().invoke(empty) != null;
        } catch (InvocationTargetException refused) {
            return false;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
