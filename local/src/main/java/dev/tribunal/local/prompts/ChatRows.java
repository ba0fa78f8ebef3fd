package dev.tribunal.local.prompts;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.servicekit.files.Conversation;
import dev.tribunal.servicekit.files.JsonValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Rows of conversations as other systems write them. An assistant's last turn becomes the line's completion. */
final class ChatRows {

    private static final JsonMapper JSON = new JsonMapper();

    private static final Map<String, String> SHAREGPT_ROLES = Map.of(
            "human", "user",
            "user", "user",
            "gpt", "assistant",
            "assistant", "assistant",
            "chatgpt", "assistant",
            "system", "system");

    private ChatRows() {}

    /** {@code prompt} (messages or a text), {@code reward_model.ground_truth}; the other fields become metadata. */
    static PromptLine verl(JsonNode row) {
        JsonNode truth = row.path("reward_model").path("ground_truth");
        if (truth.isContainer()) {
            throw new IllegalArgumentException(
                    "\"reward_model.ground_truth\" is " + JsonValues.kind(truth) + ", must be a text or a number");
        }
        Map<String, String> reference =
                truth.isValueNode() && !truth.isNull() ? Map.of("answer", truth.asString()) : Map.of();
        Map<String, Object> metadata = new LinkedHashMap<>();
        for (String field : List.of("data_source", "ability", "extra_info")) {
            if (row.hasNonNull(field)) {
                metadata.put(field, row.get(field));
            }
        }
        return turns(prompt(row), null).withReference(reference).withMetadata(metadata);
    }

    /** {@code prompt} with {@code completion}, or with {@code chosen} and {@code rejected}; or {@code messages}. */
    static PromptLine trl(JsonNode row) {
        if (row.hasNonNull("chosen") || row.hasNonNull("rejected")) {
            return preference(row);
        }
        if (row.hasNonNull("messages")) {
            return openAi(row);
        }
        return turns(prompt(row), Conversation.answer(row, "completion"));
    }

    /** Without a {@code prompt} both are whole conversations, which differ in their last turn. */
    private static PromptLine preference(JsonNode row) {
        if (row.hasNonNull("prompt")) {
            return turns(prompt(row), null).withPair(answer(row, "chosen"), answer(row, "rejected"));
        }
        List<Message> chosen = Conversation.messages(row.path("chosen"), "chosen");
        List<Message> rejected = Conversation.messages(row.path("rejected"), "rejected");
        int last = chosen.size() - 1;
        if (rejected.size() != chosen.size() || !chosen.subList(0, last).equals(rejected.subList(0, last))) {
            throw new IllegalArgumentException("\"chosen\" and \"rejected\" do not begin with the same turns; they must"
                    + " differ in the last one only");
        }
        return turns(chosen.subList(0, last), null)
                .withPair(chosen.getLast().content(), rejected.getLast().content());
    }

    private static String answer(JsonNode row, String field) {
        String answer = Conversation.answer(row, field);
        if (answer == null) {
            throw new IllegalArgumentException("has no \"" + field + "\"");
        }
        return answer;
    }

    /** {@code messages}, as for fine-tuning, or inside {@code body}, as for batches; or a text and its completion. */
    static PromptLine openAi(JsonNode row) {
        JsonNode request = row.path("body").isObject() ? row.get("body") : row;
        return request.hasNonNull("messages")
                ? conversation(messages(request.get("messages")))
                : turns(prompt(request), Conversation.answer(request, "completion"));
    }

    /** {@code conversations} of {@code from} and {@code value}; {@code system} before them. */
    static PromptLine shareGpt(JsonNode row) {
        JsonNode turns = row.path("conversations");
        if (!turns.isArray() || turns.isEmpty()) {
            throw new IllegalArgumentException(
                    "\"conversations\" is " + (turns.isMissingNode() ? "missing" : JsonValues.kind(turns))
                            + ", must be a list of at least one turn");
        }
        ArrayNode messages = JSON.createArrayNode();
        if (row.path("system").isString() && !row.get("system").stringValue().isBlank()) {
            messages.addObject().put("role", "system").set("content", row.get("system"));
        }
        for (int i = 0; i < turns.size(); i++) {
            JsonNode turn = turns.get(i);
            String from = turn.path(turn.has("from") ? "from" : "role").asString("");
            String role = SHAREGPT_ROLES.get(from);
            if (role == null) {
                throw new IllegalArgumentException("\"conversations[" + i + "].from\" is '" + from
                        + "', must be human, gpt or system; leave out conversations with tools");
            }
            messages.addObject().put("role", role).set("content", turn.path(turn.has("value") ? "value" : "content"));
        }
        return conversation(Conversation.messages(messages, "conversations"));
    }

    /** {@code instruction}, {@code input} and {@code output}; {@code system} and {@code history} before them. */
    static PromptLine alpaca(JsonNode row) {
        List<Message> messages = new ArrayList<>();
        if (row.path("system").isString() && !row.get("system").stringValue().isBlank()) {
            messages.add(new Message("system", row.get("system").stringValue()));
        }
        JsonNode history = row.path("history");
        for (int i = 0; i < history.size(); i++) {
            messages.add(Message.user(JsonValues.text(history.get(i).path(0), "history[" + i + "][0]")));
            messages.add(new Message("assistant", JsonValues.text(history.get(i).path(1), "history[" + i + "][1]")));
        }
        String instruction = JsonValues.text(row.path("instruction"), "instruction");
        String input = row.path("input").isString() ? row.get("input").stringValue() : "";
        messages.add(Message.user(input.isBlank() ? instruction : instruction + "\n\n" + input));
        String output = row.path("output").isString() ? row.get("output").stringValue() : "";
        return turns(messages, output.isBlank() ? null : output);
    }

    /** OpenAI's newer models call the system {@code developer}. */
    private static List<Message> messages(JsonNode written) {
        JsonNode messages = written.deepCopy();
        for (JsonNode message : messages) {
            if (message.path("role").asString("").equals("developer")) {
                ((ObjectNode) message).put("role", "system");
            }
            if (message.hasNonNull("tool_calls") || message.hasNonNull("function_call")) {
                throw new IllegalArgumentException("has a message that calls tools; leave such conversations out");
            }
        }
        return Conversation.messages(messages, "messages");
    }

    private static List<Message> prompt(JsonNode row) {
        JsonNode prompt = row.path("prompt");
        return prompt.isArray()
                ? Conversation.messages(prompt, "prompt")
                : List.of(Message.user(JsonValues.text(prompt, "prompt")));
    }

    private static PromptLine conversation(List<Message> messages) {
        Message last = messages.getLast();
        return last.role().equals("assistant")
                ? turns(messages.subList(0, messages.size() - 1), last.content())
                : turns(messages, null);
    }

    private static PromptLine turns(List<Message> messages, @Nullable String completion) {
        if (messages.isEmpty() || messages.getLast().role().equals("assistant")) {
            throw new IllegalArgumentException("has no user's turn before the assistant's: nothing is asked");
        }
        return PromptLine.of(messages, completion);
    }
}
