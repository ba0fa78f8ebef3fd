package dev.tribunal.trainer.strategy;

import dev.tribunal.contracts.chat.CompletionText;

/**
 * A completion that is to be scored or judged.
 *
 * @param id unique within a generation
 */
public record Rated(String id, Asked prompt, CompletionText completion) {}
