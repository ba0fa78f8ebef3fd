package dev.tribunal.local.cli.shared;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tribunal.servicekit.files.FileRoots;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/**
 * A YAML or JSON file that the platform is to be sent. Its relative {@code hf:} and {@code file:} references are meant
 * from the file's own folder, which the platform does not know: reading makes them absolute.
 */
public final class SpecFile {

    private static final List<String> SCHEMES = List.of(FileRoots.CHECKPOINT, FileRoots.FILE);

    // JSON is YAML.
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final YAMLMapper WRITTEN = YAMLMapper.builder(YAMLFactory.builder()
                    .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
                    .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
                    .build())
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();
    private static final JsonMapper JSON = new JsonMapper();

    private SpecFile() {}

    /**
     * @param file {@code -} for standard input, whose references are taken from the working directory
     * @throws CommandException if there is no such file or it is not an object in YAML or JSON
     */
    public static ObjectNode read(Path file) {
        return parse(InputFile.text(file), file);
    }

    public static ObjectNode parse(String text, Path file) {
        JsonNode root;
        try {
            root = YAML.readTree(text);
        } catch (JacksonException e) {
            throw new CommandException(
                    InputFile.name(file) + " is neither YAML nor JSON: line "
                            + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr() + ": " + e.getOriginalMessage(),
                    e);
        }
        if (!(root instanceof ObjectNode spec)) {
            throw new CommandException(
                    InputFile.name(file) + " holds no object: it must begin with fields such as 'name:'");
        }
        // Of standard input, "-", that is the working directory.
        Path folder = Objects.requireNonNull(
                file.toAbsolutePath().normalize().getParent(), "only the root has none, and it is not a file");
        makeAbsolute(spec, folder);
        return spec;
    }

    public static String toJson(JsonNode spec) {
        return JSON.writeValueAsString(spec);
    }

    /** What is absent stays out, as in the API's own answers. */
    public static String toYaml(Object spec) {
        return WRITTEN.writeValueAsString(spec);
    }

    private static void makeAbsolute(JsonNode node, Path folder) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                field.setValue(absolute(field.getValue(), folder));
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, absolute(array.get(i), folder));
            }
        }
    }

    private static JsonNode absolute(JsonNode value, Path folder) {
        makeAbsolute(value, folder);
        return value instanceof StringNode text ? StringNode.valueOf(absolute(text.stringValue(), folder)) : value;
    }

    public static String absolute(String reference, Path folder) {
        for (String scheme : SCHEMES) {
            if (reference.startsWith(scheme) && reference.length() > scheme.length()) {
                String path = reference.substring(scheme.length());
                Path expanded = path.startsWith("~/")
                        ? Path.of(System.getProperty("user.home"), path.substring(2))
                        : Path.of(path);
                return scheme + folder.resolve(expanded).normalize();
            }
        }
        return reference;
    }
}
