package dev.tribunal.contracts.runs.v1.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.contracts.common.MaxBody;
import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.common.Text;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.runs.v1.metric.HistogramResource;
import dev.tribunal.contracts.runs.v1.metric.MetricColumns;
import dev.tribunal.contracts.runs.v1.metric.MetricResource;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.service.annotation.DeleteExchange;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;

/** Runs. Their events are also a stream: ask for them with {@code Accept: text/event-stream}. */
public interface RunsApi {

    int MAX_POINTS = 10_000;

    /** A thinned series has at least its ends, its least and its greatest value. */
    int MIN_THINNED = 4;

    /**
     * Creates a run, after checking all of its spec and reaching every judge and reward model it names. Prompt files are
     * checked for a few seconds. If that is not enough, the run is {@code validating} until they are: then it is
     * {@code queued}, or has {@code failed} with the mistakes as its {@code errors}.
     *
     * @param spec JSON or YAML
     * @param dryRun check only: 200 and the run as it would be, with no effect. A condition says how much of the prompt
     *     files was checked, if it was not all
     * @param idempotencyKey a replay with the same body returns the same run, with another body it is a 422
     */
    @PostExchange("/v1/runs")
    @MaxBody(mebibytes = 1)
    ResponseEntity<RunResource> create(
            @RequestBody String spec,
            @RequestHeader("Content-Type") String contentType,
            @RequestParam(name = "dryRun", defaultValue = "false") boolean dryRun,
            @RequestHeader(name = "Idempotency-Key", required = false) @Text(max = 200) @Nullable
                    String idempotencyKey);

    /**
     * The runs, newest first.
     *
     * @param label {@code key=value}
     * @param judge {@code NAME@VERSION}: the runs whose spec pins it, for training, labelling or evaluation
     * @param ended whether nothing can change any more; both if it is left out
     */
    @GetExchange("/v1/runs")
    Page<RunResource> list(
            @RequestParam(name = "state", required = false) @Text(words = RunState.class) @Nullable String state,
            @RequestParam(name = "label", required = false) @Text(pattern = "[^=]+=[\\s\\S]*") @Nullable String label,
            @RequestParam(name = "judge", required = false) @Nullable String judge,
            @RequestParam(name = "ended", required = false) @Nullable Boolean ended,
            @RequestParam(name = "cursor", required = false) @Nullable String cursor,
            @RequestParam(name = "limit", defaultValue = "50") @Min(1) @Max(Page.MAX_LIMIT) @Nullable Integer limit);

    /** A run as it stands. */
    @GetExchange("/v1/runs/{id}")
    RunResource get(@PathVariable("id") String id);

    /** The resolved spec, with versions and digests. */
    @GetExchange("/v1/runs/{id}/spec")
    RunSpec spec(@PathVariable("id") String id);

    /**
     * Pauses a run; 409 where it cannot be paused. A step that still samples, or waits for judges and reward models, is
     * given up and begun again afterwards, with the same random numbers; one that already changes the weights is ended.
     */
    @PostExchange("/v1/runs/{id}/pause")
    ResponseEntity<RunResource> pause(@PathVariable("id") String id);

    /** Goes on with a paused run. */
    @PostExchange("/v1/runs/{id}/resume")
    ResponseEntity<RunResource> resume(@PathVariable("id") String id);

    /** Ends a run for good; its committed steps stay. */
    @PostExchange("/v1/runs/{id}/cancel")
    ResponseEntity<RunResource> cancel(@PathVariable("id") String id);

    /**
     * Deletes a run that has ended, with its episodes, metrics, events and checkpoints; 409 while it has not. Nothing
     * brings it back.
     */
    @DeleteExchange("/v1/runs/{id}")
    void delete(@PathVariable("id") String id);

    /** Events after the sequence number {@code after}, oldest first. */
    @GetExchange(url = "/v1/runs/{id}/events", accept = "application/json")
    Page<RunEvent> events(
            @PathVariable("id") String id,
            @RequestParam(name = "after", required = false) @Min(0) @Nullable Long after,
            @RequestParam(name = "limit", defaultValue = "50") @Min(1) @Max(Page.MAX_LIMIT) @Nullable Integer limit);

    /** The metrics that runs may have: what each is, in a sentence, and which direction is good. */
    @GetExchange("/v1/metrics")
    Page<MetricResource> metricNames();

    /**
     * The metrics of a run by column, and from then on only what is new.
     *
     * @param after the cursor of the answer before; all if it is left out
     * @param name only these metrics; all if it is left out
     * @param maxPoints of each series in this answer; above it a series is thinned: its first and last point, and of each
     *     part between them the least and the greatest value are kept. All points if it is left out, up to a million an
     *     answer
     */
    @GetExchange("/v1/runs/{id}/metrics/columns")
    MetricColumns metrics(
            @PathVariable("id") String id,
            @RequestParam(name = "after", required = false) @Nullable String after,
            @RequestParam(name = "name", required = false) @Nullable List<String> name,
            @RequestParam(name = "task", required = false) @Nullable String task,
            @RequestParam(name = "maxPoints", required = false) @Min(MIN_THINNED) @Max(MAX_POINTS) @Nullable
                    Integer maxPoints);

