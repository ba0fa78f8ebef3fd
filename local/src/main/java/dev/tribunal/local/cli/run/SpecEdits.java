package dev.tribunal.local.cli.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tribunal.contracts.runs.v1.RunSpec;
import dev.tribunal.local.cli.shared.CommandException;
import dev.tribunal.local.cli.shared.SpecFile;
import dev.tribunal.servicekit.json.MergePatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** Makes a JSON merge patch of single values, which may be in lists, where a merge patch itself cannot reach. */
final class SpecEdits {

    private static final JsonMapper JSON = JsonMapper.builder()
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    private SpecEdits() {}

    /**
     * @param spec that is to be patched
     * @param patch to begin with; is added to
     * @param values by path, such as {@code training.steps} or {@code tasks.math.weight}; an element of a list is named by
     *     its name or its index
     * @throws CommandException if a path leads nowhere
     */
    static ObjectNode patch(RunSpec spec, ObjectNode patch, Map<String, String> values) {
        JsonNode patched = MergePatch.apply(JSON.valueToTree(spec), patch);
        values.forEach((path, text) -> set(path, value(text), patched, patch));
        return patch;
    }

    private static void set(String path, JsonNode value, JsonNode patched, ObjectNode patch) {
        List<String> steps = List.of(path.replaceFirst("^/", "").split("[./]", -1));
        JsonNode node = patched;
        List<String> fields = new ArrayList<>(); // up to the first list, which a merge patch replaces as a whole
        JsonNode list = null;
        for (String step : steps.subList(0, steps.size() - 1)) {
            if (list == null) {
                fields.add(step);
            }
            JsonNode next = node instanceof ArrayNode array ? array.path(index(path, array, step)) : node.path(step);
            if (next.isMissingNode() && node instanceof ObjectNode object) {
                next = object.putObject(step);
            }
            if (list == null && next.isArray()) {
                list = next;
            }
            node = next;
        }
        String last = steps.getLast();
        switch (node) {
            case ObjectNode object -> object.set(last, value);
            case ArrayNode array -> array.set(index(path, array, last), value);
            default -> throw new CommandException("--set " + path + ": there is nothing that has a '" + last + "'");
        }
        if (list == null) {
            fields.add(last);
        }
        ObjectNode at = patch;
        for (String field : fields.subList(0, fields.size() - 1)) {
            at = at.withObjectProperty(field);
        }
        at.set(fields.getLast(), list == null ? value : list);
    }

    private static int index(String path, ArrayNode list, String step) {
        return IntStream.range(0, list.size())
                .filter(i -> list.get(i).path("name").asString("").equals(step)
                        || String.valueOf(i).equals(step))
                .findFirst()
                .orElseThrow(() -> new CommandException("--set " + path + ": the list has no element '" + step
                        + "'; name one by its name, or by its index from 0 to " + (list.size() - 1)));
    }

    /** JSON, or else a text. */
    private static JsonNode value(String text) {
        try {
            return JSON.readTree(text);
        } catch (JacksonException notJson) {
            return StringNode.valueOf(SpecFile.absolute(text, Path.of("").toAbsolutePath()));
        }
    }
}
