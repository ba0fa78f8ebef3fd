package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.files.JsonLines;
import dev.tribunal.contracts.runs.v1.RunSpec.Method;
import dev.tribunal.languagemodel.ChatMessage;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.prompt.PromptFile;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Whether a run's method can use every line of a prompt file, with its model.
 *
 * @param tokenizer the model's; absent if it is not known, and lengths then stay unchecked
 * @param positions of the model, for prompt and completion together
 */
record PromptFileCheck(@Nullable ChatTokenizer tokenizer, int positions, int maxNewTokens) {

    static PromptFileCheck withoutModel() {
        return new PromptFileCheck(null, 0, 0);
    }

    /**
     * @param baselineField that every line must have, if any
     * @param needed fields that judges need of every line, and who needs them
     * @throws JsonLines.InvalidLinesException naming the number of each bad line
     */
    void check(Path file, Method method, @Nullable String baselineField, Map<String, String> needed) {
        List<Prompt> prompts = PromptFile.read(file);
        Iterator<Prompt> next = prompts.iterator();
        // A second time through the file, for the numbers of its lines.
        JsonLines.read(file, line -> {
            Prompt prompt = next.next();
            switch (method) {
                case SFT -> checkDemonstration(prompt);
                case CGPO -> {
                    checkPrompt(prompt, baselineField);
                    needed.forEach((field, judge) -> checkField(prompt, field, judge));
                }
            }
            return prompt;
        });
    }

    private void checkDemonstration(Prompt prompt) {
        String completion = prompt.completion();
        if (completion == null) {
            throw new IllegalArgumentException("has no \"completion\" to learn");
        }
        if (tokenizer != null) {
            checkLength(tokens(tokenizer, prompt), "its completion's", tokenizer.encode(completion).length + 1);
        }
    }

    private void checkPrompt(Prompt prompt, @Nullable String baselineField) {
        if (baselineField != null && prompt.baseline(baselineField).isEmpty()) {
            throw new IllegalArgumentException("has no \"" + baselineField + "\" for the baseline completion");
        }
        if (tokenizer != null) {
            checkLength(tokens(tokenizer, prompt), "maxNewTokens", maxNewTokens);
        }
    }

    private static void checkField(Prompt prompt, String field, String judge) {
        JsonNode found = prompt.line();
        for (String level : field.split("\\.", -1)) {
            found = found.path(level);
        }
        if (found.isMissingNode() || found.isNull()) {
            throw new IllegalArgumentException("has no \"" + field + "\", which the judge '" + judge + "' needs");
        }
    }

    private static int tokens(ChatTokenizer tokenizer, Prompt prompt) {
        List<ChatMessage> messages = prompt.messages().stream()
                .map(message -> new ChatMessage(message.role(), message.content()))
                .toList();
        try {
            return tokenizer.encodePrompt(messages).length;
        } catch (RuntimeException refused) {
            throw new IllegalArgumentException("cannot be written as a chat: " + refused.getMessage(), refused);
        }
    }

    private void checkLength(int promptTokens, String others, int otherTokens) {
        if (promptTokens + otherTokens > positions) {
            throw new IllegalArgumentException("has " + promptTokens + " tokens, which with " + others + " "
                    + otherTokens + " do not fit the model's " + positions
                    + " positions; shorten it or leave it out");
        }
    }
}