    /**
     * What each judge of a run did: its verdicts by task and step, why some were undecided, how long they took, and how
     * far it agrees with the other judges.
     *
     * @param maxPoints of each task; above it steps are counted together
     */
    @GetExchange("/v1/runs/{id}/judges")
    List<JudgeStatistics> judges(
            @PathVariable("id") String id,
            @RequestParam(name = "task", required = false) @Nullable String task,
            @RequestParam(name = "split", required = false) @Text(words = EpisodeResource.Split.class) @Nullable
                    String split,
            @RequestParam(name = "fromStep", required = false) @Min(0) @Max(Integer.MAX_VALUE) @Nullable
                    Integer fromStep,
            @RequestParam(name = "maxPoints", defaultValue = "500") @Min(1) @Max(MAX_POINTS) @Nullable
                    Integer maxPoints);

    /** The checkpoints of a run, oldest first. */
    @GetExchange("/v1/runs/{id}/checkpoints")
    Page<CheckpointResource> checkpoints(@PathVariable("id") String id);

    /**
     * The files of a checkpoint. The bytes of each are at <code>/v1/runs/{id}/checkpoints/{step}/files/PATH</code>, where a
     * {@code Range} asks for a part of them.
     */
    @GetExchange("/v1/runs/{id}/checkpoints/{step}/files")
    Page<CheckpointFile> checkpointFiles(
            @PathVariable("id") String id, @PathVariable("step") @Min(0) @Max(Integer.MAX_VALUE) int step);

    /**
     * The rollouts of a run as they were stored: why each was rewarded as it was.
     *
     * @param prompt index of the prompt in the task's file, from 0
     * @param verdict {@code undecided} is the view of what no judge could decide
     * @param violated judges, each of which has found it violated: two of them show what they violate together
     * @param finishReason why sampling ended, {@code length} for what was cut off
     * @param minScore least score, of the task's reward model or, where it has several, the reward made of them; what has
     *     no score is not asked for
     * @param maxScore greatest score, likewise
     * @param order of commitment, or by length in tokens or by that score; without a score comes last
     */
    @GetExchange("/v1/runs/{id}/episodes")
    Page<EpisodeResource> episodes(
            @PathVariable("id") String id,
            @RequestParam(name = "step", required = false) @Min(0) @Max(Integer.MAX_VALUE) @Nullable Integer step,
            @RequestParam(name = "task", required = false) @Nullable String task,
            @RequestParam(name = "prompt", required = false) @Min(0) @Max(Integer.MAX_VALUE) @Nullable Integer prompt,
            @RequestParam(name = "judge", required = false) @Nullable String judge,
            @RequestParam(name = "verdict", required = false) @Text(words = Verdict.class) @Nullable String verdict,
            @RequestParam(name = "violated", required = false) @Nullable List<String> violated,
            @RequestParam(name = "split", required = false) @Text(words = EpisodeResource.Split.class) @Nullable
                    String split,
            @RequestParam(name = "finishReason", required = false) @Text(max = 100) @Nullable String finishReason,
            @RequestParam(name = "minScore", required = false) @Nullable Double minScore,
            @RequestParam(name = "maxScore", required = false) @Nullable Double maxScore,
            @RequestParam(name = "order", required = false) @Text(words = EpisodeOrder.class) @Nullable String order,
            @RequestParam(name = "cursor", required = false) @Nullable String cursor,
            @RequestParam(name = "limit", defaultValue = "50") @Min(1) @Max(Page.MAX_LIMIT) @Nullable Integer limit);

    /** As the other, in the order of commitment. */
    default Page<EpisodeResource> episodes(
            String id,
            @Nullable Integer step,
            @Nullable String task,
            @Nullable String judge,
            @Nullable String verdict,
            @Nullable String split,
            @Nullable String cursor,
            @Nullable Integer limit) {
        return episodes(id, step, task, null, judge, verdict, null, split, null, null, null, null, cursor, limit);
    }

    /**
     * The tokens of a rollout's completion, in order, with the text that each adds to the completion; 409 where the run's
     * tokenizer is not on the trainer's disk any more.
     */
    @GetExchange("/v1/runs/{id}/episodes/{episode}/tokens")
    Page<TokenResource> tokens(@PathVariable("id") String id, @PathVariable("episode") String episode);

    /**
     * How a value is distributed over the rollouts of a run, by task and part of its steps.
     *
     * @param split which rollouts
     * @param bins of equal width, from a task's least value to its greatest
     * @param maxPoints parts of the steps; above it steps are counted together
     */
    @GetExchange("/v1/runs/{id}/histograms")
    List<HistogramResource> histograms(
            @PathVariable("id") String id,
            @RequestParam(name = "value", defaultValue = "reward")
                    @Text(words = HistogramResource.Value.class)
                    @Nullable
                    String value,
            @RequestParam(name = "task", required = false) @Nullable String task,
            @RequestParam(name = "split", defaultValue = "train") @Text(words = EpisodeResource.Split.class) @Nullable
                    String split,
            @RequestParam(name = "bins", defaultValue = "20") @Min(2) @Max(100) @Nullable Integer bins,
            @RequestParam(name = "maxPoints", defaultValue = "50") @Min(1) @Max(500) @Nullable Integer maxPoints);

    /** In which order episodes are listed. */
    enum EpisodeOrder {
        /** As they were committed, oldest first. */
        @JsonProperty("committed")
        COMMITTED,
        @JsonProperty("shortest")
        SHORTEST,
        @JsonProperty("longest")
        LONGEST,
        @JsonProperty("lowest-score")
        LOWEST_SCORE,
        @JsonProperty("highest-score")
        HIGHEST_SCORE
    }
}
