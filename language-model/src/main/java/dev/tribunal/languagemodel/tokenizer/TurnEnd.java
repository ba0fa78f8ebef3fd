package dev.tribunal.languagemodel.tokenizer;

import dev.tribunal.languagemodel.ChatMessage;
import dev.tribunal.languagemodel.CheckpointException;
import java.time.LocalDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The special token that a chat template writes right after an assistant's message: where a model that learned from
 * such conversations ends its turn.
 */
record TurnEnd(int id, String token) {

    private static final String QUESTION = "Which is the first letter";
    private static final String ANSWER = "Alpha it is";

    /**
     * Empty if the template writes no special token there, or renders no such conversation.
     *
     * @param specialTokens spelled as in a text
     */
    static Optional<TurnEnd> of(
            ChatTemplate template,
            Supplier<LocalDateTime> now,
            Function<String, int[]> encode,
            List<String> specialTokens) {
        try {
            List<ChatMessage> messages =
                    List.of(ChatMessage.user(QUESTION), ChatMessage.assistant(ANSWER), ChatMessage.user(QUESTION));
            Optional<String> inside = first(specialTokens, after(template.render(messages, false, now)));
            Optional<String> last = first(specialTokens, after(template.render(messages.subList(0, 2), false, now)));
            // What is there at the end alone opens the next turn: some templates do that unasked.
            return last.filter(token -> inside.equals(last)).map(token -> new TurnEnd(encode.apply(token)[0], token));
        } catch (CheckpointException refused) {
            return Optional.empty();
        }
    }

    /** What follows the answer, without blanks around it; empty if it is not there. */
    private static String after(String rendered) {
        int at = rendered.lastIndexOf(ANSWER);
        return at < 0 ? "" : rendered.substring(at + ANSWER.length()).strip();
    }

    /** The longest, since one token's spelling may begin another's. */
    private static Optional<String> first(List<String> specialTokens, String text) {
        return specialTokens.stream().filter(text::startsWith).max(Comparator.comparingInt(String::length));
    }
}
