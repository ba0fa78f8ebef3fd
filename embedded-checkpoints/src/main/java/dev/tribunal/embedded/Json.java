package dev.tribunal.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** JSON whose bytes depend on its content alone. */
final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    /** An object whose members keep the given order. */
    static Map<String, Object> line(Object... namesAndValues) {
        var line = new LinkedHashMap<String, Object>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            line.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return line;
    }

    static void writeLines(Path file, Stream<? extends Map<String, ?>> lines) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, lines.map(MAPPER::writeValueAsString).collect(Collectors.joining("\n", "", "\n")));
    }

    static void writePretty(Path file, Object value) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n");
    }
}
