package dev.tribunal.judge.sdk;

import java.nio.charset.StandardCharsets;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves the judge's OpenAPI document. */
@RestController
final class OpenApiController {

    static final String PATH = "/openapi.json";

    private final byte[] document;

    OpenApiController(Judge judge) {
        document = JudgeOpenApi.of(Descriptors.of(judge)).toPrettyString().getBytes(StandardCharsets.UTF_8);
    }

    @GetMapping(path = PATH, produces = MediaType.APPLICATION_JSON_VALUE)
    byte[] document() {
        return document;
    }
}
