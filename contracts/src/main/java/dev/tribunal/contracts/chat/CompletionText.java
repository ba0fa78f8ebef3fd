package dev.tribunal.contracts.chat;

import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * The text of a completion.
 *
 * @param finishReason {@code stop} if the model ended it, {@code length} if it was cut off; absent if nobody knows
 */
public record CompletionText(
        @Size String text, @Nullable @Size(max = 4096) String finishReason) {}
