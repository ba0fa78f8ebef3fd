package dev.tribunal.contracts.runs.v1.label;

import dev.tribunal.contracts.common.Page;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.service.annotation.DeleteExchange;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PutExchange;
import tools.jackson.databind.json.JsonMapper;

/** What people say of the rollouts of runs, and how far the judges say the same. */
public interface LabelsApi {

    /**
     * Says what a person says of a rollout. There is one label for each rollout and judge, and one for its constraints
     * together: the last that is put stands.
     *
     * @param episode the rollout's id
     * @param label JSON or YAML
     */
    @PutExchange("/v1/runs/{id}/episodes/{episode}/label")
    LabelResource put(
            @PathVariable("id") String id,
            @PathVariable("episode") String episode,
            @RequestBody String label,
            @RequestHeader("Content-Type") String contentType);

    /** As {@link #put(String, String, String, String)}, of a label that a program has made. */
    default LabelResource put(String id, String episode, LabelRequest label) {
        return put(id, episode, JsonMapper.shared().writeValueAsString(label), "application/json");
    }

    /**
     * Takes a label back. Repeating it changes nothing.
     *
     * @param judge the judge that the label names; the label of all constraints if it is left out
     */
    @DeleteExchange("/v1/runs/{id}/episodes/{episode}/label")
    void delete(
            @PathVariable("id") String id,
            @PathVariable("episode") String episode,
            @RequestParam(name = "judge", required = false) @Nullable String judge);

    /**
     * The labels of a run, in the order of its rollouts. Those of rollouts that the run has taken back, because it went on
     * from a checkpoint before them, are not among them until the very same rollouts are there again.
     *
     * @param judge only labels that name this judge
     * @param items whether each label comes with the prompt and the completion
     */
    @GetExchange("/v1/runs/{id}/labels")
    Page<LabelResource> list(
            @PathVariable("id") String id,
            @RequestParam(name = "task", required = false) @Nullable String task,
            @RequestParam(name = "judge", required = false) @Nullable String judge,
            @RequestParam(name = "items", defaultValue = "false") @Nullable Boolean items,
            @RequestParam(name = "cursor", required = false) @Nullable String cursor,
            @RequestParam(name = "limit", defaultValue = "50") @Min(1) @Max(Page.MAX_LIMIT) @Nullable Integer limit);

    /** How far each judge of a run says what people say. */
    @GetExchange("/v1/runs/{id}/labels/agreement")
    LabelAgreement agreement(
            @PathVariable("id") String id, @RequestParam(name = "task", required = false) @Nullable String task);
}
