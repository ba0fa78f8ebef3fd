package dev.tribunal.trainer.lineage;

import dev.tribunal.contracts.runs.v1.lineage.RunDifferences.Difference;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.servicekit.json.JsonPointers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What differs between two resolved specs, value by value. */
public final class SpecDifferences {

    private static final JsonMapper JSON = new JsonMapper();

    /** What names an element of a list, and does not change with its version. */
    private static final List<String> NAMES = List.of("name", "judge", "model");

    private final List<Difference> found = new ArrayList<>();

    private SpecDifferences() {}

    public static List<Difference> of(RunSpec one, RunSpec other) {
        return of(SpecPatch.tree(one), SpecPatch.tree(other));
    }

    static List<Difference> of(JsonNode one, JsonNode other) {
        SpecDifferences differences = new SpecDifferences();
        differences.compare("", one, "", other);
        return List.copyOf(differences.found);
    }

    private void compare(String at, @Nullable JsonNode one, String atOther, @Nullable JsonNode other) {
        if (one instanceof ObjectNode object && other instanceof ObjectNode another) {
            compareParts(parts(at, object), parts(atOther, another));
        } else if (one instanceof ArrayNode list && other instanceof ArrayNode another) {
            Map<String, Part> named = named(at, list);
            Map<String, Part> namedToo = named(atOther, another);
            boolean byName = named.size() == list.size() && namedToo.size() == another.size();
            compareParts(byName ? named : numbered(at, list), byName ? namedToo : numbered(atOther, another));
        } else if (!same(one, other)) {
            found.add(new Difference(other == null ? at : atOther, value(one), value(other)));
        }
    }

    /** A number is the same, however it is written. */
    private static boolean same(@Nullable JsonNode one, @Nullable JsonNode other) {
        if (one == null || other == null) {
            return one == null && other == null;
        }
        return one.isNumber() && other.isNumber()
                ? one.decimalValue().compareTo(other.decimalValue()) == 0
                : one.equals(other);
    }

    private record Part(String at, JsonNode value) {}

    private void compareParts(Map<String, Part> parts, Map<String, Part> others) {
        parts.forEach((key, part) -> {
            Part other = others.get(key);
            if (other == null) {
                found.add(new Difference(part.at, value(part.value), null));
            } else {
                compare(part.at, part.value, other.at, other.value);
            }
        });
        others.forEach((key, other) -> {
            if (!parts.containsKey(key)) {
                found.add(new Difference(other.at, null, value(other.value)));
            }
        });
    }

    private static Map<String, Part> parts(String at, ObjectNode object) {
        Map<String, Part> parts = new LinkedHashMap<>();
        object.forEachEntry((field, value) -> parts.put(field, new Part(JsonPointers.child(at, field), value)));
        return parts;
    }

    private static Map<String, Part> numbered(String at, ArrayNode list) {
        Map<String, Part> parts = new LinkedHashMap<>();
        for (int i = 0; i < list.size(); i++) {
            parts.put(String.valueOf(i), new Part(JsonPointers.child(at, i), list.get(i)));
        }
        return parts;
    }

    /** Those with names that no other element has. */
    private static Map<String, Part> named(String at, ArrayNode list) {
        Map<String, Part> parts = new LinkedHashMap<>();
        for (int i = 0; i < list.size(); i++) {
            String name = name(list.get(i));
            if (name != null) {
                parts.putIfAbsent(name, new Part(JsonPointers.child(at, i), list.get(i)));
            }
        }
        return parts;
    }

    private static @Nullable String name(JsonNode element) {
        return NAMES.stream()
                .map(element::path)
                .filter(JsonNode::isString)
                .map(name -> name.stringValue().split("@", 2)[0])
                .findFirst()
                .orElse(null);
    }

    private static @Nullable Object value(@Nullable JsonNode node) {
        return node == null ? null : JSON.convertValue(node, Object.class);
    }
}
