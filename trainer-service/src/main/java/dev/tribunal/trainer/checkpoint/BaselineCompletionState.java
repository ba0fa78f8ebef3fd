package dev.tribunal.trainer.checkpoint;

import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.languagemodel.FinishReason;
import dev.tribunal.trainer.reward.Score;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The baseline completions of one prompt set that are known so far, by prompt index. What is known is not asked again,
 * so it decides how later batches are cut, and with that their last bits.
 *
 * @param texts those that the reference sampled; those of the prompt file are in the file
 */
public record BaselineCompletionState(
        Map<Integer, Text> texts, Map<Integer, Score> scores, Map<Integer, List<JudgeVerdict>> verdicts) {

    public static final BaselineCompletionState NONE = new BaselineCompletionState(Map.of(), Map.of(), Map.of());

    /** @param ids its tokens, with the end-of-sequence token unless it was cut off */
    public record Text(String text, int[] ids, FinishReason finishReason) {}

    public BaselineCompletionState {
        texts = new TreeMap<>(texts);
        scores = new TreeMap<>(scores);
        verdicts = new TreeMap<>(verdicts);
    }
}
