package dev.tribunal.servicekit.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What was said between a protocol and a server of another system: {@code recordings/NAME.json}. Its
 * {@code provenance} says where the exchanges come from.
 *
 * @param protocol as a judge's registration has it
 * @param items judge/v1's
 * @param exchanges each with {@code path}, {@code request}, {@code status}, and {@code response} or, where it is no
 *     JSON, {@code raw}
 * @param verdicts what must come of it, one an item: its verdict, and {@code score} or {@code error}
 */
public record Recording(String name, JsonNode adapter, JsonNode items, JsonNode exchanges, JsonNode verdicts) {

    private static final JsonMapper JSON = new JsonMapper();

    public static List<Recording> all() {
        try {
            List<Recording> recordings = new ArrayList<>();
            for (Resource resource : new PathMatchingResourcePatternResolver()
                    .getResources("classpath:dev/tribunal/servicekit/testing/recordings/*.json")) {
                try (InputStream in = resource.getInputStream()) {
                    JsonNode json = JSON.readTree(in);
                    recordings.add(new Recording(
                            Objects.requireNonNull(resource.getFilename()).replace(".json", ""),
                            json.required("adapter"),
                            json.required("items"),
                            json.required("exchanges"),
                            json.required("verdicts")));
                }
            }
            return recordings;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code openrlhf}, {@code tei-predict}, ...; empty for a grader. */
    public String server() {
        return adapter.path("server").path("type").asString("");
    }

    @Override
    public String toString() {
        return name;
    }
}
