package dev.tribunal.contracts.runs.v1.method;

import dev.tribunal.methods.Experience;
import dev.tribunal.methods.Need;
import java.util.List;
import java.util.Map;

/**
 * A method.
 *
 * @param name as specs write it: the {@code type} of a task's {@code method}
 * @param kind what it learns from
 * @param paper where it is published
 * @param description CommonMark
 * @param hyperparameters their JSON Schema, with bounds and defaults
 * @param needs what it cannot work without, at its defaults
 */
public record MethodResource(
        String name,
        Experience kind,
        String paper,
        String description,
        Map<String, Object> hyperparameters,
        List<Need> needs) {}
