package dev.tribunal.trainer.prompt;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.languagemodel.ChatMessage;
import java.util.List;

/** Messages as a chat template takes them. */
public final class ChatMessages {

    private ChatMessages() {}

    public static List<ChatMessage> of(List<Message> messages) {
        return messages.stream()
                .map(message -> new ChatMessage(message.role(), message.content()))
                .toList();
    }
}
