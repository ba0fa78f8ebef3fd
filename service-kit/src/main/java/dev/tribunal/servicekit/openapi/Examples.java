package dev.tribunal.servicekit.openapi;

import dev.tribunal.contracts.common.Page;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.springframework.core.ResolvableType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** One example a schema, from {@code openapi-examples/SCHEMA.json}; those of lists are made of their elements'. */
public final class Examples {

    private static final JsonMapper JSON = new JsonMapper();

    private Examples() {}

    public static Optional<JsonNode> of(String schema) {
        try (InputStream file = Examples.class.getResourceAsStream("/openapi-examples/" + schema + ".json")) {
            return Optional.ofNullable(file).map(JSON::readTree);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Optional<JsonNode> of(ResolvableType type, Schemas schemas) {
        if (type.toClass() == Page.class) {
            return of(type.getGeneric(0), schemas).map(element -> {
                ObjectNode page = JSON.createObjectNode();
                page.putArray("data").add(element);
                return page.put("hasMore", false);
            });
        }
        if (type.toClass() == List.class) {
            return of(type.getGeneric(0), schemas)
                    .map(element -> JSON.createArrayNode().add(element));
        }
        return of(schemas.name(type));
    }
}
