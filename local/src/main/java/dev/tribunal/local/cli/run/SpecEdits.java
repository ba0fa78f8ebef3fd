package dev.tribunal.local.cli.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.local.cli.shared.CommandException;
import dev.tribunal.local.cli.shared.SpecFile;
import dev.tribunal.servicekit.json.MergePatch;
import dev.tribunal.servicekit.json.PathEdit;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.NullNode;
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
     *     its name or its index, all of them by {@code *}
     * @throws CommandException if a path leads nowhere
     */
    static ObjectNode patch(RunSpec spec, ObjectNode patch, Map<String, String> values) {
        JsonNode patched = MergePatch.apply(JSON.valueToTree(spec), patch);
        values.forEach((path, text) -> set(path, value(text), patched, patch));
        return patch;
    }

    private static void set(String path, JsonNode value, JsonNode patched, ObjectNode patch) {
        PathEdit edit = PathEdit.parse(path);
        try {
            edit.set(patched, value);
        } catch (IllegalArgumentException e) {
            throw new CommandException("--set " + path + ": " + e.getMessage(), e);
        }
        // A merge patch replaces a list as a whole.
        List<String> fields = edit.fieldsUpToAList(patched);
        ObjectNode at = patch;
        JsonNode set = patched.path(fields.getFirst());
        for (int i = 1; i < fields.size(); i++) {
            at = at.withObjectProperty(fields.get(i - 1));
            set = set.path(fields.get(i));
        }
        at.set(fields.getLast(), set.isMissingNode() ? NullNode.getInstance() : set);
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
