package dev.tribunal.contracts.common;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a server of another system speaks, and what it is to be asked. Texts are templates over
 * <code>{{item...}}</code> and <code>{{sample...}}</code>; one that is left out has the default given here.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ScoringServer.OpenRlhf.class, name = "openrlhf"),
    @JsonSubTypes.Type(value = ScoringServer.NemoGym.class, name = "nemo-gym"),
    @JsonSubTypes.Type(value = ScoringServer.TeiPredict.class, name = "tei-predict"),
    @JsonSubTypes.Type(value = ScoringServer.TeiRerank.class, name = "tei-rerank"),
    @JsonSubTypes.Type(value = ScoringServer.VllmClassify.class, name = "vllm-classify"),
    @JsonSubTypes.Type(value = ScoringServer.VllmScore.class, name = "vllm-score")
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface ScoringServer {

    /** The prompt's last user message. */
    String PROMPT = "{{item.prompt}}";

    String COMPLETION = "{{sample.output_text}}";

    /** Characters of a template. */
    int MAX_TEMPLATE = 20_000;

    /**
     * OpenRLHF's remote reward model, at the whole URL that {@code --reward.remote_url} would name, for example
     * {@code http://host:5000/get_reward}.
     *
     * @param query prompt and completion as the reward model reads them, its chat template written out; default the
     *     one after the other
     * @param prompt default the last user message
     * @param label default <code>{{item.answer}}</code> where the item has one, else empty
     */
    record OpenRlhf(
            @Size(max = MAX_TEMPLATE) @Nullable String query,
            @Size(max = MAX_TEMPLATE) @Nullable String prompt,
            @Size(max = MAX_TEMPLATE) @Nullable String label)
            implements ScoringServer {}

    /**
     * {@code POST /verify} of a resources server of NeMo Gym. The fields of the item's reference and metadata stand
     * beside {@code responses_create_params} and {@code response}, as those of a line of its data set do.
     *
     * @param fields further fields, or other values for them; a text that is one placeholder alone gives what it
     *     names as it is, a list for example; default none
     */
    record NemoGym(@Nullable Map<String, String> fields) implements ScoringServer {}

    /**
     * {@code POST /predict} of text-embeddings-inference: a sequence classifier.
     *
     * @param label whose score counts; may be left out if the model has one label
     * @param text default the completion
     * @param textPair the second text, for a model that reads pairs; default none
     * @param rawScores whether scores are logits, neither softmax nor sigmoid applied; default false
     * @param truncate whether a text that is too long is cut off instead of refused; default the server's
     */
    record TeiPredict(
            @Nullable String label,
            @Size(max = MAX_TEMPLATE) @Nullable String text,
            @Size(max = MAX_TEMPLATE) @Nullable String textPair,
            @Nullable Boolean rawScores,
            @Nullable Boolean truncate)
            implements ScoringServer {}

    /**
     * {@code POST /rerank} of text-embeddings-inference: a cross-encoder. Items with the same query go in one request.
     *
     * @param query default the last user message
     * @param text default the completion
     * @param rawScores as for {@link TeiPredict}
     * @param truncate as for {@link TeiPredict}
     */
    record TeiRerank(
            @Size(max = MAX_TEMPLATE) @Nullable String query,
            @Size(max = MAX_TEMPLATE) @Nullable String text,
            @Nullable Boolean rawScores,
            @Nullable Boolean truncate)
            implements ScoringServer {}

    /**
     * {@code POST /classify} of vLLM: a sequence classifier, a reward model among them.
     *
     * @param model as served; may be left out if the server serves one
     * @param classIndex whose probability counts, from 0; may be left out if the model has one class
     * @param text default prompt and completion, the one after the other
     * @param useActivation false for logits; default the model's
     */
    record VllmClassify(
            @Nullable String model,
            @PositiveOrZero @Nullable Integer classIndex,
            @Size(max = MAX_TEMPLATE) @Nullable String text,
            @Nullable Boolean useActivation)
            implements ScoringServer {}

    /**
     * {@code POST /score} of vLLM: a cross-encoder, or embeddings' similarity.
     *
     * @param model as served; may be left out if the server serves one
     * @param text1 default the last user message
     * @param text2 default the completion
     * @param useActivation false for logits; default the model's
     */
    record VllmScore(
            @Nullable String model,
            @Size(max = MAX_TEMPLATE) @Nullable String text1,
            @Size(max = MAX_TEMPLATE) @Nullable String text2,
            @Nullable Boolean useActivation)
            implements ScoringServer {}
}
