package dev.tribunal.gateway.openapi;

import java.nio.charset.StandardCharsets;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves the document; it needs no token. */
@RestController
final class OpenApiController {

    private final byte[] document = OpenApiDocument.create().toPrettyString().getBytes(StandardCharsets.UTF_8);

    @GetMapping(path = "/v1/openapi.json", produces = MediaType.APPLICATION_JSON_VALUE)
    byte[] document() {
        return document;
    }
}
