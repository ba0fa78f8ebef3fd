package dev.tribunal.local.generate;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.languagemodel.ChatMessage;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.servicekit.files.JsonLines;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.prompt.PromptFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Renders prompts for a model.
 *
 * @param raw whether prompts are taken as they stand, without the chat template
 * @param mostTokens that a prompt may have
 */
public record Questions(ChatTokenizer tokenizer, boolean raw, int mostTokens) {

    /** @throws IllegalArgumentException if the chat template refuses it, or it has no token or too many */
    public Question of(String prompt) {
        return question(prompt, null, List.of(Message.user(prompt)), Map.of(), Map.of());
    }

    /**
     * JSON lines of {@code prompt} or {@code messages}, with the {@code reference} and {@code metadata} that judges read.
     *
     * @throws JsonLines.InvalidLinesException naming the number of each bad line and what is wrong with it
     */
    public List<Question> read(Path file) {
        return JsonLines.read(file, this::question);
    }

    private Question question(JsonNode line) {
        Prompt read = PromptFile.prompt(0, line);
        List<Message> messages = read.messages();
        String prompt = line.path("prompt").isString() ? line.get("prompt").stringValue() : null;
        if (raw && prompt == null) {
            throw new IllegalArgumentException("has messages, which only a chat template makes a text of;"
                    + " give \"prompt\", or leave out --raw");
        }
        return question(prompt, prompt == null ? messages : null, messages, read.reference(), read.metadata());
    }

    private Question question(
            @Nullable String prompt,
            @Nullable List<Message> written,
            List<Message> messages,
            Map<String, Object> reference,
            Map<String, Object> metadata) {
        String asItStands = raw ? prompt : null;
        String rendered = asItStands == null ? render(messages) : asItStands;
        int[] ids = asItStands == null ? tokenizer.encode(rendered) : tokenizer.encodeWithSpecialTokens(rendered);
        if (ids.length == 0) {
            throw new IllegalArgumentException("the tokenizer makes no token of it");
        }
        if (ids.length > mostTokens) {
            throw new IllegalArgumentException("has " + ids.length + " tokens; with the completion's, the model has"
                    + " positions for " + mostTokens);
        }
        return new Question(prompt, written, rendered, ids, reference, metadata);
    }

    private String render(List<Message> messages) {
        try {
            return tokenizer.render(
                    messages.stream()
                            .map(message -> new ChatMessage(message.role(), message.content()))
                            .toList(),
                    true);
        } catch (CheckpointException refused) {
            throw new IllegalArgumentException(refused.getMessage(), refused);
        }
    }
}
