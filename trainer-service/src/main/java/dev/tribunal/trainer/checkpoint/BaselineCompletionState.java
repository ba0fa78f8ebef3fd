package dev.tribunal.trainer.checkpoint;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.languagemodel.sampling.FinishReason;
import dev.tribunal.methods.reward.ScoreValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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

    /**
     * As it stands in a checkpoint. Scores of checkpoints from before a task could have several reward models do not say
     * which one gave them: they are asked for again.
     */
    @JsonCreator
    static BaselineCompletionState read(
            @JsonProperty("texts") Map<Integer, Text> texts,
            @JsonProperty("scores") Map<Integer, Map<String, JsonNode>> scores,
            @JsonProperty("verdicts") Map<Integer, List<JudgeVerdict>> verdicts,
            @JsonProperty("redraws") @Nullable Map<Integer, Integer> redraws) {
        Map<Integer, Map<String, ScoreValue>> byModel = new TreeMap<>();
        scores.forEach((prompt, values) -> {
            if (values.values().stream().allMatch(JsonNode::isObject)) {
                Map<String, ScoreValue> ofPrompt = new LinkedHashMap<>();
                values.forEach((model, value) ->
                        ofPrompt.put(model, JsonMapper.shared().treeToValue(value, ScoreValue.class)));
                byModel.put(prompt, ofPrompt);
            }
        });
        return new BaselineCompletionState(texts, byModel, verdicts, redraws == null ? Map.of() : redraws);
    }

    public BaselineCompletionState {
        texts = new TreeMap<>(texts);
        scores = new TreeMap<>(scores);
        verdicts = new TreeMap<>(verdicts);
        redraws = new TreeMap<>(redraws);
    }
}
