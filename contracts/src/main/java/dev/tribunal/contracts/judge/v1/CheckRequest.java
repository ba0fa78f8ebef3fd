package dev.tribunal.contracts.judge.v1;

import java.util.List;

/**
 * Asks a judge which prompts it could not judge a completion of, whatever the completion says.
 *
 * @param items at most the judge's {@code maxBatchItems}
 */
public record CheckRequest(JudgeReference judge, List<PromptItem> items) {}
