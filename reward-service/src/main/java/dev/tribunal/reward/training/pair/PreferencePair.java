package dev.tribunal.reward.training.pair;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.methods.rollout.PairLabel;
import dev.tribunal.servicekit.files.JsonLines;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Two completions of one prompt, of which the first is preferred.
 *
 * @param messages the prompt, oldest turn first; the last turn is not the assistant's
 * @param label what else is known of it
 */
public record PreferencePair(List<Message> messages, String chosen, String rejected, PairLabel label) {

    private static final Set<String> ROLES = Set.of("system", "user", "assistant");

    public PreferencePair {
        if (messages.isEmpty() || messages.getLast().role().equals("assistant")) {
            throw new IllegalArgumentException("'messages' must end with a turn that a completion answers");
        }
        if (chosen.isBlank() || rejected.isBlank()) {
            throw new IllegalArgumentException("'chosen' and 'rejected' must not be empty");
        }
        if (chosen.equals(rejected)) {
            throw new IllegalArgumentException("'chosen' and 'rejected' are the same text");
        }
        messages = List.copyOf(messages);
    }

    /** Of which nothing more is known. */
    public PreferencePair(List<Message> messages, String chosen, String rejected) {
        this(messages, chosen, rejected, PairLabel.CERTAIN);
    }

    /**
     * Reads JSON lines of {@code prompt} (a text) or {@code messages}, {@code chosen} and {@code rejected}, and if they are
     * there {@code margin}, {@code labelProbability} and {@code annotator}.
     *
     * @param each given one pair after the other, which are not kept
     * @throws JsonLines.InvalidLinesException naming each bad line by its number
     * @throws CancellationException if the thread is interrupted
     */
    public static void read(Path file, Consumer<PreferencePair> each) {
        JsonLines.read(file, line -> {
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException("interrupted while reading " + file);
            }
            each.accept(parse(line));
            return Boolean.TRUE;
        });
    }

    private static PreferencePair parse(JsonNode line) {
        if (line.has("prompt") == line.has("messages")) {
            throw new IllegalArgumentException("needs either 'prompt' or 'messages'");
        }
        List<Message> messages =
                line.has("prompt") ? List.of(Message.user(text(line, "prompt"))) : messages(line.path("messages"));
        return new PreferencePair(messages, text(line, "chosen"), text(line, "rejected"), label(line));
    }

    private static PairLabel label(JsonNode line) {
        JsonNode annotator = line.path("annotator");
        return new PairLabel(
                number(line, "labelProbability"),
                number(line, "margin"),
                annotator.isMissingNode() || annotator.isNull() ? PairLabel.ONLY_ANNOTATOR : text(line, "annotator"));
    }

    private static @Nullable Double number(JsonNode line, String field) {
        JsonNode value = line.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isNumber()) {
            throw new IllegalArgumentException("'" + field + "' is not a number");
        }
        return value.asDouble();
    }

    private static List<Message> messages(JsonNode array) {
        if (!array.isArray()) {
            throw new IllegalArgumentException("'messages' is not an array");
        }
        List<Message> messages = new ArrayList<>();
        for (JsonNode turn : array) {
            String role = text(turn, "role");
            if (!ROLES.contains(role)) {
                throw new IllegalArgumentException("role '" + role + "' is not system, user or assistant");
            }
            messages.add(new Message(role, text(turn, "content")));
        }
        return messages;
    }

    private static String text(JsonNode object, String field) {
        JsonNode value = object.path(field);
        if (!value.isString()) {
            throw new IllegalArgumentException(
                    "'" + field + "' is " + (value.isMissingNode() ? "missing" : "not a text"));
        }
        return value.asString();
    }
}
