package dev.tribunal.trainer.method;

import dev.tribunal.contracts.runs.v1.method.MethodResource;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.MethodCatalogue;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.servicekit.openapi.Schemas;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The methods that there are. */
public final class MethodList {

    private static final JsonMapper JSON = new JsonMapper();
    /** What names a method among the others, and is not a hyperparameter. */
    static final String TYPE = "type";

    private MethodList() {}

    /** In the catalogue's order. */
    public static List<MethodResource> all() {
        return MethodCatalogue.methods().entrySet().stream()
                .map(known -> resource(known.getKey(), known.getValue()))
                .toList();
    }

    private static MethodResource resource(String name, Class<? extends Method> type) {
        ObjectNode schema = Schemas.written(type.asSubclass(Record.class));
        String description =
                schema.path("description").asString("").split("<pre>", 2)[0].strip();
        schema.remove("description");
        schema.withObject("/properties").remove(TYPE);
        if (schema.path("required") instanceof ArrayNode required) {
            required.removeIf(field -> TYPE.equals(field.asString("")));
        }
        Method atDefaults = atDefaults(name);
        return new MethodResource(
                name,
                atDefaults.experience(),
                atDefaults.paper(),
                description,
                JSON.convertValue(schema, new TypeReference<Map<String, Object>>() {}),
                atDefaults.needs().stream().sorted().toList());
    }

    /** What has no default has a stand-in, which no method's needs hang on. */
    private static Method atDefaults(String name) {
        return Objects.requireNonNull(
                InputReader.read(Method.class, Map.of(TYPE, name)).value(), "a method's constructor takes stand-ins");
    }
}
