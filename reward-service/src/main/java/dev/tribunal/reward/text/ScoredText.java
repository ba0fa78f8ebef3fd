package dev.tribunal.reward.text;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.languagemodel.ChatMessage;
import dev.tribunal.languagemodel.ChatTokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * The text that a reward model scores: the checkpoint's chat template over the prompt's messages followed by the
 * completion as the assistant's turn, without a generation prompt. The score is read off its last token.
 */
public final class ScoredText {

    private ScoredText() {}

    /**
     * @param messages the prompt, oldest turn first
     * @return token ids, possibly more than the model's positions
     * @throws dev.tribunal.languagemodel.CheckpointException if the chat template refuses the conversation
     */
    public static int[] tokens(ChatTokenizer tokenizer, List<Message> messages, String completion) {
        List<ChatMessage> conversation = new ArrayList<>(messages.size() + 1);
        messages.forEach(message -> conversation.add(new ChatMessage(message.role(), message.content())));
        conversation.add(ChatMessage.assistant(tokenizer.withoutSpecialTokens(completion)));
        return tokenizer.encode(tokenizer.render(conversation, false));
    }
}
