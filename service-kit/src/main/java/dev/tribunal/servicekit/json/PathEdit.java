package dev.tribunal.servicekit.json;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A place in JSON where a value is to be set, also inside lists, where a merge patch cannot reach: {@code training.steps},
 * {@code tasks.math.weight}, {@code tasks.*.method}. An element of a list is named by its name or its index, and {@code *}
 * is every element that has what follows.
 *
 * @param steps from the root on, at least one
 */
public record PathEdit(List<String> steps) {

    private static final String EVERY = "*";

    public PathEdit {
        steps = List.copyOf(steps);
    }

    /** @param path steps with dots or slashes between them */
    public static PathEdit parse(String path) {
        return new PathEdit(List.of(path.replaceFirst("^/", "").split("[./]", -1)));
    }

    /**
     * Sets the value, or takes a field away if it is null; objects on the way to it that are not there are made.
     *
     * @throws IllegalArgumentException if the path leads nowhere
     */
    public void set(JsonNode root, JsonNode value) {
        set(root, 0, value);
    }

    private void set(JsonNode node, int at, JsonNode value) {
        String step = steps.get(at);
        boolean last = at == steps.size() - 1;
        if (step.equals(EVERY)) {
            if (!(node instanceof ArrayNode list)) {
                throw new IllegalArgumentException("there is no list at " + place(at));
            }
            for (int i = 0; i < list.size(); i++) {
                if (last) {
                    list.set(i, value.deepCopy());
                } else if (hasListFor(list.get(i), at + 1)) {
                    set(list.get(i), at + 1, value);
                }
            }
            return;
        }
        switch (node) {
            case ObjectNode object when last && value.isNull() -> object.remove(step);
            case ObjectNode object when last -> object.set(step, value.deepCopy());
            case ObjectNode object ->
                set(
                        object.path(step).isMissingNode() && !steps.get(at + 1).equals(EVERY)
                                ? object.putObject(step)
                                : object.path(step),
                        at + 1,
                        value);
            case ArrayNode list when last -> list.set(index(list, step), value.deepCopy());
            case ArrayNode list -> set(list.get(index(list, step)), at + 1, value);
            default -> throw new IllegalArgumentException("there is nothing that has a '" + step + "'");
        }
    }

    /** Whether an element is one of those meant: where every element of a list in it is meant, it has to have that list. */
    private boolean hasListFor(JsonNode element, int at) {
        return at + 1 >= steps.size()
                || !steps.get(at + 1).equals(EVERY)
                || element.path(steps.get(at)).isArray();
    }

    /** The fields before the first list: what a merge patch can name. */
    public List<String> fieldsUpToAList(JsonNode root) {
        List<String> fields = new ArrayList<>();
        JsonNode node = root;
        for (String step : steps) {
            if (node.isArray()) {
                break;
            }
            fields.add(step);
            node = node.path(step);
        }
        return fields;
    }

    private String place(int at) {
        return at == 0 ? "the top" : "'" + String.join(".", steps.subList(0, at)) + "'";
    }

    private static int index(ArrayNode list, String step) {
        return IntStream.range(0, list.size())
                .filter(i -> list.get(i).path("name").asString("").equals(step)
                        || String.valueOf(i).equals(step))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the list has no element '" + step
                        + "'; name one by its name, or by its index from 0 to " + (list.size() - 1)));
    }
}
