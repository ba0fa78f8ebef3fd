package dev.tribunal.trainer.checkpoint;

import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.languagemodel.sampling.FinishReason;
import dev.tribunal.methods.reward.ScoreValue;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The baseline completions of one prompt set that are known so far, by prompt index. What is known is not asked again,
 * so it decides how later batches are cut, and with that their last bits.
 *
 * @param texts those that the reference sampled; those of the prompt file are in the file
 * @param scores by reward model, where all gave one
 * @param redraws how often one was drawn again because it could not be scored; 0 where there is none
 */
public record BaselineCompletionState(
        Map<Integer, Text> texts,
        Map<Integer, Map<String, ScoreValue>> scores,
        Map<Integer, List<JudgeVerdict>> verdicts,
        Map<Integer, Integer> redraws) {

    public static final BaselineCompletionState NONE =
            new BaselineCompletionState(Map.of(), Map.of(), Map.of(), Map.of());

    /** @param ids its tokens, with the end-of-sequence token unless it was cut off */
    public record Text(String text, int[] ids, FinishReason finishReason) {}

    public BaselineCompletionState {
        texts = new TreeMap<>(texts);
        scores = new TreeMap<>(scores);
        verdicts = new TreeMap<>(verdicts);
        redraws = new TreeMap<>(redraws);
    }
}
