package dev.tribunal.servicekit.openapi;

import dev.tribunal.contracts.common.MaxBody;
import dev.tribunal.contracts.common.Text;
import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.servicekit.json.JsonPointers;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ValueConstants;
import org.springframework.web.service.annotation.HttpExchange;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** OpenAPI's operations, from the methods of a contract's interface. */
final class Operations {

    /** What the signatures cannot say; the rest answer 200, or 204 where there is nothing to answer. */
    private static final Map<String, HttpStatus> STATUS = Map.ofEntries(
            Map.entry("runs_create", HttpStatus.CREATED),
            Map.entry("runs_pause", HttpStatus.ACCEPTED),
            Map.entry("runs_resume", HttpStatus.ACCEPTED),
            Map.entry("runs_cancel", HttpStatus.ACCEPTED),
            Map.entry("judges_register", HttpStatus.CREATED),
            Map.entry("judges_probe", HttpStatus.ACCEPTED),
            Map.entry("reward_models_register", HttpStatus.CREATED),
            Map.entry("lineage_fork", HttpStatus.CREATED),
            Map.entry("rejudgements_create", HttpStatus.ACCEPTED),
            Map.entry("generations_create", HttpStatus.ACCEPTED),
            Map.entry("tokens_create", HttpStatus.CREATED));

    /** Operations that depend on the state of what they are about. */
    private static final Set<String> CONFLICTS = Set.of(
            "runs_create",
            "runs_pause",
            "runs_resume",
            "runs_cancel",
            "runs_delete",
            "judges_register",
            "judges_probe",
            "judges_drain",
            "judges_retire",
            "judges_delete",
            "judges_evaluate",
            "reward_models_register",
            "reward_models_score",
            "rejudgements_create",
            "rejudgements_cancel",
            "generations_create",
            "generations_cancel",
            "tokens_create",
            "tokens_rotate");

    private static final JsonMapper JSON = new JsonMapper();

    private final ObjectNode paths;
    private final Schemas schemas;
    private final ObjectNode written;

    /** @param written the schema of what the interface takes as text */
    Operations(ObjectNode paths, Schemas schemas, ObjectNode written) {
        this.paths = paths;
        this.schemas = schemas;
        this.written = written;
    }

    void add(String tag, Class<?> api) {
        Arrays.stream(api.getDeclaredMethods())
                .filter(method -> AnnotatedElementUtils.hasAnnotation(method, HttpExchange.class))
                .sorted(Comparator.comparing((Method method) -> exchange(method).url())
                        .thenComparing(Method::getName))
                .forEach(method -> add(tag, method));
    }

    private void add(String tag, Method method) {
        HttpExchange exchange = exchange(method);
        String id = tag.replace('-', '_') + "_" + method.getName();
        ObjectNode operation = paths.withObject(JsonPointers.child(
                JsonPointers.child("", exchange.url()), exchange.method().toLowerCase(Locale.ROOT)));
        operation.putArray("tags").add(tag);
        operation.put("operationId", id);
        String javadoc = Javadocs.of(method);
        operation.put("summary", javadoc.split("(?<=[.:;])\\s", 2)[0].replaceAll("[.:;]$", ""));
        Schemas.describe(operation, javadoc);
        ArrayNode parameters = operation.putArray("parameters");
        for (Parameter parameter : method.getParameters()) {
            addParameter(operation, parameters, method, parameter);
        }
        addResponses(operation.putObject("responses"), id, method);
    }

    private static HttpExchange exchange(Method method) {
        return Objects.requireNonNull(AnnotatedElementUtils.findMergedAnnotation(method, HttpExchange.class));
    }

    private void addParameter(ObjectNode operation, ArrayNode parameters, Method method, Parameter parameter) {
        ResolvableType type = ResolvableType.forType(parameter.getParameterizedType());
        String description = Javadocs.ofParameter(method, parameter.getName());
        if (annotated(parameter, RequestBody.class)) {
            ObjectNode body = operation.putObject("requestBody").put("required", true);
            Schemas.describe(body, description + size(method, description.isEmpty() ? "" : ". "));
            addRequestContent(body.putObject("content"), type);
        } else if (annotated(parameter, PathVariable.class)) {
            var annotation = parameter.getAnnotation(PathVariable.class);
            describe(parameters.addObject(), "path", annotation.value(), true, parameter, description);
        } else if (annotated(parameter, RequestParam.class)) {
            var annotation = parameter.getAnnotation(RequestParam.class);
            boolean hasDefault = !annotation.defaultValue().equals(ValueConstants.DEFAULT_NONE);
            boolean required = annotation.required() && !hasDefault;
            ObjectNode schema =
                    describe(parameters.addObject(), "query", annotation.name(), required, parameter, description);
            if (hasDefault) {
                String value = annotation.defaultValue();
                if (parameter.getType() == String.class) {
                    schema.put("default", value);
                } else {
                    schema.set("default", JSON.readTree(value)); // a number or a truth value
                }
            }
        } else if (annotated(parameter, RequestHeader.class)) {
            var annotation = parameter.getAnnotation(RequestHeader.class);
            String name = Objects.requireNonNull(
                            AnnotatedElementUtils.getMergedAnnotation(parameter, RequestHeader.class))
                    .name();
            if (!name.equals(HttpHeaders.CONTENT_TYPE)) { // OpenAPI says it with the body
                describe(parameters.addObject(), "header", name, annotation.required(), parameter, description);
            }
        }
    }

