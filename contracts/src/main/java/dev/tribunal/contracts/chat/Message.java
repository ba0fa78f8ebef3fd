package dev.tribunal.contracts.chat;

import jakarta.validation.constraints.Size;

/** One turn of a conversation; {@code role} is system, user or assistant. */
public record Message(String role, @Size String content) {

    public static Message user(String content) {
        return new Message("user", content);
    }
}
