package dev.tribunal.servicekit.openapi;

import dev.tribunal.contracts.common.FieldError;
import java.util.Arrays;
import org.springframework.core.ResolvableType;
import org.springframework.http.MediaType;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Puts a document together: contracts are added to it, one by one. Every operation wants a bearer token. */
public final class OpenApi {

    private final ObjectNode document = JsonNodeFactory.instance.objectNode().put("openapi", "3.1.0");
    private final ArrayNode tags;
    private final ObjectNode paths;
    private final ObjectNode definitions;
    private final Schemas schemas;

    /** What the names of schemas begin with that are of what a person writes. */
    public static final String WRITTEN = "Written";

    /** @param description CommonMark */
    public OpenApi(String title, String version, String description) {
        document.putObject("info").put("title", title).put("version", version).put("description", description);
        document.putArray("servers").addObject().put("url", "/");
        document.putArray("security").addObject().putArray("bearer");
        tags = document.putArray("tags");
        paths = document.putObject("paths");
        ObjectNode components = document.putObject("components");
        definitions = components.putObject("schemas");
        schemas = Schemas.sent(definitions);
        addProblem(components);
        components
                .putObject("securitySchemes")
                .putObject("bearer")
                .put("type", "http")
                .put("scheme", "bearer");
    }

    /** A contract's operations, and the schemas of what they take and answer. */
    public OpenApi add(String tag, Class<?> api) {
        return add(tag, api, JsonNodeFactory.instance.objectNode().put("type", "string"));
    }

    /** @param written what a body is read as that the contract takes as text */
    public OpenApi add(String tag, Class<?> api, Class<? extends Record> written) {
        return add(tag, api, Schemas.written(definitions, WRITTEN).of(ResolvableType.forClass(written)));
    }

    private OpenApi add(String tag, Class<?> api, ObjectNode written) {
        tags.addObject().put("name", tag).put("description", Javadocs.of(api));
        new Operations(paths, schemas, written).add(tag, api);
        return this;
    }

    /** Adds the schema of what a person writes and no operation takes, and what it refers to. */
    public OpenApi addWritten(Class<? extends Record> type) {
        Schemas.written(definitions, WRITTEN).of(ResolvableType.forClass(type));
        return this;
    }

    /** The schemas by name, to refine them. */
    public ObjectNode definitions() {
        return definitions;
    }

    /** The document itself: what is changed in it is changed. */
    public ObjectNode document() {
        return document;
    }

    /** RFC 9457, with the members that every Tribunal service adds. */
    private void addProblem(ObjectNode components) {
        ObjectNode problem = definitions.putObject("Problem").put("type", "object");
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

        ObjectNode json = components
                .putObject("responses")
                .putObject("Problem")
                .put("description", "A problem")
                .putObject("content")
                .putObject(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        json.putObject("schema").put("$ref", "#/components/schemas/Problem");
        Examples.of("Problem").ifPresent(example -> json.set("example", example));
    }
}
