package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.trainer.prompt.ChatMessages;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * Counts tokens of prompts. Neither the prompts nor the tokenizer are trusted.
 *
 * @param positions of the model, for prompt and completion together
 */
public record PromptTokens(ChatTokenizer tokenizer, int positions, int maxNewTokens) {

    private static final int FIRST_LOOK = 1024;
    private static final int GROWTH = 4;

    /** @throws IllegalArgumentException if the prompt cannot be written as a chat, or is too long */
    public int requireRoom(List<Message> messages, int completionTokens, String completionName) {
        int tokens = count(render(messages));
        if (tokens > 2 * positions) {
            throw new IllegalArgumentException("has more than " + 2 * positions + " tokens, and the model " + positions
                    + " positions; shorten it or leave it out");
        }
        if (tokens + completionTokens > positions) {
            throw new IllegalArgumentException("has " + tokens + " tokens, which with " + completionName + " "
                    + completionTokens + " do not fit the model's " + positions
                    + " positions; shorten it or leave it out");
        }
        return tokens;
    }

    /**
     * How many tokens a text has, or more than twice the positions if it has far too many. A tokenizer may make
     * thousands of tokens of a character, so a long text is first tried by its beginning.
     */
    int count(String text) {
        int tokens = 0;
        for (long length = FIRST_LOOK; length < text.length() && tokens <= 2 * positions; length *= GROWTH) {
            tokens = tokenizer.encode(text.substring(0, (int) length)).length;
        }
        return tokens > 2 * positions ? tokens : tokenizer.encode(text).length;
    }

    private String render(List<Message> messages) {
        try {
            return tokenizer.render(ChatMessages.of(messages), true);
        } catch (CancellationException stopped) {
            throw stopped;
        } catch (RuntimeException refused) {
            throw new IllegalArgumentException("cannot be written as a chat: " + refused.getMessage(), refused);
        }
    }
}
