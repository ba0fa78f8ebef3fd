package dev.tribunal.contracts.chat;

/**
 * The text of a completion.
 *
 * @param finishReason {@code stop} if the model ended it, {@code length} if it was cut off
 */
public record CompletionText(String text, String finishReason) {}
