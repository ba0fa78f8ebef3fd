package dev.tribunal.judge.rules.code;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an item's metadata say about its programs: either {@code tests}, a program text, or {@code inputs}, each with its
 * entry of {@code outputs}, or with a {@code checker} that says whether an output is right.
 *
 * <p>With an {@code entry_point} in Python an input is a list of arguments and the output what the function returns;
 * else an input is a text on standard input and the output what the program prints.
 */
record Task(Language language, String prelude, String tests, String entryPoint, String checker, String cases) {

    private static final int MOST_INPUTS = 10_000;

    /** @throws TaskException if a field is missing or has another shape */
    static Task of(Map<String, Object> metadata) throws TaskException {
        @Nullable Object named = metadata.get("language");
        Language language = Language.named(String.valueOf(named))
                .orElseThrow(() -> new TaskException(
                        "unknown_language", "language", "metadata.language is " + named + ", must be python or java"));
        String tests = text(metadata, "tests");
        String checker = text(metadata, "checker");
        String entryPoint = text(metadata, "entry_point").strip();
        @Nullable Object inputs = metadata.get("inputs");
        String cases = "";
        if (inputs != null) {
            if (!tests.isBlank()) {
                throw malformed("inputs", "metadata.tests and metadata.inputs are both given: one of them judges");
            }
            boolean function = !entryPoint.isEmpty();
            if (function && language == Language.JAVA) {
                throw malformed(
                        "inputs",
                        "metadata.inputs of a Java method are not supported: call it in metadata.tests, or leave"
                                + " metadata.entry_point out for a program that reads its input");
            }
            cases = JsonMapper.shared().writeValueAsString(cases(inputs, metadata.get("outputs"), checker, function));
        } else if (!checker.isBlank()) {
            throw malformed("checker", "metadata.checker needs metadata.inputs, a list");
        } else if (tests.isBlank()) {
            throw new TaskException(
                    "missing_tests",
                    "tests",
                    "metadata.tests is missing or not a text, and there are no metadata.inputs either");
        }
        return new Task(language, text(metadata, "prelude"), tests, entryPoint, checker, cases);
    }

    private static String text(Map<String, Object> metadata, String name) throws TaskException {
        Object value = metadata.get(name);
        if (value == null) {
            return "";
        }
        if (value instanceof String text) {
            return text;
        }
        if (name.equals("tests")) {
            throw new TaskException("missing_tests", "tests", "metadata.tests is missing or no text");
        }
        throw malformed(name, "metadata." + name + " is not a text");
    }

    private static List<Map<String, @Nullable Object>> cases(
            Object inputs, @Nullable Object outputs, String checker, boolean function) throws TaskException {
        if (!(inputs instanceof List<?> all) || all.isEmpty() || all.size() > MOST_INPUTS) {
            throw malformed("inputs", "metadata.inputs is not a list of 1 to " + MOST_INPUTS + " inputs");
        }
        if (outputs == null && checker.isBlank()) {
            throw malformed("inputs", "metadata.inputs needs metadata.outputs, a list as long, or a metadata.checker");
        }
        if (outputs != null && (!(outputs instanceof List<?> list) || list.size() != all.size())) {
            throw malformed("outputs", "metadata.outputs is not a list of " + all.size() + ", as metadata.inputs is");
        }
        List<Map<String, @Nullable Object>> cases = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            if (function ? !(all.get(i) instanceof List) : !(all.get(i) instanceof String)) {
                throw malformed(
                        "inputs/" + i,
                        "metadata.inputs[" + i + "] is not "
                                + (function ? "a list of arguments" : "a text for standard input"));
            }
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put("input", all.get(i));
            if (outputs instanceof List<?> list) {
                if (!function && !(list.get(i) instanceof String)) {
                    throw malformed("outputs/" + i, "metadata.outputs[" + i + "] is not a text");
                }
                one.put("expected", list.get(i));
            }
            cases.add(one);
        }
        return cases;
    }

    private static TaskException malformed(String field, String detail) {
        return new TaskException("malformed_tests", field, detail);
    }

    /** What compares outputs is written in Python, whatever prints them. */
    Language languageOfTests() {
        return cases.isEmpty() ? language : Language.PYTHON;
    }

    Program program(String code) {
        return new Program(prelude, code, tests, entryPoint, checker, cases);
    }
}
