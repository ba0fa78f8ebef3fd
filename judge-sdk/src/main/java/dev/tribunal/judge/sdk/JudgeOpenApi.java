package dev.tribunal.judge.sdk;

import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration;
import dev.tribunal.servicekit.openapi.OpenApi;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** OpenAPI 3.1 documents: of judge/v1, for those who write a judge, and of one judge, for those who ask it. */
public final class JudgeOpenApi {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String CODE = "^[a-z][a-z0-9_]{0,63}$";

    private JudgeOpenApi() {}

    /** The contract, and the registration of a judge that speaks it. */
    public static ObjectNode contract() {
        OpenApi api = new OpenApi(
                "judge/v1",
                "v1",
                "What a judge serves, in whatever language it is written. Unknown fields are ignored on both sides."
                        + " A whole request that fails is answered with a problem (RFC 9457); only 408, 429 and 5xx are"
                        + " asked again, after `Retry-After`, inside the deadline.");
        api.add("judge", JudgeApi.class).addWritten(JudgeRegistration.class);
        ObjectNode document = api.document();
        refine(api.definitions());
        addHeaders((ObjectNode) document.at("/paths/~1judge~1v1~1evaluate/post"));
        JsonNode problem = document.at("/components/responses/Problem/content/application~1problem+json/example");
        ((ObjectNode) problem).put("detail", "The request has 2 mistake(s).").put("instance", "/judge/v1/evaluate");
        ((ObjectNode) problem)
                .put("code", "invalid_request")
                .withArray("errors")
                .removeAll()
                .add(mistake("/deadlineMs", "is 0, must be at least 1"))
                .add(mistake("/items/0/completion/text", "is missing"));
        addHealth(document.withObject("/paths"), "live", "Whether the process should go on; 200 if so");
        addHealth(document.withObject("/paths"), "ready", "Whether it can judge now; 200 if so");
        return document;
    }

    /** The contract as this judge serves it. */
    public static ObjectNode of(JudgeDescriptor judge) {
        ObjectNode document = contract();
        document.withObject("/info")
                .put("title", judge.name())
                .put("version", judge.version())
                .put(
                        "description",
                        judge.description() == null ? "A judge that speaks judge/v1." : judge.description());
        ObjectNode schemas = document.withObject("/components/schemas");
        schemas.retain(schemas.propertyNames().stream()
                .filter(name -> !name.startsWith(OpenApi.WRITTEN))
                .toList());
        ObjectNode reference = schemas.withObject("/JudgeReference/properties");
        reference.withObject("/name").put("const", judge.name());
        reference.withObject("/version").put("const", judge.version());
        if (judge.parameters() != null) {
            reference.set("parameters", JSON.valueToTree(judge.parameters()));
        }
        for (String request : new String[] {"EvaluateRequest", "CheckRequest"}) {
            ((ObjectNode) schemas.at("/" + request + "/properties/items")).put("maxItems", judge.maxBatchItems());
        }
        for (JsonNode named : document.findValues("judge")) {
            if (named instanceof ObjectNode example && example.has("name")) {
                example.put("name", judge.name()).put("version", judge.version());
            }
        }
        document.withObject("/paths/~1judge~1v1~1descriptor/get/responses/200/content/application~1json")
                .set("example", JSON.valueToTree(judge));
        return withoutNulls(document);
    }

    private static ObjectNode mistake(String pointer, String detail) {
        return JSON.createObjectNode().put("pointer", pointer).put("detail", detail);
    }

    /** What Java's types do not say. */
    private static void refine(ObjectNode schemas) {
        ObjectNode request = schemas.withObject("/EvaluateRequest/properties");
        request.withObject("/requestId").put("minLength", 1);
        ObjectNode descriptor = schemas.withObject("/JudgeDescriptor/properties");
        descriptor.withObject("/contract").put("const", JudgeApi.CONTRACT);
        descriptor.withObject("/maxBatchItems").put("minimum", 1);
        schemas.withObject("/VerdictError/properties/code").put("pattern", CODE);
        // The fan-out has a fourth word, which a judge does not say.
        ObjectNode verdict = schemas.withObject("/Verdict");
        verdict.put("description", "A judge's answer about one item.");
        verdict.putArray("enum").add("satisfied").add("violated").add("undecided");
        // A fixture's item needs no id of its own.
        ObjectNode item = schemas.withObject("/JudgeItem").deepCopy();
        item.putArray("required").add("completion");
        schemas.withObject("/JudgeRegistrationFixture/properties").set("item", item);
        ArrayNode either = schemas.withObject("/EvaluateResponseResult").putArray("oneOf");
        ObjectNode decided = either.addObject();
        decided.withObject("/properties/verdict")
                .putArray("enum")
                .add("satisfied")
                .add("violated");
        decided.withObject("/not").putArray("required").add("error");
        ObjectNode undecided = either.addObject();
        undecided.withObject("/properties/verdict").put("const", "undecided");
        undecided.putArray("required").add("error");
        undecided.withObject("/not").putArray("required").add("score");
    }

    private static void addHeaders(ObjectNode evaluate) {
        ArrayNode parameters = evaluate.withArray("parameters");
        header(parameters, "Idempotency-Key", "The same for every attempt at one request; a judge may ignore it.");
        header(parameters, "traceparent", "W3C Trace Context: log it, and hand it on when calling out.");
    }

    private static void header(ArrayNode parameters, String name, String description) {
        parameters
                .addObject()
                .put("name", name)
                .put("in", "header")
                .put("required", false)
                .put("description", description)
                .putObject("schema")
                .put("type", "string");
    }

    private static void addHealth(ObjectNode paths, String what, String summary) {
        ObjectNode get = paths.putObject("/health/" + what).putObject("get");
        get.putArray("tags").add("judge");
        get.put("operationId", "health_" + what).put("summary", summary);
        get.putArray("security"); // none
        ObjectNode responses = get.putObject("responses");
        responses.putObject("200").put("description", "Yes");
        responses.putObject("503").put("description", "No");
    }

    private static ObjectNode withoutNulls(ObjectNode node) {
        node.removeIf(JsonNode::isNull);
        node.forEach(child -> {
            if (child instanceof ObjectNode object) {
                withoutNulls(object);
            }
        });
        return node;
    }
}