    private static String size(Method method, String separator) {
        if (method.getDeclaringClass() == JudgeApi.class) {
            return ""; // each judge's own
        }
        MaxBody most = method.getAnnotation(MaxBody.class);
        return separator + "At most " + (most == null ? 16 : most.mebibytes()) + " MiB.";
    }

    private static boolean annotated(AnnotatedElement element, Class<? extends Annotation> annotation) {
        return element.isAnnotationPresent(annotation);
    }

    private ObjectNode describe(
            ObjectNode node, String in, String name, boolean required, Parameter parameter, String description) {
        node.put("name", name).put("in", in).put("required", required);
        Schemas.describe(node, description);
        ObjectNode schema = schemas.of(ResolvableType.forType(parameter.getParameterizedType()));
        for (Annotation annotation : parameter.getAnnotations()) {
            Bounds.add(schema, annotation);
        }
        Text text = parameter.getAnnotation(Text.class);
        if (text != null) {
            bound(schema, text);
        }
        node.set("schema", schema);
        return schema;
    }

    private static void bound(ObjectNode schema, Text text) {
        if (text.max() != Integer.MAX_VALUE) {
            schema.put("maxLength", text.max());
        }
        if (!text.pattern().isEmpty()) {
            schema.put("pattern", "^(?:" + text.pattern() + ")$");
        }
        if (text.words() != void.class) {
            Schemas.words(schema, text.words());
        }
    }

    private void addRequestContent(ObjectNode content, ResolvableType type) {
        if (type.toClass() == String.class) {
            for (String mediaType : new String[] {MediaType.APPLICATION_JSON_VALUE, MediaType.APPLICATION_YAML_VALUE}) {
                ObjectNode body = content.putObject(mediaType);
                body.set("schema", written);
                String reference = written.path("$ref").asString("");
                Examples.of(reference.substring(reference.lastIndexOf('/') + 1))
                        .ifPresent(example -> body.set("example", example));
            }
        } else {
            addJson(content, type);
        }
    }

    private void addJson(ObjectNode content, ResolvableType type) {
        ObjectNode json = content.putObject(MediaType.APPLICATION_JSON_VALUE);
        json.set("schema", schemas.of(type));
        Examples.of(type, schemas).ifPresent(example -> json.set("example", example));
    }

    private void addResponses(ObjectNode responses, String id, Method method) {
        ResolvableType returned = ResolvableType.forMethodReturnType(method);
        ResolvableType type = returned.toClass() == ResponseEntity.class ? returned.getGeneric(0) : returned;
        HttpStatus status =
                STATUS.getOrDefault(id, method.getReturnType() == void.class ? HttpStatus.NO_CONTENT : HttpStatus.OK);
        ObjectNode response =
                responses.putObject(String.valueOf(status.value())).put("description", status.getReasonPhrase());
        if (status != HttpStatus.NO_CONTENT) {
            addContent(responses, response, id, type);
        }
        for (String problem : problems(id, method)) {
            responses.putObject(problem).put("$ref", "#/components/responses/Problem");
        }
    }

    /** Every status of an error that can come. A judge outside the platform may have any. */
    private static Set<String> problems(String id, Method method) {
        if (method.getDeclaringClass() == JudgeApi.class) {
            return new TreeSet<>(Set.of("4XX", "5XX"));
        }
        Set<String> problems = new TreeSet<>(Set.of("400", "401", "403", "406", "429", "500", "502", "503", "504"));
        if (exchange(method).url().contains("{")) {
            problems.add("404");
        }
        if (Arrays.stream(method.getParameters()).anyMatch(parameter -> annotated(parameter, RequestBody.class))) {
            problems.addAll(Set.of("408", "413", "415", "422"));
        }
        if (Arrays.stream(method.getParameters()).anyMatch(parameter -> annotated(parameter, RequestParam.class))) {
            problems.add("422");
        }
        if (CONFLICTS.contains(id)) {
            problems.add("409");
        }
        return problems;
    }

    private void addContent(ObjectNode responses, ObjectNode response, String id, ResolvableType type) {
        ObjectNode content = response.putObject("content");
        addJson(content, type);
        switch (id) {
            case "rejudgements_create" ->
                header(response.putObject("headers"), HttpHeaders.LOCATION, "the rejudgement");
            case "generations_create" -> header(response.putObject("headers"), HttpHeaders.LOCATION, "the generation");
            case "tokens_create" -> header(response.putObject("headers"), HttpHeaders.LOCATION, "the access token");
            case "runs_create", "lineage_fork" -> {
                ObjectNode headers = response.putObject("headers");
                header(headers, HttpHeaders.LOCATION, "the run");
                header(headers, HttpHeaders.ETAG, "the run's version");
                addJson(
                        responses
                                .putObject("200")
                                .put("description", "With `dryRun=true`: the run as it would be")
                                .putObject("content"),
                        type);
            }
            case "runs_events" ->
                content.putObject(MediaType.TEXT_EVENT_STREAM_VALUE)
                        .putObject("schema")
                        .put("type", "string")
                        .put(
                                "description",
                                "Each event's `data` is a RunEvent, its `id` the sequence; `Last-Event-ID`"
                                        + " continues after one. A comment every 15 s when nothing happens.");
            case "judges_register" -> {
                header(response.putObject("headers"), HttpHeaders.LOCATION, "the judge");
                addJson(
                        responses
                                .putObject("200")
                                .put("description", "This very registration is there already")
                                .putObject("content"),
                        type);
            }
            default -> {}
        }
    }

    private static void header(ObjectNode headers, String name, String description) {
        headers.putObject(name)
                .put("description", description)
                .putObject("schema")
                .put("type", "string");
    }
}
