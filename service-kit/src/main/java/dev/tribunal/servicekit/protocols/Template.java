package dev.tribunal.servicekit.protocols;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A text with placeholders such as {@code {{ item.answer }}}, in the manner of OpenAI's graders: a namespace,
 * {@code item} or {@code sample}, and a path of names and {@code [0]}. What is filled in is not looked into again.
 *
 * <p>{@code item} holds the fields of the reference and the metadata (the reference's where both have one), and over
 * them {@code prompt} (the last user message), {@code transcript} (a line {@code role: content} for each message),
 * {@code messages}, {@code reference} and {@code metadata}. {@code sample} holds {@code output_text}, the completion,
 * and {@code output_json}, where the completion is JSON.
 *
 * @see <a href="https://developers.openai.com/api/docs/guides/graders">OpenAI: Graders, templating</a>
 */
public final class Template {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern PLACE = Pattern.compile("\\{\\{(.*?)}}", Pattern.DOTALL);
    private static final Pattern PATH = Pattern.compile("(item|sample)((?:\\.[A-Za-z_][A-Za-z0-9_-]*|\\[\\d{1,6}])+)");
    private static final Pattern STEP = Pattern.compile("\\.([A-Za-z_][A-Za-z0-9_-]*)|\\[(\\d{1,6})]");
    private static final Pattern SAMPLE = Pattern.compile("sample\\.(output_text|output_json.*)");

    private final String text;
    private final List<Part> parts;

    private Template(String text, List<Part> parts) {
        this.text = text;
        this.parts = parts;
    }

    /** @param place where a placeholder points to; absent for a text that stays as it is */
    private record Part(String text, @Nullable JsonPointer place) {}

    /** @throws IllegalArgumentException with what is wrong with a placeholder */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Template of(String text) {
        List<Part> parts = new ArrayList<>();
        Matcher place = PLACE.matcher(text);
        int end = 0;
        while (place.find()) {
            parts.add(new Part(text.substring(end, place.start()), null));
            parts.add(new Part(place.group().strip(), pointer(place.group(1).strip())));
            end = place.end();
        }
        parts.add(new Part(text.substring(end), null));
        return new Template(
                text, parts.stream().filter(part -> !part.text().isEmpty()).toList());
    }

    private static JsonPointer pointer(String path) {
        Matcher whole = PATH.matcher(path);
        if (!whole.matches()) {
            throw new IllegalArgumentException("has the placeholder '{{" + path
                    + "}}'; write {{item.NAME}}, {{item.NAME[0].NAME}} or {{sample.output_text}}");
        }
        if (whole.group(1).equals("sample") && !SAMPLE.matcher(path).matches()) {
            throw new IllegalArgumentException(
                    "has the placeholder '{{" + path + "}}'; of a sample there are output_text and output_json");
        }
        StringBuilder pointer = new StringBuilder("/").append(whole.group(1));
        Matcher step = STEP.matcher(whole.group(2));
        while (step.find()) {
            pointer.append('/').append(step.group(1) == null ? step.group(2) : step.group(1));
        }
        return JsonPointer.compile(pointer.toString());
    }

    /** What the placeholders of an item's templates can name. */
    public static JsonNode variables(ScoredItem scored) {
        ObjectNode item = JSON.createObjectNode();
        scored.metadata().forEach((name, value) -> item.set(name, JSON.valueToTree(value)));
        scored.reference().forEach((name, value) -> item.set(name, JSON.valueToTree(value)));
        StringBuilder transcript = new StringBuilder();
        scored.messages().forEach(message -> {
            transcript.append(transcript.isEmpty() ? "" : "\n");
            transcript.append(message.role()).append(": ").append(message.content());
            if (message.role().equals("user")) {
                item.put("prompt", message.content());
            }
        });
        item.put("transcript", transcript.toString());
        item.set("messages", JSON.valueToTree(scored.messages()));
        item.set("reference", JSON.valueToTree(scored.reference()));
        item.set("metadata", JSON.valueToTree(scored.metadata()));
        ObjectNode sample = JSON.createObjectNode().put("output_text", scored.completion());
        JsonNode parsed = json(scored.completion());
        if (parsed != null) {
            sample.set("output_json", parsed);
        }
        ObjectNode variables = JSON.createObjectNode();
        variables.set("item", item);
        variables.set("sample", sample);
        return variables;
    }

    /** Whether nothing is to be filled in. */
    public boolean isPlain() {
        return parts.stream().allMatch(part -> part.place() == null);
    }

    /** @throws NoSuchVariable if an item has not what a placeholder names */
    public String render(JsonNode variables) throws NoSuchVariable {
        StringBuilder rendered = new StringBuilder();
        for (Part part : parts) {
            JsonPointer place = part.place();
            JsonNode value = place == null ? null : value(part.text(), place, variables);
            rendered.append(value == null ? part.text() : value.isValueNode() ? value.asString() : value.toString());
        }
        return rendered.toString();
    }

    /** As {@link #render}, but what a lone placeholder names comes as it is. */
    JsonNode value(JsonNode variables) throws NoSuchVariable {
        Part first = parts.isEmpty() ? null : parts.getFirst();
        return parts.size() == 1 && first != null && first.place() instanceof JsonPointer place
                ? value(first.text(), place, variables)
                : JSON.stringNode(render(variables));
    }

    private static JsonNode value(String text, JsonPointer place, JsonNode variables) throws NoSuchVariable {
        JsonNode value = variables.at(place);
        if (value.isMissingNode() || value.isNull()) {
            throw new NoSuchVariable("the item has no " + text, isOfItem(place));
        }
        return value;
    }

    private static boolean isOfItem(JsonPointer place) {
        return "item".equals(place.getMatchingProperty());
    }

    private static @Nullable JsonNode json(String completion) {
        String text = completion.strip();
        if (!text.startsWith("{") && !text.startsWith("[")) {
            return null;
        }
        try {
            return JSON.readTree(text);
        } catch (JacksonException notJson) {
            return null;
        }
    }

    @Override
    public String toString() {
        return text;
    }

    /** An item that a template asks too much of. */
    public static final class NoSuchVariable extends Exception {
        private final boolean ofItem;

        NoSuchVariable(String message, boolean ofItem) {
            super(message, null, false, false);
            this.ofItem = ofItem;
        }

        /** Whether the prompt's data lacks it, and not the completion. */
        public boolean ofItem() {
            return ofItem;
        }
    }
}
