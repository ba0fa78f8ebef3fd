package dev.tribunal.trainer.prompt;

import dev.tribunal.contracts.chat.Message;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One line of a prompt file.
 *
 * @param index position in the file, from 0, blank lines not counted
 * @param messages the conversation to answer, oldest turn first
 * @param reference what the data says is right, for judges; may be empty
 * @param metadata what else the data says, for judges; may be empty
 * @param completion what supervised fine-tuning teaches, or an answer with a {@link #rating}
 * @param chosen what a pair prefers to {@code rejected}
 * @param line the whole line, for {@link #baselineCompletion}
 */
public record Prompt(
        int index,
        List<Message> messages,
        Map<String, Object> reference,
        Map<String, Object> metadata,
        @Nullable String completion,
        @Nullable String chosen,
        @Nullable String rejected,
        JsonNode line) {

    /** How good the completion is, as the data says; empty if it says no number. */
    public OptionalDouble rating() {
        return number("rating");
    }

    /** How good the reference's answers to the prompt are on average, as the data says; empty if it says no number. */
    public OptionalDouble expectedRating() {
        return number("expectedRating");
    }

    private OptionalDouble number(String field) {
        double value = line.path(field).asDouble(Double.NaN);
        return line.path(field).isNumber() && Double.isFinite(value)
                ? OptionalDouble.of(value)
                : OptionalDouble.empty();
    }

    /**
     * The prompt's baseline completion as the data gives it (CGPO, option 1).
     *
     * @param field a field of the line, a dot for each level; looked for in the line and then inside its
     *     {@code reference}
     * @return empty if neither has a text or number there
     */
    public Optional<String> baselineCompletion(String field) {
        return textAt(line, field).or(() -> textAt(line.path("reference"), field));
    }

    /**
     * A text or number of the line.
     *
     * @param field a dot for each level
     */
    public @Nullable String text(String field) {
        return textAt(line, field).orElse(null);
    }

    private static Optional<String> textAt(JsonNode node, String field) {
        JsonNode found = node;
        for (String level : field.split("\\.", -1)) {
            found = found.path(level);
        }
        return found.isString() || found.isNumber() ? Optional.of(found.asString()) : Optional.empty();
    }
}
