package dev.tribunal.gateway.access;

import dev.tribunal.gateway.openapi.OpenApiDocument;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** The routes of the document that the gateway serves. */
final class OpenApiRoutes {

    private OpenApiRoutes() {}

    static Set<String> all() {
        Set<String> routes = new TreeSet<>();
        OpenApiDocument.create()
                .path("paths")
                .forEachEntry((path, operations) -> operations.forEachEntry(
                        (method, operation) -> routes.add(method.toUpperCase(Locale.ROOT) + " " + path)));
        return routes;
    }
}
