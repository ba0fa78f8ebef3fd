package dev.tribunal.trainer.prompt;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.methods.rollout.PairLabel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
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

    /** It becomes a part of a metric's name. */
    private static final Pattern ANNOTATOR = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    /** How good the completion is, as the data says; empty if it says no number. */
    public OptionalDouble rating() {
        return number("rating");
    }

    /** How good the reference's answers to the prompt are on average, as the data says; empty if it says no number. */
    public OptionalDouble expectedRating() {
        return number("expectedRating");
    }

    /**
     * What the data says of a pair beside which completion is chosen: {@code labelProbability}, {@code margin} and
     * {@code annotator}.
     *
     * @throws IllegalArgumentException with all that is wrong with them
     */
    public PairLabel pairLabel() {
        List<String> wrong = new ArrayList<>();
        Double probability =
                given("labelProbability") ? number("labelProbability").orElse(Double.NaN) : null;
        if (probability != null && !(probability >= 0 && probability <= 1)) {
            wrong.add("has no number from 0 to 1 as \"labelProbability\"");
        }
        Double margin = given("margin") ? number("margin").orElse(Double.NaN) : null;
        if (margin != null && margin.isNaN()) {
            wrong.add("has no number as \"margin\"");
        }
        String annotator = given("annotator") ? String.valueOf(text("annotator")) : PairLabel.ONLY_ANNOTATOR;
        if (text("annotator") == null && given("annotator")
                || !ANNOTATOR.matcher(annotator).matches()) {
            wrong.add("has as \"annotator\" what is not 1 to 63 letters, digits, dots, dashes or underscores");
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(String.join(", ", wrong));
        }
        return new PairLabel(probability, margin, annotator);
    }

    private boolean given(String field) {
        return !line.path(field).isMissingNode() && !line.path(field).isNull();
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
