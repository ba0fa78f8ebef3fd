package dev.tribunal.local.generate;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.tribunal.contracts.chat.Message;
import dev.tribunal.languagemodel.sampling.FinishReason;
import dev.tribunal.languagemodel.sampling.SampledCompletion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A question and its completion with every number that another engine can be compared by.
 *
 * @param promptLogProbs log p(prompt token t | the tokens before it), as many as {@code promptIds}; the first token has
 *     none: null
 * @param ids the end-of-sequence token included, if one was drawn; {@code text} leaves special tokens out
 * @param logProbs as many as {@code ids}, at the temperature sampled with (1, if that is 0), of all tokens
 * @param finishReason {@code stop} or {@code length}
 */
@JsonPropertyOrder({
    "prompt",
    "messages",
    "rendered",
    "promptIds",
    "promptLogProbs",
    "text",
    "ids",
    "logProbs",
    "finishReason"
})
public record Answer(
        @Nullable String prompt,
        @Nullable List<Message> messages,
        String rendered,
        int[] promptIds,
        List<@Nullable Float> promptLogProbs,
        String text,
        int[] ids,
        float[] logProbs,
        String finishReason) {

    /** @param promptLogProbs of all prompt tokens but the first */
    public static Answer of(Question question, float[] promptLogProbs, SampledCompletion completion, String text) {
        List<@Nullable Float> ofPrompt = new ArrayList<>();
        ofPrompt.add(null);
        for (float logProb : promptLogProbs) {
            ofPrompt.add(logProb);
        }
        return new Answer(
                question.prompt(),
                question.messages(),
                question.rendered(),
                question.ids(),
                ofPrompt,
                text,
                completion.ids(),
                completion.logProbs(),
                word(completion.finishReason()));
    }

    private static String word(FinishReason reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }
}
