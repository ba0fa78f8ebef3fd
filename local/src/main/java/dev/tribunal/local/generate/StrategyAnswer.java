package dev.tribunal.local.generate;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.runs.v1.generation.GenerationResource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A question and what a strategy found for it; the fields are those of the API's answers.
 *
 * @param tokensSampled those of completions that were not taken included
 * @param taken index among the candidates
 * @param klBound nats; null but for best of n
 */
@JsonPropertyOrder({"prompt", "messages", "text", "finishReason", "tokens", "tokensSampled", "taken", "why", "klBound"})
public record StrategyAnswer(
        @Nullable String prompt,
        @Nullable List<Message> messages,
        String text,
        String finishReason,
        int tokens,
        long tokensSampled,
        int taken,
        String why,
        @Nullable Double klBound,
        List<GenerationResource.Candidate> candidates) {

    public static StrategyAnswer of(Question question, GenerationResource.Answer answer) {
        return new StrategyAnswer(
                question.prompt(),
                question.messages(),
                answer.text(),
                answer.finishReason(),
                answer.tokens(),
                answer.tokensSampled(),
                answer.taken(),
                answer.why(),
                answer.klBound(),
                answer.candidates());
    }
}
