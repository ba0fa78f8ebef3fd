package dev.tribunal.judge.rules.instruction;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.judge.rules.instruction.Arguments.BadArguments;
import dev.tribunal.servicekit.json.JsonPointers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The instructions of one prompt, as a row of IFEval's data has them: {@code instruction_id_list} and, as long,
 * {@code kwargs}. Either, and each of the {@code kwargs}, may be the text of the JSON, as files in tables have it.
 */
final class Instructions {

    private static final String IDS = "/metadata/instruction_id_list";
    private static final String KWARGS = "/metadata/kwargs";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final List<Mistake> mistakes = new ArrayList<>();
    private final List<Instruction> all = new ArrayList<>();

    private Instructions(Map<String, Object> metadata) {
        List<?> ids =
                list(metadata.get("instruction_id_list"), IDS, "missing_instructions", "a list of instructions' ids");
        List<?> kwargs = metadata.get("kwargs") == null
                ? List.of()
                : list(metadata.get("kwargs"), KWARGS, "malformed_instructions", "a list of objects");
        if (!mistakes.isEmpty()) {
            return;
        }
        if (ids.isEmpty()) {
            mistakes.add(new Mistake("missing_instructions", IDS, "is empty; name at least one instruction"));
        } else if (metadata.get("kwargs") != null && kwargs.size() != ids.size()) {
            mistakes.add(new Mistake(
                    "malformed_instructions",
                    KWARGS,
                    "has " + kwargs.size() + " entries for the " + ids.size()
                            + " of instruction_id_list; give each its own, {} where it takes none"));
        } else {
            for (int i = 0; i < ids.size(); i++) {
                add(ids.get(i), i, kwargs.isEmpty() ? null : kwargs.get(i));
            }
        }
    }

    static Instructions of(Map<String, Object> metadata) {
        return new Instructions(metadata);
    }

    /** @param arguments under their names; what they mean only the kind knows */
    record Instruction(int index, String id, InstructionKind kind, Arguments arguments) {}

    /** @param code of the verdict that an item with it gets */
    record Mistake(String code, String pointer, String detail) {

        FieldError error() {
            return new FieldError(pointer, detail);
        }
    }

    List<Instruction> all() {
        return all;
    }

    /** What can be told without a completion, but for what the kinds say of their arguments' values. */
    List<Mistake> mistakes() {
        return mistakes;
    }

    static Mistake mistake(Instruction instruction, BadArguments bad) {
        return new Mistake(
                "malformed_instructions",
                KWARGS + "/" + instruction.index() + "/" + bad.argument(),
                bad.detail() + " (" + instruction.id() + ")");
    }

    private void add(@Nullable Object id, int index, @Nullable Object given) {
        InstructionKind kind = id instanceof String text ? InstructionKinds.find(text) : null;
        if (kind == null) {
            mistakes.add(new Mistake(
                    "unknown_instruction",
                    IDS + "/" + index,
                    "there is no rule for '" + id + "'; there are "
                            + String.join(", ", InstructionKinds.like(String.valueOf(id)))));
            return;
        }
        String at = KWARGS + "/" + index;
        Object read = given == null ? Map.of() : json(given, at);
        if (read instanceof Map<?, ?> map) {
            Map<String, Object> values = new HashMap<>();
            map.forEach((name, value) -> values.put(String.valueOf(name), value));
            values.values().removeIf(value -> value == null); // a table has all columns in all rows
            values.keySet().stream()
                    .filter(name -> !kind.arguments().contains(name))
                    .sorted()
                    .forEach(name -> mistakes.add(unknownArgument(at, name, String.valueOf(id), kind)));
            all.add(new Instruction(index, String.valueOf(id), kind, new Arguments(values)));
        } else if (read != null) {
            mistakes.add(new Mistake(
                    "malformed_instructions",
                    at,
                    "is " + shown(read) + ", must be an object with " + id + "'s arguments"));
        }
    }

    private static Mistake unknownArgument(String at, String name, String id, InstructionKind kind) {
        return new Mistake(
                "malformed_instructions",
                JsonPointers.child(at, name),
                "is not an argument of " + id + "; it has "
                        + (kind.arguments().isEmpty() ? "none" : String.join(", ", kind.arguments())));
    }

    private List<?> list(@Nullable Object given, String pointer, String code, String what) {
        if (given == null) {
            mistakes.add(new Mistake(code, pointer, "is missing; give " + what));
            return List.of();
        }
        Object read = json(given, pointer);
        if (read instanceof List<?> list) {
            return list;
        }
        if (read != null) {
            mistakes.add(new Mistake(code, pointer, "is " + shown(read) + ", must be " + what));
        }
        return List.of();
    }

    /** What a text of JSON holds, and else the value itself; null, and a mistake, if the text is not JSON. */
    private @Nullable Object json(Object given, String pointer) {
        if (!(given instanceof String text)) {
            return given;
        }
        try {
            Object read = JSON.readValue(text, Object.class);
            if (read != null) {
                return read;
            }
        } catch (JacksonException notJson) {
            // said below
        }
        mistakes.add(new Mistake(
                "malformed_instructions",
                pointer,
                "is a text that is not JSON: " + shown(text)
                        + "; write the list itself, or its JSON with double quotes and each name once"));
        return null;
    }

    private static String shown(Object value) {
        String text = String.valueOf(value);
        return "'" + (text.length() <= 100 ? text : text.substring(0, 100) + "...") + "'";
    }
}
